"""What make promises exists: targets, scripts, tools and commands of the command line."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from edge.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ("help", "demo", "test", "check", "chaos", "run", "bench", "lock", "clean")
TOOLS_OF_PYTHON = {"python", "uv"}


def _commands_of(target: str) -> str:
    """Return what make would run for a target on a fresh clone, recipe by recipe."""
    done = subprocess.run(
        ["make", "--dry-run", "--always-make", "--no-print-directory", target],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_help_names_every_target() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    named = [line.split()[0] for line in done.stdout.splitlines()]
    assert named == list(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_every_command_that_a_target_gives_exists(target: str) -> None:
    for command in re.findall(r"bin/gridwatch (\w+)", _commands_of(target)):
        assert command in COMMANDS
        assert (ROOT / "edge" / "cli" / f"{command}_command.py").exists()


@pytest.mark.parametrize("target", TARGETS)
def test_every_path_that_a_target_names_exists(target: str) -> None:
    named = re.findall(r"\b((?:scripts|config|tests)/[\w./-]+)", _commands_of(target))
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("target", TARGETS)
def test_every_tool_that_a_target_runs_is_installed_by_the_locks(target: str) -> None:
    dev = (ROOT / "requirements-dev.lock").read_text("utf-8")
    providers = {"lint-imports": "import-linter", "pytest": "pytest", "gridwatch": None}
    for tool in set(re.findall(r"\.venv/bin/([\w-]+)", _commands_of(target))) - TOOLS_OF_PYTHON:
        provider = providers.get(tool, tool)
        assert provider is None or f"\n{provider}==" in dev


@pytest.mark.parametrize("target", ["demo", "test"])
def test_a_fresh_clone_installs_by_hash_only(target: str) -> None:
    installs = re.findall(r"pip install .*", _commands_of(target).replace("\\\n", ""))
    assert installs
    assert [
        line for line in installs if "--require-hashes" not in line and "--no-index" not in line
    ] == []


def test_the_command_of_the_project_is_the_one_that_make_calls() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["scripts"] == {"gridwatch": "edge.cli.main:main"}
