"""All rules together: each is known once, and can be told to a city."""

from importlib import import_module
from pkgutil import iter_modules

import pytest

import edge.rules
from edge.codes.table import SHIPPED, load_table
from edge.domain.rule import IncidentType, Rule
from edge.rules import RULES

FILES = sorted(module.name for module in iter_modules(edge.rules.__path__))
CAMERA = {one for one in IncidentType if one.startswith("camera_")}


def test_every_file_holds_one_rule_under_its_own_name() -> None:
    assert sorted(RULES) == FILES
    for name in FILES:
        rule: Rule = import_module(f"edge.rules.{name}").RULE
        assert rule is RULES[IncidentType(name)]


def test_everything_that_can_be_wrong_has_a_rule_but_for_the_cameras_own_troubles() -> None:
    assert set(RULES) == set(IncidentType) - CAMERA


@pytest.mark.parametrize("scheme", SHIPPED)
@pytest.mark.parametrize("incident", RULES)
def test_every_rule_has_a_category_in_both_schemes(incident: IncidentType, scheme: str) -> None:
    assert load_table(scheme).category(incident).name


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_usual_terms_make_sense(rule: Rule) -> None:
    terms = rule.terms
    assert 0 < terms.dwell_s < terms.hold_s
    assert terms.warn_s is None or terms.warn_s < terms.dwell_s
    assert 0 <= terms.least_area < terms.greatest_area <= 1
    assert 0 < terms.steadiness <= 1
    assert terms.review_unconfirmed
