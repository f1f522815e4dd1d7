import logging
from collections.abc import Iterator

import pytest

from edge.logs import ENVIRONMENT, configure_logging, keep_quiet


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in ("edge", "models", "streams", "libav"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def test_a_line_has_time_level_and_words(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    logging.getLogger("edge.somewhere").info("camera=gate offline")
    line = capsys.readouterr().err
    assert line.endswith("Z INFO camera=gate offline\n")
    assert line[:4].isdigit()


def test_the_environment_says_how_much_is_logged(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENVIRONMENT, "error")
    configure_logging()
    logging.getLogger("edge.somewhere").warning("unheard")
    logging.getLogger("edge.somewhere").error("heard")
    assert "unheard" not in (said := capsys.readouterr().err)
    assert "heard" in said


def test_quiet_yields_to_what_the_user_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENVIRONMENT, "info")
    keep_quiet()
    logging.getLogger("edge.somewhere").info("asked for")
    assert "asked for" in capsys.readouterr().err


def test_libraries_that_repeat_addresses_say_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    logging.getLogger("libav.rtsp").error("rtsp://user:hush@camera failed")
    assert capsys.readouterr().err == ""
