"""Dry runs at the desk, with the work done by a fake; the API is tried with the real work."""

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from queue import Queue

import pytest

from edge.bootstrap.configuration.desk import ConfigurationDesk
from edge.bootstrap.trying.dry_runs import BROKEN, Bounds, DryRunDesk
from edge.bootstrap.trying.shelf import forget_upload
from edge.bootstrap.trying.trial import Footage, Over, Shown, Step, Told, TrialEvent
from edge.console.configuration import ConfigurationInvalidError
from edge.console.dry_runs import DryRun, DryRunBusyError, Find, RunState, Source, Wish
from edge.errors import ConfigError
from edge.settings import load_settings
from tests.conftest import FakeClock
from tests.console_app import CONFIGURATION

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
ENDS_WITHIN_S = 10.0
ZONE = {"id": "curb", "polygon": [[0, 0], [1, 0], [1, 1]]}


def a_find(stage: str = "warning") -> Find:
    return Find(
        0, "motor_parking", "curb", (0.1, 0.2, 0.3, 0.4), stage, "normal", "car", 0.8, NOON, NOON,
        None, 12.0,
    )  # fmt: skip


class _Trial:
    """Yields what a test puts into it."""

    def __init__(self) -> None:
        self.happening: Queue[TrialEvent | None] = Queue()
        self.ended = threading.Event()

    def events(self) -> Iterator[TrialEvent]:
        while (event := self.happening.get(timeout=ENDS_WITHIN_S)) is not None:
            yield event

    def end(self) -> None:
        self.ended.set()
        self.happening.put(None)


class _Desk:
    def __init__(self, home: Path, bounds: Bounds | None = None) -> None:
        self.home = home
        config = home / "gridwatch.yaml"
        text = CONFIGURATION.replace("box: {home: .}", "box: {home: .}\nconsole: {recordings: r}")
        config.write_text(text, encoding="utf-8")
        self.tried: list[tuple[str, str, Footage]] = []
        self.trials: list[_Trial] = []
        self._made = threading.Semaphore(0)
        clock = FakeClock()
        desk = ConfigurationDesk(config, load_settings(config), clock)
        self.runs = DryRunDesk(desk, clock, begin_trial=self._begin, bounds=bounds)

    def _begin(self, text: str, camera_id: str, footage: Footage) -> _Trial:
        self.tried.append((text, camera_id, footage))
        self.trials.append(_Trial())
        return self.trials[-1]

    def begin(self, **keys: object) -> DryRun:
        recordings = self.home / "r"
        recordings.mkdir(exist_ok=True)
        (recordings / "noon.mp4").write_bytes(b"video")
        return self.runs.begin(Wish("west", keys, Source.RECORDING, "noon.mp4", NOON))

    def happen(self, run: DryRun, *events: TrialEvent) -> DryRun:
        """Let things happen up to the end and return how it ended."""
        trial = self.trials[-1]
        for event in events:
            trial.happening.put(event)
        assert trial.ended.wait(ENDS_WITHIN_S)
        found = self.runs.look(run.number)
        assert found is not None
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[_Desk]:
    desk = _Desk(tmp_path)
    yield desk
    desk.runs.close()


def test_what_is_edited_is_tried_and_the_file_stays_as_it_is(desk: _Desk) -> None:
    before = (desk.home / "gridwatch.yaml").read_bytes()
    rules = [{"type": "motor_parking", "dwell": "9s"}]
    run = desk.begin(zones=[{**ZONE, "rules": rules}])
    ((text, camera_id, footage),) = desk.tried
    assert (run.state, camera_id) == (RunState.RUNNING, "west")
    assert "dwell: 9s" in text
    assert footage == Footage(desk.home / "r" / "noon.mp4", NOON)
    assert (desk.home / "gridwatch.yaml").read_bytes() == before


def test_what_is_found_is_told_once_with_its_last_word_and_a_still(desk: _Desk) -> None:
    ended = desk.happen(
        desk.begin(),
        Step(0.5, NOON),
        Told("a", a_find()),
        Shown("a", b"warned"),
        Told("b", a_find()),
        Told("a", a_find("case")),
        Over(),
    )
    assert (ended.state, ended.share, ended.at) == (RunState.DONE, 1.0, NOON)
    assert [(one.number, one.stage, one.still) for one in ended.finds] == [
        (1, "case", True),
        (2, "warning", False),
    ]
    assert desk.runs.still(ended.number, 1) == b"warned"
    assert desk.runs.still(ended.number, 2) is None


def test_only_one_runs_at_a_time_and_a_cancelled_one_makes_room(desk: _Desk) -> None:
    first = desk.begin()
    with pytest.raises(DryRunBusyError, match="cancel"):
        desk.begin()
    cancelled = desk.runs.cancel(first.number)
    assert cancelled is not None
    assert cancelled.state is RunState.CANCELLED
    assert desk.trials[0].ended.is_set()
    assert desk.begin().number == first.number + 1


@pytest.mark.parametrize(
    ("events", "state", "detail"),
    [
        ([Over("no video")], RunState.FAILED, "no video"),
        ([None], RunState.FAILED, BROKEN),
        ([Told(name, a_find()) for name in "abc"], RunState.STOPPED, "it found more than 2"),
    ],
)
def test_the_end_says_why(
    tmp_path: Path, events: Sequence[TrialEvent], state: RunState, detail: str
) -> None:
    desk = _Desk(tmp_path, Bounds(most_finds=2))
    ended = desk.happen(desk.begin(), *events)
    assert (ended.state, ended.detail) == (state, detail)


def test_one_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    desk = _Desk(tmp_path, Bounds(limit_s=0.01))
    ended = desk.happen(desk.begin())
    assert (ended.state, ended.detail) == (RunState.STOPPED, "it took longer than 0.01 s")


def test_what_cannot_be_accepted_is_not_tried(desk: _Desk) -> None:
    with pytest.raises(ConfigurationInvalidError, match="at least 3"):
        desk.begin(zones=[{"id": "curb", "polygon": [[0, 0], [1, 1]]}])
    assert desk.tried == []


def test_a_camera_without_rules_has_nothing_to_try(desk: _Desk) -> None:
    with pytest.raises(ConfigError, match="no rule to try"):
        desk.begin(zones=[ZONE])
    assert desk.tried == []


@pytest.mark.parametrize("name", ["../gridwatch.yaml", "/etc/passwd", "none.mp4", ""])
def test_no_name_leads_out_of_the_folder_of_recordings(desk: _Desk, name: str) -> None:
    desk.begin()
    assert desk.runs.recordings() == ["noon.mp4"]
    desk.runs.cancel(1)
    with pytest.raises(ConfigError, match="there is no recording"):
        desk.runs.begin(Wish("west", {}, Source.RECORDING, name))


def test_without_a_last_hour_or_a_clip_it_says_what_to_do(desk: _Desk) -> None:
    with pytest.raises(ConfigError, match="try a recording"):
        desk.runs.begin(Wish("west", {}, Source.LAST_HOUR))
    with pytest.raises(ConfigError, match="choose a file"):
        desk.runs.begin(Wish("west", {}, Source.UPLOAD))


def test_a_clip_that_was_handed_in_is_kept_for_its_time_only(tmp_path: Path) -> None:
    desk = _Desk(tmp_path, Bounds(keep_clip_s=3600))
    desk.runs.hand_in(BytesIO(b"video"))
    (clip,) = (tmp_path / "dry-runs").iterdir()
    assert (clip.read_bytes(), clip.stat().st_mode & 0o777) == (b"video", 0o600)
    desk.runs.close()
    assert not clip.exists()
    hasty = _Desk(tmp_path, Bounds(keep_clip_s=0.01))
    hasty.runs.hand_in(BytesIO(b"another"))
    for one in threading.enumerate():
        if isinstance(one, threading.Timer) and one.function is forget_upload and one.interval < 1:
            one.join(ENDS_WITHIN_S)
    assert not clip.exists()
