"""An incident and its evidence are there together, whenever their process is killed."""

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.edge.evidence.killed_exhibitor import NAMES

NOTHING: list[object] = [0, [], []]
WHOLE: list[object] = [1, sorted(NAMES), []]


def test_a_process_that_is_killed_at_any_file_or_statement_leaves_nothing_half(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.edge.evidence.killed_exhibitor", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    *killed, last = (json.loads(line) for line in done.stdout.splitlines())
    assert (last["lived"], last["before"]) == (True, WHOLE)
    assert len(killed) > 30
    assert all(one["before"] in (NOTHING, WHOLE) for one in killed)
    assert {len(one["before"][1]) for one in killed} == {0, 2}
    # Whoever writes it once more, as after a restart, doubles nothing.
    assert all(one["after"] == WHOLE for one in (*killed, last))
