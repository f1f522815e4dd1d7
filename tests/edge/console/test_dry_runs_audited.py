"""Each act upon a dry run is in the audit before it is done, and again if it fails."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest
from fastapi.testclient import TestClient

from edge.console.app import create_app
from edge.console.dry_runs import DryRun, DryRunBusyError, RunState, Wish
from edge.console.permissions import Role
from tests.console_app import Console

RUNS = "/api/v1/cameras/west/dry-runs"
RUN = DryRun(7, "west", RunState.RUNNING, "", 0.5, None, ())
CLIP = b"twelve bytes"


class WatchedDryRuns:
    """Notes what the audit's last row is while something is done."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.rows: list[tuple[str, str, str]] = []
        self.busy = False

    def begin(self, wish: Wish) -> DryRun:
        self._look()
        if self.busy:
            raise DryRunBusyError("dry run 6 is running; wait, or cancel it")
        return RUN

    def look(self, number: int) -> DryRun | None:
        return RUN if number == RUN.number else None

    def still(self, number: int, find: int) -> bytes | None:
        return None

    def cancel(self, number: int) -> DryRun | None:
        self._look()
        return None if self.busy else RUN

    def recordings(self) -> Sequence[str]:
        return ()

    def hand_in(self, clip: BinaryIO) -> None:
        self._look()
        assert clip.read() == CLIP

    def close(self) -> None:
        pass

    def _look(self) -> None:
        self.rows.append(last(self._console))


def last(console: Console) -> tuple[str, str, str]:
    (row,) = console.services.accounts().audit_rows(limit=1)
    return row.act, row.subject, row.result


@pytest.fixture
def console(tmp_path: Path) -> Console:
    return Console(tmp_path)


@pytest.fixture
def dry_runs(console: Console) -> WatchedDryRuns:
    return WatchedDryRuns(console)


@pytest.fixture
def client(console: Console, dry_runs: WatchedDryRuns) -> TestClient:
    console.services = replace(console.services, dry_runs=dry_runs)
    console.app = create_app(console.services)
    return console.sign_in(Role.ADMIN)


def test_the_row_is_there_before_the_act(client: TestClient, dry_runs: WatchedDryRuns) -> None:
    assert client.post(RUNS, json={"source": "last_hour"}).status_code == 202
    assert client.delete(f"{RUNS}/7").status_code == 200
    assert client.put(f"{RUNS}/clip", content=CLIP).status_code == 204
    assert dry_runs.rows == [
        ("dry_run.begin", "camera west", "last_hour"),
        ("dry_run.cancel", "camera west", "dry run 7"),
        ("dry_run.hand_in", "camera west", "12 bytes"),
    ]


def test_what_is_refused_has_a_row_that_says_so(
    client: TestClient, console: Console, dry_runs: WatchedDryRuns
) -> None:
    dry_runs.busy = True
    assert client.post(RUNS, json={"source": "upload"}).status_code == 409
    assert last(console) == ("dry_run.begin", "camera west", "refused")
    assert client.delete(f"{RUNS}/7").status_code == 404
    assert last(console) == ("dry_run.cancel", "camera west", "refused")
