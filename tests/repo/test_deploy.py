"""The unit of systemd: what it must say, and what systemd itself says of it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "deploy" / "gridwatch.service"
MOST_EXPOSED = 2.0
"""Of ten, as ``systemd-analyze security`` counts; a service without any hardening has 9.6."""

Keys = dict[str, list[str]]


def _keys() -> Keys:
    keys: Keys = {}
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if line and line[0] not in "#[":
            name, _, value = line.partition("=")
            keys.setdefault(name, []).append(value)
    return keys


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Type", "notify"),
        ("WatchdogSec", "30"),
        ("Restart", "always"),
        ("StartLimitIntervalSec", "0"),
        ("After", "network-online.target time-sync.target"),
        ("Wants", "network-online.target time-sync.target"),
        ("OOMPolicy", "continue"),
        ("KillMode", "mixed"),
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("PrivateTmp", "yes"),
        ("DevicePolicy", "closed"),
        ("StateDirectory", "gridwatch"),
    ],
)
def test_the_unit_says_what_a_box_in_a_cabinet_needs(key: str, value: str) -> None:
    assert _keys()[key] == [value]


def test_it_starts_the_command_that_there_is() -> None:
    command = _keys()["ExecStart"][0].split()
    assert command[0].endswith("/bin/gridwatch")
    shown = subprocess.run(
        [sys.executable, "-m", "edge", *command[1:2], "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert command[2] in shown.stdout


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The unit with a command that is on this machine."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze")
    path = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8")
    path.write_text(text.replace("/opt/gridwatch/bin/gridwatch", sys.executable))
    return path


def test_systemd_understands_every_key(installed: Path) -> None:
    said = subprocess.run(
        ["systemd-analyze", "verify", str(installed)], capture_output=True, text=True, check=False
    )
    assert [line for line in said.stderr.splitlines() if UNIT.name in line] == []
    assert said.returncode == 0


def test_systemd_finds_little_exposed(installed: Path) -> None:
    said = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(installed)],
        capture_output=True,
        text=True,
        check=False,
    )
    exposure = next(line for line in said.stdout.splitlines() if "Overall exposure" in line)
    assert float(exposure.partition(": ")[2].split()[0]) <= MOST_EXPOSED
