"""The scripts behind make, on machines that lack something: everything they call is a stand-in."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"


class Machine:
    """A machine whose only programs are those that were put there."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.programs.mkdir()
        self.calls = folder / "calls"

    def has(self, name: str, body: str = "exit 0") -> None:
        program = self.programs / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >>{self.calls}\n{body}\n', "utf-8")
        program.chmod(0o755)

    def has_python(self, name: str, version: str, *, venv: bool = True) -> None:
        old = int(version.partition(".")[2]) < 11
        self.has(
            name,
            'case "$2" in\n'
            f"    *print*) echo {version} ;;\n"
            f"    *exit*) exit {int(old)} ;;\n"
            f"    *ensurepip*) exit {int(not venv)} ;;\n"
            "esac",
        )

    def run(
        self, script: Path, *arguments: Path, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", str(script), *map(str, arguments)],
            env={"PATH": str(self.programs), **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def called(self, name: str) -> list[str]:
        lines = self.calls.read_text("utf-8").splitlines() if self.calls.exists() else []
        return [line for line in lines if line.startswith(f"{name} ")]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def _find_python(machine: Machine, **environment: str) -> subprocess.CompletedProcess[str]:
    return machine.run(SCRIPTS / "find-python.sh", **environment)


def test_the_usual_python_is_taken_where_it_is_new_enough(machine: Machine) -> None:
    machine.has_python("python3", "3.12")
    machine.has_python("python3.11", "3.11")
    assert _find_python(machine).stdout == "python3\n"


def test_a_newer_python_is_found_beside_an_old_one(machine: Machine) -> None:
    machine.has_python("python3", "3.10")
    machine.has_python("python3.11", "3.11")
    assert _find_python(machine).stdout == "python3.11\n"


def test_a_python_that_can_make_environments_is_found_beside_one_that_cannot(
    machine: Machine,
) -> None:
    machine.has_python("python3", "3.12", venv=False)
    machine.has_python("python3.11", "3.11")
    assert _find_python(machine).stdout == "python3.11\n"


def test_missing_venv_or_pip_names_the_package_of_that_python(machine: Machine) -> None:
    machine.has_python("python3", "3.12", venv=False)
    done = _find_python(machine)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "apt-get install python3.12-venv" in done.stderr


def test_an_old_python_is_told_with_what_to_install(machine: Machine) -> None:
    machine.has_python("python3", "3.10")
    done = _find_python(machine)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "python3 is Python 3.10" in done.stderr
    assert "apt-get install python3.11 python3.11-venv" in done.stderr


def test_no_python_at_all_is_told_with_what_to_install(machine: Machine) -> None:
    done = _find_python(machine)
    assert done.returncode == 1
    assert "python3 is absent" in done.stderr
    assert "apt-get install python3.11 python3.11-venv" in done.stderr


def test_a_python_that_was_asked_for_is_not_replaced_by_another(machine: Machine) -> None:
    machine.has_python("python3", "3.12")
    machine.has_python("python3.13", "3.13", venv=False)
    done = _find_python(machine, PYTHON="python3.13")
    assert done.returncode == 1
    assert "python3.13-venv" in done.stderr


@pytest.fixture
def debian(machine: Machine, tmp_path: Path) -> Machine:
    """A machine with apt on which only the package ``here`` and ``renamedt64`` are installed."""
    machine.has(
        "dpkg-query",
        'for last; do :; done\ncase "$last" in here | renamedt64) echo "install ok installed" ;; '
        "*) exit 1 ;; esac",
    )
    machine.has("apt-get")
    (machine.programs / "grep").symlink_to("/bin/grep")
    (machine.programs / "cat").symlink_to("/bin/cat")
    (tmp_path / "list.txt").write_text("here\nrenamed\nabsent\n", "utf-8")
    return machine


def test_root_gets_what_is_missing_installed(debian: Machine, tmp_path: Path) -> None:
    debian.has("id", "echo 0")
    done = debian.run(SCRIPTS / "apt-install.sh", tmp_path / "list.txt")
    assert done.returncode == 0, done.stderr
    assert debian.called("apt-get") == [
        "apt-get update -qq",
        "apt-get install -qq -y --no-install-recommends absent",
    ]


def test_others_are_told_what_is_missing(debian: Machine, tmp_path: Path) -> None:
    debian.has("id", "echo 1000")
    done = debian.run(SCRIPTS / "apt-install.sh", tmp_path / "list.txt")
    assert done.returncode == 0
    assert debian.called("apt-get") == []
    assert "apt-get install absent" in done.stderr


def test_nothing_is_asked_of_apt_where_nothing_is_missing(debian: Machine, tmp_path: Path) -> None:
    debian.has("id", "echo 0")
    (tmp_path / "list.txt").write_text("here\nrenamed\n", "utf-8")
    done = debian.run(SCRIPTS / "apt-install.sh", tmp_path / "list.txt")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert debian.called("apt-get") == []


def test_packages_that_cannot_be_had_are_told_and_do_not_stop_the_rest(
    debian: Machine, tmp_path: Path
) -> None:
    debian.has("id", "echo 0")
    debian.has("apt-get", "exit 100")
    done = debian.run(SCRIPTS / "apt-install.sh", tmp_path / "list.txt")
    assert done.returncode == 0
    assert "this failed: apt-get install absent" in done.stderr


def test_a_machine_without_dpkg_is_left_alone(machine: Machine, tmp_path: Path) -> None:
    done = machine.run(SCRIPTS / "apt-install.sh", tmp_path / "list.txt")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("code", [0, 2])
def test_continuous_integration_ends_with_the_last_line_of_the_tests(
    machine: Machine, code: int
) -> None:
    machine.has(
        "make",
        f'echo "CI=$CI"; echo "== 3 passed in 1s =="\n'
        f'[ {code} -eq 0 ] || echo "make: *** [Makefile:1: test] Error 1" >&2\nexit {code}',
    )
    done = subprocess.run(
        ["/bin/bash", str(ROOT / ".ci" / "run")],
        env={"PATH": f"{machine.programs}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert done.stdout.splitlines() == ["CI=true", "== 3 passed in 1s =="]
    assert machine.called("make") == ["make --no-print-directory test"]
