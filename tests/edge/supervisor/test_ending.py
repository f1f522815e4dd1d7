from edge.supervisor.ending import Ending, ending_of
from edge.supervisor.slate import new_slate

WORDS = """\
Fatal Python error: Segmentation fault

Current thread 0x00007f51d4b7c700 (most recent call first):
  File "streams/decode.py", line 118 in _decoded
"""


def ending(code: int, *, words: str = "", why: Ending | None = None) -> Ending:
    slate = new_slate()
    slate.cameras[1].thread = 0x7F51D4B7C700
    return ending_of(code, slate=slate, camera_ids=("east", "west"), last_words=words, why=why)


def test_a_crash_in_native_code_is_put_down_to_the_camera_in_whose_thread_it_was() -> None:
    assert ending(-11, words=WORDS) == Ending("SIGSEGV", by_itself=True, camera_id="west")


def test_a_crash_of_another_thread_is_nobodys() -> None:
    assert ending(-6, words=WORDS.replace("d4b7", "aaaa")) == Ending("SIGABRT", by_itself=True)
    assert ending(-6) == Ending("SIGABRT", by_itself=True)


def test_who_was_killed_did_not_crash() -> None:
    assert ending(-9, words=WORDS) == Ending("SIGKILL", by_itself=False)
    assert ending(-40) == Ending("signal 40", by_itself=False)


def test_who_was_asked_to_end_did_not_crash_either() -> None:
    assert ending(143) == Ending("SIGTERM", by_itself=False)


def test_a_bug_is_put_down_to_the_camera_that_had_it() -> None:
    slate = new_slate()
    slate.cameras[0].crashed = 1
    told = ending_of(1, slate=slate, camera_ids=("east", "west"), last_words="", why=None)
    assert told == Ending("exit code 1", by_itself=True, camera_id="east")


def test_what_the_service_saw_says_more_than_how_it_ended_then() -> None:
    hang = Ending("hang: camera east", by_itself=True, camera_id="east")
    assert ending(-9, why=hang) is hang
