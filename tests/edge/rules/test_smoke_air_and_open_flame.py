"""Smoke and flame: two rules that differ in what they are about and in their terms."""

from typing import Any

import pytest

from edge.domain.rule import IncidentType, Severity
from edge.domain.scene import Evidence, Subject
from edge.rules import RULES
from tests.scenes import BESIDE, NOW_S, a_cloud, a_person, a_place, judged

SMOKE = (IncidentType.SMOKE_AIR, Subject.SMOKE, Evidence.SMOKE_MOTION)
FLAME = (IncidentType.OPEN_FLAME, Subject.FLAME, Evidence.FLAME_FLICKER)
BOTH = pytest.mark.parametrize(("incident", "subject", "kind"), [SMOKE, FLAME])


@BOTH
def test_evidence_that_suffices_is_a_finding_for_review(
    incident: IncidentType, subject: Subject, kind: Evidence
) -> None:
    (finding,) = judged(incident, a_cloud(subject, missing=("upward_drift",)))
    assert (finding.key, finding.label) == ("zone:kerb", subject)
    assert finding.parts == ((subject, 0.7),)
    assert finding.evidence == (kind,)
    assert (finding.confirmed, finding.missing) == (False, ("upward_drift",))
    assert finding.since_s == NOW_S - 20
    assert RULES[incident].terms.review_unconfirmed
    assert RULES[incident].terms.severity is Severity.URGENT


@BOTH
def test_a_network_that_agrees_confirms_it(
    incident: IncidentType, subject: Subject, kind: Evidence
) -> None:
    (finding,) = judged(incident, a_cloud(subject, confirmed=True))
    assert finding.evidence == (kind, Evidence.DETECTOR)
    assert finding.confirmed


@BOTH
def test_a_network_alone_finds_it_and_the_finding_says_that_nothing_moved(
    incident: IncidentType, subject: Subject, kind: Evidence
) -> None:
    seen = a_cloud(subject, alarm=False, confirmed=True, missing=("motion",))
    (finding,) = judged(incident, seen)
    assert finding.evidence == (Evidence.DETECTOR,)
    assert finding.missing == ("motion",)


@BOTH
def test_the_confirmed_one_of_several_speaks_for_all(
    incident: IncidentType, subject: Subject, kind: Evidence
) -> None:
    left = a_cloud(subject, foot=(0.3, 0.7), score=0.9, age_s=60.0)
    right = a_cloud(subject, foot=(0.7, 0.7), score=0.5, confirmed=True)
    (finding,) = judged(incident, left, right)
    assert (finding.confirmed, finding.confidence) == (True, 0.5)
    assert finding.box == pytest.approx((0.25, 0.6, 0.75, 0.7))
    assert finding.since_s == NOW_S - 60


@BOTH
def test_suspicion_is_no_finding(incident: IncidentType, subject: Subject, kind: Evidence) -> None:
    assert judged(incident, a_cloud(subject, alarm=False, score=0.9)) == []


@BOTH
def test_the_other_kind_people_and_things_are_none(
    incident: IncidentType, subject: Subject, kind: Evidence
) -> None:
    other = Subject.FLAME if subject is Subject.SMOKE else Subject.SMOKE
    assert judged(incident, a_cloud(other), a_person(), a_place(Subject.VEHICLE)) == []


@BOTH
def test_a_chimney_beside_the_zone_is_left_alone(
    incident: IncidentType, subject: Subject, kind: Evidence
) -> None:
    assert judged(incident, a_cloud(subject, foot=BESIDE)) == []


@BOTH
def test_a_third_of_it_over_the_zone_is_enough(
    incident: IncidentType, subject: Subject, kind: Evidence
) -> None:
    # The zone begins at 0.4, and the cloud is 0.3 high.
    assert judged(incident, a_cloud(subject, foot=(0.5, 0.51), size=(0.2, 0.3)))
    assert judged(incident, a_cloud(subject, foot=(0.5, 0.47), size=(0.2, 0.3))) == []


@BOTH
@pytest.mark.parametrize(
    "terms", [{"least_score": 0.8}, {"least_area": 0.02}, {"greatest_area": 0.005}]
)
def test_the_terms_leave_out_what_they_do_not_want(
    terms: dict[str, Any], incident: IncidentType, subject: Subject, kind: Evidence
) -> None:
    assert judged(incident, a_cloud(subject), **terms) == []
