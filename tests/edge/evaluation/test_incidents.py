import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from edge.domain.geometry import Box
from edge.errors import ConfigError
from edge.evaluation.incident_report import HEADER, closing_line, table_rows, write_json
from edge.evaluation.incidents import (
    Judgement,
    Run,
    Verdict,
    evaluate_incidents,
    judge,
    summarise,
)
from edge.evaluation.reported import read_incidents
from edge.evaluation.timeline import lanes_of, write_timeline
from edge.evaluation.truth import Clip, Expected

START = datetime(2026, 1, 1, tzinfo=UTC)
KERB: Box = (0.3, 0.2, 0.6, 0.9)
CAR = Expected("illegal_parking", frozenset({"motor_parking"}), 6.0, 66.0, (KERB,))
FIRE = Expected(
    "fire_smoke",
    frozenset({"open_flame", "smoke_air", "open_burning"}),
    4.0,
    54.0,
    ((0.1, 0.4, 0.4, 0.9), (0.0, 0.0, 1.0, 0.4)),
    joined=True,
)


def at(seconds: float) -> str:
    moment = START + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def message(name: str, seconds: float, action: str = "opened", **changes: Any) -> bytes:
    """Return one message, as on the wire."""
    content = {
        "schema": "gridwatch.incident/1",
        "id": name,
        "revision": 1,
        "action": action,
        "camera_id": "street-01",
        "type": "motor_parking",
        "bbox": [0.31, 0.25, 0.58, 0.92],
        "opened_at": at(seconds),
        "observed_at": at(seconds),
        "cleared_at": None,
        "dwell_s": 10.0,
        "confidence": 0.8,
        "severity": "normal",
    }
    return json.dumps({**content, **changes}).encode()


def cleared(name: str, opened_s: float, gone_s: float, told_s: float) -> bytes:
    return message(
        name,
        opened_s,
        "cleared",
        revision=2,
        cleared_at=at(gone_s),
        observed_at=at(told_s),
    )


def judged(*lines: bytes, expected: tuple[Expected, ...] = (CAR,)) -> Judgement:
    clip = Clip("videos/clip.mp4", expected)
    return judge(clip, read_incidents(lines, start=START), 72.0)


def verdicts(judgement: Judgement) -> dict[str, str]:
    return {one.incident.id: one.verdict for one in judgement.incidents}


def test_a_car_that_is_reported_and_cleared_is_timed() -> None:
    judgement = judged(message("a", 16.5), cleared("a", 16.5, 67.0, 70.0))
    (outcome,) = judgement.outcomes
    assert verdicts(judgement) == {"a": "right"}
    assert outcome.found
    assert outcome.open_after_s == pytest.approx(10.5)
    assert outcome.clear_after_s == pytest.approx(4.0)
    assert judgement.incidents[0].incident.cleared_s == pytest.approx(67.0)


def test_the_second_report_of_one_car_is_a_duplicate_and_no_false_alarm() -> None:
    judgement = judged(message("late", 40), message("early", 16))
    assert verdicts(judgement) == {"early": "right", "late": "duplicate"}
    figures = summarise([judgement])
    assert (figures.found, figures.duplicates, figures.false) == (1, 1, 0)
    assert figures.precision == 1.0
    assert figures.duplicates_per_found == 1.0


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "nonmotor_parking"},
        {"bbox": [0.8, 0.2, 0.95, 0.5]},
        {"opened_at": at(1)},
        {"opened_at": at(70)},
    ],
    ids=["type", "place", "too early", "too late"],
)
def test_an_incident_of_another_type_place_or_time_is_false(changes: dict[str, Any]) -> None:
    judgement = judged(message("a", 16, **changes))
    assert verdicts(judgement) == {"a": "false"}
    figures = summarise([judgement])
    assert (figures.missed, figures.recall, figures.precision) == (1, 0.0, 0.0)
    assert figures.false_per_hour == pytest.approx(50.0)


def test_a_small_box_in_the_middle_of_a_large_label_is_the_same_place() -> None:
    assert verdicts(judged(message("a", 16, bbox=[0.43, 0.5, 0.47, 0.55]))) == {"a": "right"}


def test_without_a_box_type_and_time_decide() -> None:
    everywhere = Expected("x", frozenset({"motor_parking"}), 6.0, None)
    assert verdicts(judged(message("a", 16, bbox=None))) == {"a": "right"}
    assert verdicts(judged(message("a", 16), expected=(everywhere,))) == {"a": "right"}


def test_each_side_of_a_fire_may_be_reported_once() -> None:
    judgement = judged(
        message("smoke", 10, type="smoke_air", bbox=[0.2, 0.0, 0.9, 0.3]),
        message("flame", 8, type="open_flame", bbox=[0.1, 0.5, 0.4, 0.9]),
        message("again", 20, type="open_flame", bbox=[0.1, 0.5, 0.3, 0.9]),
        expected=(FIRE,),
    )
    assert verdicts(judgement) == {"flame": "right", "smoke": "right", "again": "duplicate"}
    figures = summarise([judgement])
    assert (figures.expected, figures.found, figures.right) == (1, 1, 2)
    assert judgement.outcomes[0].open_after_s == pytest.approx(4.0)


def test_two_cars_side_by_side_are_both_found_though_one_report_fits_both() -> None:
    beside = Expected("b", CAR.types, 6.0, 66.0, ((0.5, 0.2, 0.8, 0.9),))
    judgement = judged(
        message("both", 16, bbox=[0.3, 0.2, 0.8, 0.9]),
        message("left", 17, bbox=[0.3, 0.2, 0.45, 0.9]),
        expected=(CAR, beside),
    )
    assert {one.incident.id: one.event for one in judgement.incidents} == {"both": 1, "left": 0}
    assert summarise([judgement]).found == 2


def test_what_the_box_takes_back_is_neither_found_nor_false() -> None:
    back = message("a", 16, "withdrawn", revision=2, observed_at=at(30))
    judgement = judged(message("a", 16), back)
    assert verdicts(judgement) == {"a": "withdrawn"}
    assert lanes_of(judgement)[1].end_s == pytest.approx(30.0)
    figures = summarise([judgement])
    assert (figures.found, figures.false, figures.withdrawn) == (0, 0, 1)


def test_what_troubles_the_camera_is_listed_and_no_false_alarm() -> None:
    judgement = judged(message("a", 16, type="camera_moved", bbox=None), expected=())
    assert verdicts(judgement) == {"a": "maintenance"}
    assert summarise([judgement]).false == 0


def test_a_warning_counts_once_it_has_grown_into_a_case() -> None:
    warning = message("a", 10, stage="warning")
    assert verdicts(judged(warning)) == {"a": "warning"}
    grown = message("a", 10, "updated", revision=2, stage="case", observed_at=at(21))
    judgement = judged(warning, grown)
    assert judgement.outcomes[0].open_after_s == pytest.approx(15.0)


def test_repetition_and_other_messages_change_nothing() -> None:
    reviewed = message("a", 16.5, "reviewed", revision=3, cleared_at=at(67), observed_at=at(99))
    lines = [cleared("a", 16.5, 67, 70), message("a", 16.5), message("a", 16.5), reviewed]
    (found,) = read_incidents([b'{"schema":"gridwatch.passage/1"}', *lines], start=START)
    assert (found.told_s, found.clear_told_s, found.withdrawn_s) == (16.5, 70.0, None)


def test_an_incident_that_comes_back_is_not_cleared() -> None:
    again = message("a", 16.5, "updated", revision=3, observed_at=at(50))
    (found,) = read_incidents([message("a", 16.5), cleared("a", 16.5, 30, 40), again], start=START)
    assert found.cleared_s is None


@pytest.mark.parametrize("line", [b"{", message("a", 1, opened_at="soon"), b'{"schema":'])
def test_a_line_that_is_no_incident_is_said(line: bytes) -> None:
    with pytest.raises(ConfigError, match=r"is no gridwatch\.incident/1"):
        read_incidents([line], start=START)


def test_clips_are_replayed_in_order_and_counted_together(tmp_path: Path) -> None:
    clips = [Clip("a.mp4", (CAR,)), Clip("b.mp4", ())]
    seen: list[Path] = []

    def runner(clip: Clip, path: Path) -> Run:
        seen.append(path)
        return Run([message(clip.stem, 16)], 1800.0)

    advanced: list[None] = []
    judgements = evaluate_incidents(
        clips, tmp_path, runner, start=START, advance=lambda: advanced.append(None)
    )
    assert seen == [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    assert len(advanced) == 2
    figures = summarise(judgements)
    assert (figures.found, figures.false, figures.false_per_hour) == (1, 1, 1.0)
    assert (figures.precision, figures.recall) == (0.5, 1.0)


def test_what_only_asks_for_a_look_is_counted() -> None:
    judgement = judged(
        message("a", 16, severity="review"),
        message("b", 20, severity="review"),
        message("c", 20, type="intrusion"),
    )
    assert verdicts(judgement) == {"a": "right", "b": "duplicate", "c": "false"}
    assert summarise([judgement]).for_review == 1


def test_without_anything_expected_or_reported_no_figure_is_invented() -> None:
    figures = summarise([judged(expected=())])
    assert (figures.precision, figures.recall, figures.open_after_s) == (None, None, None)


def test_the_table_has_a_row_for_each_clip_and_says_what_is_wrong() -> None:
    judgement = judged(message("a", 16, type="intrusion"))
    clip, together = table_rows([judgement])
    assert len(clip) == len(together) == len(HEADER)
    assert clip[:6] == ("clip", "1", "0", "1", "1", "0")
    assert clip[-1] == "missed illegal_parking; false intrusion at 16.0 s"
    assert closing_line(summarise([judgement])).startswith("precision 0.00, recall 0.00, 50.00 ")


def test_figures_are_written_under_their_documented_keys(tmp_path: Path) -> None:
    judgement = judged(message("a", 16.5), cleared("a", 16.5, 67.0, 70.0))
    write_json(tmp_path / "out.json", [judgement])
    content = json.loads((tmp_path / "out.json").read_text())
    assert content["all"]["recall"] == 1.0
    (clip,) = content["clips"]
    assert clip["events"][0]["clear_after_s"] == 4.0
    assert clip["incidents"][0]["verdict"] == Verdict.RIGHT
    assert clip["incidents"][0]["event"] == 0
    assert clip["incidents"][0]["overlap"] == pytest.approx(0.81, abs=0.02)


def test_a_timeline_has_a_lane_for_everything_that_happened_or_was_reported(
    tmp_path: Path,
) -> None:
    judgement = judged(message("a", 16.5), message("b", 3, type="intrusion"))
    assert [lane.label for lane in lanes_of(judgement)] == [
        "1: illegal_parking",
        "intrusion",
        "motor_parking",
    ]
    write_timeline(tmp_path / "clip.png", judgement)
    assert (tmp_path / "clip.png").read_bytes()[:4] == b"\x89PNG"


def test_a_clip_in_which_nothing_happens_has_a_timeline_too(tmp_path: Path) -> None:
    quiet = judge(Clip("街道.mp4", ()), [], 72.0)
    write_timeline(tmp_path / "clip.png", quiet)
    assert (tmp_path / "clip.png").exists()
