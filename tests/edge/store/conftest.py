from pathlib import Path

import pytest

from edge.store.journal import Journal
from tests.conftest import FakeClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path: Path, clock: FakeClock) -> Journal:
    return Journal(path, clock)
