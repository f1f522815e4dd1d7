"""Run the demo: the real service on a recording, seen from the platform's side."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import yaml

from edge.bootstrap.registration import open_registrar
from edge.bootstrap.service import Service
from edge.delivery.listener import Listener
from edge.demo.gate_scene import FPS, render
from edge.demo.people import find_portraits, photo
from edge.demo.script import EXPECTED, PHOTOGRAPHED, SCENES, TABLE
from edge.gallery.roster import read_roster
from edge.settings import Settings
from models.faces import FacePack
from streams.film import write_film

CAMERA = "gate-demo"
COLUMNS = ("time", "decision", "resident", "similarity", "margin", "frames", "note")
WIDTHS = (8, 9, 9, 10, 6, 6, 0)

Say = Callable[[str], None]


@dataclass(slots=True)
class Heard:
    """What the platform has received, and where it goes.

    Attributes:
        folder: For stills.
        latest: Newest revision of each passage, by id.
    """

    folder: Path
    say: Say
    latest: dict[str, dict[str, Any]] = field(default_factory=dict)
    stills: int = 0

    def take(self, topic: str, payload: bytes) -> None:
        """Print a passage, keep a still."""
        kind = topic.split("/")[3]
        if kind == "evidence":
            passage_id = topic.split("/")[4]
            decision = self.latest.get(passage_id, {}).get("decision", "passage")
            self.stills += 1
            (self.folder / f"{self.stills:02d}-{decision}.jpg").write_bytes(payload)
        elif kind == "passages":
            message = json.loads(payload)
            self.latest[message["id"]] = message
            self.say(_row(message))


def prepare(out: Path, pack: FacePack, say: Say) -> Path:
    """Write recording, photos, table and configuration below ``out``; return the configuration."""
    say("finding faces on the pictures that installed packages ship")
    portraits = find_portraits(pack.detector)
    for resident_id, index in PHOTOGRAPHED.items():
        target = out / "photos" / resident_id / "1.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(photo(portraits[index]))
    (out / "residents.csv").write_text(TABLE, encoding="utf-8")
    say("drawing a gate recording:")
    for number, scene in enumerate(SCENES, start=1):
        say(f"  {number}. {scene.title}")
    write_film(out / "gate.mp4", render(SCENES, portraits), fps=FPS)
    config = out / "gridwatch.yaml"
    config.write_text(yaml.safe_dump(_configuration(), sort_keys=False), encoding="utf-8")
    return config


def _configuration() -> dict[str, Any]:
    return {
        "box": {"id": "box-demo", "home": "./var"},
        # The demo's stills stay on this machine: the broker is inside the process.
        "mqtt": {"url": "embedded://127.0.0.1:0", "face_stills": True},
        "console": {"port": 0},
        "workers": 1,
        "cameras": [
            {"id": CAMERA, "url": "file:gate.mp4", "gate": {"direction": "in", "cooldown": "3s"}}
        ],
    }


def enrol(settings: Settings, out: Path, say: Say) -> None:
    """Register the demo's residents from their photos."""
    registrar = open_registrar(settings)
    for applicant in read_roster(out / "photos", out / "residents.csv"):
        outcome = registrar.register(applicant)
        say(f"  {applicant.resident.id}: {outcome.summary}")


def run_service(settings: Settings, config: Path, stills: Path, say: Say) -> Heard:
    """Run the service until the recording is over; return what the platform heard."""
    heard = Heard(stills, say)
    service = Service(settings, config)
    listening: list[Listener] = []

    def listen(url: str, version: str) -> None:
        listener = Listener(url, f"gridwatch/1/{settings.box.id}", heard.take, version=version)
        listening.append(listener.__enter__())

    service.on_broker = listen
    say("")
    say(_line(COLUMNS))
    say(_line(tuple("-" * max(width, 4) for width in WIDTHS)))
    try:
        service.run(Event(), end_with_recordings=True, before_end=lambda: _leave(listening))
    finally:
        _leave(listening)
    return heard


def _leave(listening: list[Listener]) -> None:
    while listening:
        listening.pop().__exit__(None, None, None)


def summarise(heard: Heard, out: Path, say: Say) -> bool:
    """Print what happened; return whether it is what the scenes show."""
    told = Counter(message["decision"] for message in heard.latest.values())
    tailgating = sum(message["persons"] > 1 for message in heard.latest.values())
    say("")
    say(
        f"{len(heard.latest)} passages: "
        + ", ".join(f"{n} {name}" for name, n in sorted(told.items()))
    )
    say(f"{tailgating} authorised passage with somebody behind; {heard.stills} annotated stills")
    say(f"recording, photos, configuration and stills: {out}")
    right = dict(told) == EXPECTED and tailgating == 1
    if not right:
        say(f"expected {EXPECTED} and 1 with somebody behind: please report this")
    return right


def _row(message: dict[str, Any]) -> str:
    notes = list(message["doubts"])
    if message["persons"] > 1:
        notes.append(f"{message['persons']} persons on one authorisation")
    if message["action"] == "updated":
        notes.append(f"revision {message['revision']}")
    return _line(
        (
            message["decided_at"][11:19],
            message["decision"],
            message["resident_id"] or "-",
            _number(message["similarity"]),
            _number(message["margin"]),
            str(message["frames"]),
            ", ".join(notes),
        )
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _line(cells: tuple[str, ...]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()
