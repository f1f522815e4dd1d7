"""The desk between the file, the console and the service."""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from edge.bootstrap.configuration.desk import ConfigurationDesk
from edge.console.configuration import (
    Change,
    ConfigurationChangedError,
    ConfigurationInvalidError,
)
from edge.domain.suggestion import Term
from edge.errors import ConfigError
from edge.settings import load_settings
from edge.settings.edit import with_cameras
from edge.settings.text import load_plain
from tests.conftest import FakeClock

TEXT = """\
box: {home: ./var}
cameras:
  - id: curb # since May
    url: rtsp://viewer:hush@192.0.2.1/1
    zones:
      - id: north
        polygon: [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]
        rules:
          - {type: motor_parking, dwell: 5m, warn: 3m} # as agreed
"""


class Desk:
    """A desk, and its file."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.file = folder / "gridwatch.yaml"
        self.file.write_text(TEXT)
        self.desk = ConfigurationDesk(self.file, load_settings(self.file), clock)
        self.desk.remember()

    def decode(self, word: str) -> None:
        version = self.desk.now().version
        self.desk.save([Change("curb", {"decode": word})], version=version, by="admin")

    def by_hand(self, old: str, new: str) -> None:
        self.file.write_text(self.file.read_text().replace(old, new))
        self.desk.read_again()


@pytest.fixture
def at(tmp_path: Path, clock: FakeClock) -> Desk:
    return Desk(tmp_path, clock)


def test_the_service_is_given_what_was_saved_once(at: Desk) -> None:
    assert at.desk.take() is None
    at.decode("adaptive")
    taken = at.desk.take()
    assert taken is not None
    assert taken.camera("curb").decode == "adaptive"
    assert taken.text == at.file.read_text()
    assert at.desk.take() is None


def test_of_many_who_save_at_once_one_succeeds_and_the_others_are_told(at: Desk) -> None:
    version = at.desk.now().version
    together = Barrier(8)

    def save(number: int) -> bool:
        together.wait()
        change = Change("curb", {"read_timeout": f"{number + 1}s"})
        try:
            at.desk.save([change], version=version, by=f"user-{number}")
        except ConfigurationChangedError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        saved = list(threads.map(save, range(8)))
    assert saved.count(True) == 1
    assert f"read_timeout: {saved.index(True) + 1}s\n" in at.file.read_text()
    assert [one.by for one in at.desk.history()] == [f"user-{saved.index(True)}", "file"]


def test_what_the_workers_refuse_is_taken_back_with_its_file(at: Desk) -> None:
    before = at.desk.settings
    at.decode("adaptive")
    assert at.desk.take() is not None
    assert at.desk.take_back("no such network") is before
    assert at.file.read_text() == TEXT
    assert at.desk.take() is None
    assert at.desk.now().refused == "no such network"
    assert [one.by for one in at.desk.history()] == ["service", "admin", "file"]
    at.decode("keyframes")
    assert at.desk.now().refused == ""


def test_what_somebody_wrote_by_hand_is_left_for_them_to_correct(at: Desk) -> None:
    at.by_hand("5m", "6m")
    assert at.desk.take() is not None
    at.desk.take_back("no")
    assert "6m" in at.file.read_text()
    assert at.desk.settings.text == TEXT


def test_a_refusal_does_not_undo_what_was_saved_after_it(at: Desk) -> None:
    at.decode("adaptive")
    at.desk.take()
    at.decode("keyframes")
    at.desk.take_back("no")
    waiting = at.desk.take()
    assert waiting is not None
    assert waiting.camera("curb").decode == "keyframes"
    assert "keyframes" in at.file.read_text()


def test_only_what_was_seen_to_run_is_gone_back_to(at: Desk) -> None:
    at.decode("adaptive")
    first = at.desk.take()
    assert first is not None
    at.desk.approve(first)
    at.decode("keyframes")
    at.desk.take()
    at.by_hand("5m", "6m")  # before a worker could refuse the one before
    at.desk.take()
    assert at.desk.take_back("no") is first


def test_what_is_proven_late_does_not_vouch_for_what_follows_it(at: Desk) -> None:
    at.decode("adaptive")
    first = at.desk.take()
    assert first is not None
    at.decode("keyframes")
    at.desk.take()
    at.desk.approve(first)  # its cameras are there only now
    assert at.desk.take_back("no") is first
    assert at.desk.settings is first


def test_a_wrong_file_is_refused_in_the_log_and_the_old_one_goes_on(
    at: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        at.by_hand("polygon: [[0.1, 0.1], ", "polygon: [[3, 0.1], ")
    assert "gridwatch.yaml:7: cameras[0].zones[0].polygon: " in caplog.text
    assert at.desk.take() is None
    assert at.desk.settings.text == TEXT


def test_what_needs_a_new_start_is_refused_with_its_remedy(
    at: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        at.by_hand("./var", "./elsewhere")
    assert "box: cannot change while the service runs; stop it and start it" in caplog.text
    with pytest.raises(ConfigError, match="box: cannot change"):
        at.decode("adaptive")


def test_an_unfinished_edit_by_hand_is_not_what_workers_start_from(at: Desk) -> None:
    at.file.write_text(TEXT.replace("5m", "six"))
    assert at.desk.settings.text == TEXT
    with pytest.raises(ConfigError, match="is no duration"):
        at.desk.now()


def test_an_edit_by_hand_that_nobody_announced_is_a_state_of_its_own(at: Desk) -> None:
    at.file.write_text(TEXT.replace("since May", "since June"))
    at.decode("adaptive")
    assert [one.by for one in at.desk.history()] == ["admin", "file", "file"]
    assert at.desk.difference(2) == (
        "@@ -1,6 +1,6 @@\n box: {home: ./var}\n cameras:\n-  - id: curb # since May\n"
        "+  - id: curb # since June\n     url: rtsp://***@192.0.2.1/1\n     zones:\n"
        "       - id: north"
    )


def test_one_term_of_one_rule_is_set_as_people_write_it(at: Desk) -> None:
    at.desk.set_term("curb", "north", "motor_parking", term=Term.DWELL, value=420.0, by="admin")
    at.desk.set_term("curb", "north", "motor_parking", term=Term.CONFIDENCE, value=0.45, by="a")
    rule = "{type: motor_parking, dwell: 7m, warn: 3m, confidence: 0.45} # as agreed\n"
    assert at.file.read_text().endswith(rule)
    assert at.desk.history()[0].remark == "curb north motor_parking: confidence 0.45"
    with pytest.raises(ConfigurationInvalidError, match="is not less than the dwell"):
        at.desk.set_term("curb", "north", "motor_parking", term=Term.DWELL, value=95.0, by="a")
    for target in (("x", "north", "motor_parking"), ("curb", "x", "y"), ("curb", "north", "x")):
        with pytest.raises(KeyError):
            at.desk.set_term(*target, term=Term.DWELL, value=60.0, by="a")


def test_anchors_are_for_their_writer_to_change(at: Desk) -> None:
    shared = "    zones: &z []\n  - id: other\n    url: rtsp://x/1\n    zones: *z\n"
    text = TEXT[: TEXT.index("    zones:")] + "    gate: {direction: in}\n" + shared
    assert with_cameras(text, load_plain(text)["cameras"]) == text
    at.file.write_text(
        text.replace("    zones: *z\n", "    gate: {direction: in}\n    zones: *z\n")
    )
    zones = [{"id": "a", "polygon": [[0, 0], [1, 0], [1, 1]]}]
    checked = at.desk.check([Change("other", {"zones": zones})])
    assert "change it in the file itself" in checked.problems[0].sentence


def test_a_rule_that_would_never_apply_is_refused_before_it_is_saved(at: Desk) -> None:
    zone = {
        "id": "a",
        "polygon": [[0, 0], [1, 0], [1, 1]],
        "rules": [{"type": "intrusion", "schedule": [{"days": "2020-01-01"}]}],
    }
    problem = at.desk.check([Change("curb", {"zones": [zone]})]).problems[0]
    assert problem.key == "cameras[0].zones[0].rules[0].schedule"
    assert "never applies" in problem.sentence
    assert problem.line > 0


def test_webhooks_that_cannot_be_served_are_refused(
    at: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    hook = "webhooks: [{name: one, url: 'https://h/', secret: {env: NOT_SET_HERE}}]"
    at.by_hand("box:", f"{hook}\nbox:")
    assert at.desk.take() is None
    assert "webhooks[0].secret: environment variable NOT_SET_HERE is not set" in caplog.text
    at.by_hand("{env: NOT_SET_HERE}", "0123456789abcdef")
    taken = at.desk.take()
    assert taken is not None
    assert [one.name for one in taken.webhooks] == ["one"]
