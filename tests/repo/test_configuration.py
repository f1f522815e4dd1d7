"""The configuration that people copy is right, and explains every key there is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from edge.bootstrap.camera.street import zone_rules
from edge.domain.rule import IncidentType
from edge.rules import RULES
from edge.settings import Settings, load_settings
from edge.settings.values import parse_duration_s

CONFIG = Path(__file__).resolve().parents[2] / "config"
FILES = sorted([CONFIG / "gridwatch.yaml", *(CONFIG / "examples").glob("*.yaml")])
EMPTY = re.compile(r"^[a-z]+: \[\].*\n", re.M)
"""Lists whose commented part stands below; a key may be there once."""

COMMENTED = re.compile(r"^( *)# ( *(?:(?:- )?[a-z_]+:(?: .*)?|- \{.*\}.*))$", re.M)


def _keys(section: type[BaseModel]) -> Iterator[str]:
    for name, field in section.model_fields.items():
        yield field.alias or name
        pending = [field.annotation]
        while pending:
            annotation = pending.pop()
            if isinstance(annotation, type) and issubclass(annotation, BaseModel):
                yield from _keys(annotation)
            pending += getattr(annotation, "__args__", ())


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the configuration with its commented part."""
    text = EMPTY.sub("", (CONFIG / "gridwatch.yaml").read_text())
    copy = tmp_path_factory.mktemp("config") / "gridwatch.yaml"
    copy.write_text(COMMENTED.sub(r"\1\2", text))
    return load_settings(copy)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_shipped_configuration_loads(path: Path) -> None:
    settings = load_settings(path)
    assert settings.box.id
    for camera in settings.cameras:
        assert len(zone_rules(settings, camera)) == sum(len(zone.rules) for zone in camera.zones)


def test_what_is_not_commented_out_is_the_default() -> None:
    shipped = load_settings(CONFIG / "gridwatch.yaml").model_dump()
    usual = Settings().model_dump()
    for section in (shipped, usual):
        del section["box"]["home"]
    assert shipped == usual


def test_the_commented_part_of_the_configuration_loads_too(whole: Settings) -> None:
    assert whole.camera("gate-east").gate is not None
    assert whole.mqtt.username == "box-01"


def test_the_commented_street_has_rules_on_terms_that_can_be_kept(whole: Settings) -> None:
    street = whole.camera("street-01")
    rules = {one.name: one for one in zone_rules(whole, street)}
    assert len(rules) == sum(len(zone.rules) for zone in street.zones)
    assert rules["curb/motor_parking"].terms.hold_s == 24 * 3600
    assert [one.code for one in rules["market/road_trading"].permits] == ["", "0491"]
    assert len(rules["pavement/nonmotor_parking"].terms.outside) == 1


@pytest.mark.parametrize("incident", RULES)
def test_every_type_of_rule_stands_with_its_dwell(incident: IncidentType) -> None:
    text = (CONFIG / "gridwatch.yaml").read_text()
    listed = re.search(rf"^#     #   {incident} +(\d+[smh]) ", text, re.M)
    assert listed, f"{incident} is not in config/gridwatch.yaml"
    assert parse_duration_s(listed[1]) == RULES[incident].terms.dwell_s


@pytest.mark.parametrize("key", sorted(set(_keys(Settings)) - {"value", "env", "file"}))
def test_every_key_is_explained(key: str) -> None:
    text = (CONFIG / "gridwatch.yaml").read_text()
    assert re.search(rf"\b{key}:", text), f"{key} is not in config/gridwatch.yaml"
