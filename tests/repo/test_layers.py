"""Who may import whom: the contracts hold, and each of them notices what it forbids."""

import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("edge", "models", "streams")
LINT_IMPORTS = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]

PLANTS = {
    "edge stands on two libraries that do not know each other": (
        "models/planted.py",
        "import streams.frame",
    ),
    "Inside edge, imports only point down": ("edge/gallery/planted.py", "import edge.bootstrap"),
    "Rules do not know each other": (
        "edge/rules/planted.py",
        "import edge.rules.intrusion",
    ),
    "Domain and rules are pure": ("edge/domain/planted.py", "import time"),
    "Only the composition root reads settings": ("edge/store/planted.py", "import edge.settings"),
    "PyAV stays in streams": ("edge/gate/planted.py", "import av"),
    "ONNX Runtime stays behind one file": ("models/planted_network.py", "import onnxruntime"),
    "insightface stays behind one file": ("models/planted_pack.py", "import insightface"),
    "paho stays in delivery, and in what it is measured against": (
        "edge/console/planted.py",
        "import paho.mqtt.client",
    ),
}
"""One violation for each contract: a file and what it must not import."""

CONTRACTS = [
    contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
]


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(LINT_IMPORTS, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the source in which something may be planted."""
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_holds() -> None:
    done = _lint(ROOT)
    assert done.returncode == 0, done.stdout
    assert f"{len(CONTRACTS)} kept, 0 broken" in done.stdout


def test_every_contract_has_a_planted_violation() -> None:
    assert sorted(PLANTS) == sorted(CONTRACTS)


def test_every_contract_notices_its_violation(copy: Path) -> None:
    for file, statement in PLANTS.values():
        (copy / file).write_text(f'"""Planted."""\n\n{statement}\n', encoding="utf-8")
    done = _lint(copy)
    assert done.returncode == 1, done.stdout
    broken = set(re.findall(r"^(.+) BROKEN", done.stdout, re.M))
    assert broken == set(CONTRACTS), done.stdout


def test_a_module_without_a_layer_is_noticed(copy: Path) -> None:
    (copy / "edge" / "planted.py").write_text('"""Planted."""\n', encoding="utf-8")
    done = _lint(copy)
    assert done.returncode == 1, done.stdout
    assert "planted" in done.stdout


@pytest.mark.parametrize("package", [*PACKAGES, "tests"])
def test_no_other_distribution_owns_the_name(package: str) -> None:
    """The names are generic: whoever installs another package of the same name breaks gridwatch."""
    assert set(packages_distributions().get(package, ())) <= {"gridwatch"}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_folder_on_disk_is_the_import_name(package: str) -> None:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin == str(ROOT / package / "__init__.py")
