import json
from pathlib import Path
from typing import Any

import pytest

from edge.bootstrap.registration import open_registrar
from edge.cli.main import main
from edge.demo.gate_scene import FPS, Scene, Walk, render
from edge.demo.people import find_portraits, photo
from edge.domain.resident import Resident
from edge.gallery.roster import Applicant
from edge.settings import load_settings
from models.faces import FacePack
from streams.film import write_film

CONFIG = """\
box: {id: box-01, home: ./var}
cameras:
  - id: gate
    url: rtsp://192.0.2.1/cam
    gate: {direction: in}
"""
CAPPED, SUITED = 7, 6


@pytest.fixture(scope="module")
def folder(exact_pack: FacePack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of two people, a configuration, and the photo of one of them."""
    folder = tmp_path_factory.mktemp("replay")
    portraits = find_portraits(exact_pack.detector)
    scenes = (Scene("one", (Walk(SUITED),)), Scene("other", (Walk(CAPPED),)))
    write_film(folder / "gate.mp4", render(scenes, portraits), fps=FPS)
    (folder / "photo.jpg").write_bytes(photo(portraits[SUITED]))
    (folder / "gridwatch.yaml").write_text(CONFIG)
    return folder


def replayed(folder: Path, name: str) -> tuple[bytes, list[dict[str, Any]]]:
    out = folder / name
    words = ["replay", "--config", str(folder / "gridwatch.yaml")]
    code = main([*words, "--camera", f"gate={folder / 'gate.mp4'}", "--json", str(out)])
    assert code == 0
    return out.read_bytes(), [json.loads(line) for line in out.read_bytes().splitlines()]


def test_without_residents_everybody_is_a_stranger_and_nothing_is_left_behind(folder: Path) -> None:
    _, messages = replayed(folder, "empty.jsonl")
    assert [message["decision"] for message in messages] == ["stranger", "stranger"]
    assert [message["seq"] for message in messages] == [1, 2]
    assert not (folder / "var").exists()


def test_a_registered_person_is_named_and_the_same_input_gives_the_same_bytes(folder: Path) -> None:
    registrar = open_registrar(load_settings(folder / "gridwatch.yaml"))
    outcome = registrar.register(Applicant(Resident("A-101"), None, (folder / "photo.jpg",)))
    assert outcome.registered
    first, messages = replayed(folder, "first.jsonl")
    second, _ = replayed(folder, "second.jsonl")
    assert first == second
    assert [(m["decision"], m["resident_id"]) for m in messages] == [
        ("resident", "A-101"),
        ("stranger", None),
    ]
    assert messages[0]["decided_at"].startswith("2026-01-01T00:00:0")
    assert messages[0]["similarity"] > messages[0]["threshold"]
    assert messages[0]["margin"] is None
