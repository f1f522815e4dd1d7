import pytest

from edge.supervisor.slate import Slate, Stage, new_slate
from edge.supervisor.watch import STARTS_WITHIN_S, Hang, Watch


class Watched:
    """A worker's numbers and whoever looks at them once a second."""

    def __init__(self) -> None:
        self.slate: Slate = new_slate()
        self.slate.stage, self.slate.turn, self.slate.beats = Stage.READY, 1, 1
        self.now_s = 50.0
        self.watch = Watch(
            self.slate,
            ("east", "west"),
            process_s=10.0,
            camera_s={"east": 20.0, "west": 30.0}.__getitem__,
            now_s=self.now_s,
        )

    def pass_s(
        self, seconds: int, *, beats: bool = True, east: bool = True, west: bool = True
    ) -> Hang | None:
        """Let time pass in which some numbers change; return the first thing that hangs."""
        for _ in range(seconds):
            self.now_s += 1.0
            self.slate.beats += beats
            self.slate.cameras[0].progress += east
            self.slate.cameras[1].progress += west
            hang = self.watch.look(self.now_s)
            if hang is not None:
                return hang
        return None


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_who_gets_on_does_not_hang(watched: Watched) -> None:
    assert watched.pass_s(200) is None


def test_a_process_without_a_sign_of_life_hangs(watched: Watched) -> None:
    assert watched.pass_s(10, beats=False) is None
    assert watched.pass_s(1, beats=False) == Hang("no sign of life for 11 s")


def test_a_camera_that_stands_still_hangs_though_the_others_get_on(watched: Watched) -> None:
    assert watched.pass_s(20, east=False) is None
    hang = watched.pass_s(1, east=False)
    assert hang == Hang("a camera makes no progress for 21 s", "east")


def test_each_camera_has_its_own_patience(watched: Watched) -> None:
    assert watched.pass_s(30, west=False) is None
    assert watched.pass_s(1, west=False) is not None


def test_a_camera_whose_recording_is_over_stands_still_for_ever(watched: Watched) -> None:
    watched.slate.cameras[0].over = 1
    assert watched.pass_s(100, east=False) is None


def test_cameras_that_wait_for_their_turn_do_not_hang(watched: Watched) -> None:
    watched.slate.turn = 0
    assert watched.pass_s(100, east=False, west=False) is None
    watched.slate.turn = 1
    assert watched.pass_s(20, east=False) is None


def test_a_service_that_was_stopped_itself_does_not_blame_its_workers(watched: Watched) -> None:
    watched.now_s += 3600.0
    assert watched.pass_s(5, beats=False) is None


def test_libraries_may_take_long_to_load_before_the_first_beat() -> None:
    watched = Watched()
    watched.slate.beats = 0
    assert watched.pass_s(round(STARTS_WITHIN_S) + 1, beats=False) is None
    assert watched.pass_s(1, beats=False) is not None
