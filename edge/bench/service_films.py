"""What the cameras of the running service send: films as long as they are watched."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from edge.bench.gate import FPS, film_gate
from edge.bench.scene import GOP_S, film_street
from edge.gate.quality import QualityLimits, refusal_by_shape
from models.faces import FaceDetector, Picture
from streams.film import repeat_film
from streams.recording import open_recording

WALK_EVERY_S = 6
"""Of the drawn gate."""

QUIET_FILM_S, BUSY_FILM_S = 10, 12
PHASES = 5
"""Cameras do not send their keyframes together."""

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reel:
    """A short film, and the long ones that repeat it.

    Attributes:
        once: What is shown again and again.
        once_s: Its length.
        phases: Begin at different moments of a group of pictures: no two cameras are alike.
        shifts_s: By how much each of them is ahead of the short film.
    """

    once: Path
    once_s: int
    phases: Sequence[Path]
    shifts_s: Sequence[float]

    def shift_s(self, number: int) -> float:
        """Return by how much the camera of this number is ahead of the short film."""
        return self.shifts_s[number % len(self.shifts_s)]


def gate_reel(
    folder: Path, portraits: list[Picture], *, once_s: int, length_s: float, abreast: int = 1
) -> Reel:
    """Write what a gate shows that people pass, so many at a time."""
    once = folder / f"gate-{abreast}.mp4"
    film_gate(once, portraits, seconds=once_s, abreast=abreast)
    return _reel(once, once_s, folder, length_s)


def street_reel(folder: Path, *, busy: bool, size_wh: tuple[int, int], length_s: float) -> Reel:
    """Write what a street shows."""
    once = folder / ("busy.mp4" if busy else "quiet.mp4")
    once_s = BUSY_FILM_S if busy else QUIET_FILM_S
    film_street(once, busy=busy, seconds=once_s, size_wh=size_wh)
    return _reel(once, once_s, folder, length_s)


def _reel(once: Path, once_s: int, folder: Path, length_s: float) -> Reel:
    group = round(GOP_S * FPS)
    firsts = [group * (PHASES - phase) // PHASES for phase in range(PHASES)]
    long = [_repeated(once, folder, length_s, first) for first in firsts]
    return Reel(once, once_s, long, [(group - first) / FPS for first in firsts])


def reels_of(
    folder: Path,
    kinds: Collection[str],
    portraits: list[Picture],
    *,
    size_wh: tuple[int, int],
    gate_s: int,
    length_s: float,
) -> dict[str, Reel]:
    """Write what cameras of these kinds send, gates first.

    Args:
        folder: For the films.
        kinds: ``gate``, ``quiet``, ``busy``.
        portraits: ``(H, W, 3)`` heads that pass a gate.
        size_wh: Of a street's pictures.
        gate_s: Length of the gate's film before it is repeated.
        length_s: Of the long films.
    """
    made: dict[str, Reel] = {}
    if "gate" in kinds:
        made["gate"] = gate_reel(folder, portraits, once_s=gate_s, length_s=length_s)
    for kind in sorted(set(kinds) - {"gate"}):
        busy = kind == "busy"
        made[kind] = street_reel(folder, busy=busy, size_wh=size_wh, length_s=length_s)
    return made


def usable_s(reel: Reel, detector: FaceDetector) -> list[float]:
    """Return the moments of a gate's short film at which a new person's face is first usable."""
    found: dict[int, float] = {}
    for at_s, picture in _pictures(reel.once):
        walk = int(at_s // WALK_EVERY_S)
        if walk not in found and _usable(picture, detector):
            found[walk] = at_s
    return list(found.values())


def _pictures(film: Path) -> Iterator[tuple[float, Picture]]:
    recording = open_recording(film, start_utc=START)
    try:
        for frame in recording.frames():
            yield frame.mono_s, frame.bgr()
    finally:
        recording.close()


def _usable(picture: Picture, detector: FaceDetector) -> bool:
    """Return whether a face is good enough to be compared."""
    faces, limits = detector.detect(picture), QualityLimits()
    size_wh = (picture.shape[1], picture.shape[0])
    return any(
        refusal_by_shape(
            box_xyxy=faces.boxes_xyxy[row],
            score=float(faces.scores[row]),
            landmarks=faces.landmarks[row],
            size_wh=size_wh,
            limits=limits,
        )
        is None
        for row in range(len(faces.scores))
    )


def _repeated(once: Path, folder: Path, length_s: float, first_packets: int) -> Path:
    target = folder / f"{once.stem}-{first_packets}-long.mp4"
    repeat_film(once, target, seconds=length_s, first_packets=first_packets)
    return target
