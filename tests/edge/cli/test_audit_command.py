import contextlib
import io
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.bootstrap import parts
from edge.bootstrap.web.console import accounts_path
from edge.cli.main import main
from edge.clock import SystemClock
from edge.settings import load_settings
from edge.store.accounts import Accounts
from edge.store.audit import write_csv


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "gridwatch.yaml"
    path.write_text("box: {home: var}\n", encoding="utf-8")
    return path


@pytest.fixture
def accounts(config: Path) -> Iterator[Accounts]:
    opened = Accounts(accounts_path(load_settings(config)), SystemClock())
    for number in range(4):
        opened.audit("ann", "media.clear", f"incident {number}", "ok")
    yield opened
    opened.close()


def verify(config: Path, *words: str) -> int:
    return main(["audit", "verify", *words, "--config", str(config)])


def meddle(config: Path, statement: str) -> None:
    direct = sqlite3.connect(accounts_path(load_settings(config)))
    direct.execute("DROP TRIGGER IF EXISTS audit_rows_do_not_change")
    direct.execute("DROP TRIGGER IF EXISTS audit_rows_stay")
    direct.execute(statement)
    direct.commit()
    direct.close()


def test_an_intact_audit_is_said_to_be_and_the_look_is_audited(
    config: Path, accounts: Accounts, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(config) == 0
    out = capsys.readouterr().out
    assert re.search(r"^console +intact$", out, re.M)
    assert re.search(r"^residents +intact$", out, re.M)
    assert accounts.audit_rows(limit=1)[0].act == "audit.verify"


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE audit SET result = 'oK' WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 4", 4),
    ],
)
def test_the_first_broken_row_is_named_now_and_ever_after(
    config: Path,
    accounts: Accounts,
    statement: str,
    row: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    meddle(config, statement)
    for _ in range(2):
        assert verify(config) == 1
        assert f"broken at row {row}" in capsys.readouterr().out


def test_rows_cut_off_from_the_residents_own_audit_are_missed(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load_settings(config)
    with contextlib.closing(parts.open_residents(settings, SystemClock())) as residents:
        for _ in range(3):
            residents.everybody()
    assert verify(config) == 0
    direct = sqlite3.connect(parts.residents_path(settings))
    direct.execute("DROP TRIGGER audit_rows_stay")
    direct.execute("DELETE FROM audit WHERE number > 1")
    direct.commit()
    direct.close()
    capsys.readouterr()
    assert verify(config) == 1
    out = capsys.readouterr().out
    assert re.search(r"^console +intact$", out, re.M)
    assert re.search(r"^residents +broken at row 2$", out, re.M)


def test_an_older_copy_of_the_file_is_found_by_a_row_noted_elsewhere(
    config: Path, accounts: Accounts, capsys: pytest.CaptureFixture[str]
) -> None:
    number, sha256 = accounts.audit_end()
    assert verify(config, "--end", f"{number}:{sha256}") == 0
    assert verify(config, "--end", f"{number}:{'0' * 64}") == 1
    assert verify(config, "--end", f"99:{sha256}") == 1
    assert "broken at row 99" in capsys.readouterr().out
    assert verify(config, "--end", "yesterday") == 2


def test_an_export_is_verified_anywhere(
    config: Path, accounts: Accounts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = io.StringIO(newline="")
    write_csv(reversed(accounts.audit_rows()), text)
    export = tmp_path / "audit.csv"
    export.write_text(text.getvalue(), encoding="utf-8")
    assert verify(config, str(export)) == 0
    export.write_text(text.getvalue().replace("incident 2", "incident 7"), encoding="utf-8")
    assert verify(config, str(export)) == 1
    assert "broken at row 3" in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, "no export\n", "\xff\n"])
def test_a_file_that_cannot_be_verified_is_no_broken_audit(
    config: Path, tmp_path: Path, content: str | None
) -> None:
    export = tmp_path / "audit.csv"
    if content is not None:
        export.write_bytes(content.encode("latin-1"))
    assert verify(config, str(export)) == 2
