"""Run the demo: the real service on two recordings, seen from the platform's side."""

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from threading import Event

from edge.bootstrap.registration import open_registrar
from edge.bootstrap.service import Service
from edge.bootstrap.web.first_user import keep_for_first_user
from edge.clock import SystemClock
from edge.delivery.listener import Listener
from edge.demo import gate_scene, gate_script, street_scene, street_script
from edge.demo.people import find_portraits, photo
from edge.demo.subscriber import Say, Subscriber
from edge.gallery.roster import read_roster
from edge.settings import Settings
from edge.store.first_password import NAME
from models.faces import FacePack, Picture
from streams.film import write_film


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """A recording that is yet to be drawn."""

    path: Path
    pictures: Iterator[Picture]
    fps: int


def prepare(out: Path, pack: FacePack, say: Say, *, street: bool = False) -> Path:
    """Write recordings, photos, table and configuration below ``out``; return the configuration.

    Args:
        out: A folder.
        pack: Finds the faces that walk through the gate.
        say: Told what is drawn.
        street: Whether a street is drawn beside the gate.

    Raises:
        ConfigError: A picture of an installed package is not there.
    """
    films = [_gate(out, pack, say)]
    if street:
        films.append(_street(out, say))
    with ThreadPoolExecutor() as pool:
        drawn = [pool.submit(write_film, one.path, one.pictures, fps=one.fps) for one in films]
        for one in drawn:
            one.result()
    config = out / "gridwatch.yaml"
    parts = ("gate.yaml", "street.yaml") if street else ("gate.yaml",)
    texts = (files("edge.demo").joinpath(part).read_text(encoding="utf-8") for part in parts)
    config.write_text("".join(texts), encoding="utf-8")
    return config


def _gate(out: Path, pack: FacePack, say: Say) -> Film:
    say("finding faces on the pictures that installed packages ship")
    portraits = find_portraits(pack.detector)
    for resident_id, index in gate_script.PHOTOGRAPHED.items():
        target = out / "photos" / resident_id / "1.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(photo(portraits[index]))
    (out / "residents.csv").write_text(gate_script.TABLE, encoding="utf-8")
    say("drawing a recording of a gate:")
    for number, scene in enumerate(gate_script.SCENES, start=1):
        say(f"  {number}. {scene.title}")
    pictures = gate_scene.render(gate_script.SCENES, portraits)
    return Film(out / "gate.mp4", pictures, gate_scene.FPS)


def _street(out: Path, say: Say) -> Film:
    say("drawing a recording of a street:")
    for number, event in enumerate(street_script.EVENTS, start=1):
        say(f"  {number}. {event}")
    pictures = street_scene.render_street(street_script.street_scene())
    return Film(out / "street.mp4", pictures, street_scene.FPS)


def enrol(settings: Settings, out: Path, say: Say) -> None:
    """Register the demo's residents from their photos."""
    registrar = open_registrar(settings)
    for applicant in read_roster(out / "photos", out / "residents.csv"):
        outcome = registrar.register(applicant)
        say(f"  {applicant.resident.id}: {outcome.summary}")


def run_service(settings: Settings, config: Path, stills: Path, say: Say) -> Subscriber:
    """Run the service until the recordings are over; return what the platform heard."""
    subscriber = Subscriber(stills, say, sum(gate_script.EXPECTED.values()))
    keep_for_first_user(settings, SystemClock())  # said at the end, not between the tables
    service = Service(settings, config)
    listening: list[Listener] = []

    def listen(url: str, version: str) -> None:
        topics = f"gridwatch/1/{settings.box.id}"
        listener = Listener(url, topics, subscriber.take, version=version)
        listening.append(listener.__enter__())

    service.on_broker = listen
    subscriber.begin()
    try:
        service.run(Event(), end_with_recordings=True, before_end=lambda: _leave(listening))
    finally:
        _leave(listening)
    subscriber.show_street()
    return subscriber


def _leave(listening: list[Listener]) -> None:
    while listening:
        listening.pop().__exit__(None, None, None)


def summarise(heard: Subscriber, out: Path, say: Say) -> bool:
    """Print what happened; return whether it is what the scenes show."""
    say("")
    right = _sum_up_gate(heard, say)
    right = _sum_up_street(heard, say) and right
    if not right:
        say(_what_to_do(heard))
    say(f"recordings, photos, configuration and {heard.stills} annotated stills: {out}")
    say(
        f"to look at it all in the console: gridwatch run --config {out / 'gridwatch.yaml'}, as "
        f"admin with the password in {out / 'var' / NAME}"
    )
    return right


def _sum_up_gate(heard: Subscriber, say: Say) -> bool:
    told = Counter(message["decision"] for message in heard.passages.values())
    tailgating = sum(message["persons"] > 1 for message in heard.passages.values())
    say(
        f"{len(heard.passages)} passages: {_listed(told)}; "
        f"{tailgating} authorised passage with somebody behind"
    )
    right = dict(told) == gate_script.EXPECTED and tailgating == 1
    if not right:
        say(f"expected {gate_script.EXPECTED} and 1 with somebody behind")
    return right


def _sum_up_street(heard: Subscriber, say: Say) -> bool:
    """Print the incidents: each thing once, and nothing of what is permitted or only passes."""
    stories = [
        (revisions[0]["type"], tuple(one["action"] for one in revisions))
        for revisions in heard.incidents.values()
    ]
    told = Counter(kind for kind, _ in stories)
    staying = [kind for kind, actions in stories if actions[-1] not in {"cleared", "withdrawn"}]
    say(f"{len(stories)} incidents: {_listed(told)}; still there: {', '.join(staying) or 'none'}")
    say(f"{len(heard.clips)} of them with a clip")
    say("no network looks at the drawn street, so every incident is for review")
    right = sorted(stories) == sorted(street_script.EXPECTED.items())
    if not right:
        say(f"expected {street_script.EXPECTED}, not {sorted(stories)}")
    return right


def _what_to_do(heard: Subscriber) -> str:
    let_go = sum(heard.let_go.values())
    if let_go:
        return (
            f"this machine was too busy to look at {let_go} pictures in time: "
            "run the demo again when it is not"
        )
    return "that is a mistake: please report it"


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
