"""What bad intention or a bad disk puts before a box: files with damage of all kinds.

Each subject makes an input from a seed and has it taken as the box would. What is refused in words
is refused well; any other error is a finding.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import av
import cv2
import numpy as np
from av.video.stream import VideoStream

from edge.errors import ConfigError
from edge.gallery.roster import COLUMNS, read_roster
from edge.settings.load import parse_settings
from models.catalog import read_catalog
from models.errors import ModelFileError
from models.picture import decode_picture
from streams.clip import verify_clip, write_clip
from streams.decode import Decode
from streams.errors import StreamError
from streams.recording import open_recording
from streams.ring import Ring

CONFIG = Path(__file__).parents[1] / "config"
START = datetime(2026, 1, 1, tzinfo=UTC)
MOST_FRAMES = 300
HEAD_BYTES = 1500
CONTAINERS = {"mp4": "libx264", "matroska": "libx264", "mpegts": "libx264", "avi": "mjpeg"}
PHOTO_ENDINGS = (".jpg", ".png", ".bmp", ".webp")

YAML_VALUES = (
    "null", "~", "[]", "{}", "-1", "1e999", ".nan", ".inf", "0x1f", "1:30", "9" * 5000, "true", "'",
    '"', "*a", "&a [*a]", "!!python/object/apply:os.system [echo]", "!!int x", "!!bool maybe",
    "!!timestamp never", "!!float {}", "!!binary aGk=", "!!set {a}", "<<: 3", "Asia", "[" * 300,
    "{a: " * 99,
    "\x00", "\x85", "\ud7ff", "2026-02-30", "rtsp://[::1", "mqtt://x:99999999", "999999999999d",
)  # fmt: skip
TOML_VALUES = ("[]", "{}", "-1", "nan", "[" * 500, "1979-05-27", '"../../etc/passwd"')
CELLS = (
    "", "ann", "ben", "../ann", "/etc/passwd", "2026-13-01", "9999-12-31", "0000-00-00", "resident",
    "visitor", "2026-11-24T08:30+99:00", "=cmd|' /C calc'!A0", "x" * 5000, '"', "\u202e", "\x00",
    "v1", "paper", "1e9", "安",
)  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """One kind of input.

    Attributes:
        make: Makes one from a source of chance.
        take: Takes it as the box would, in an empty folder; returns whether it was accepted.
    """

    name: str
    make: Callable[[random.Random], bytes]
    take: Callable[[bytes, Path], bool]


def try_one(subject: Subject, seed: int) -> bool:
    """Return whether the input of a seed was accepted; raises what is no refusal."""
    content = subject.make(random.Random(seed))
    with TemporaryDirectory() as folder:
        return subject.take(content, Path(folder))


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return bytes as a bad disk or a bad intention leaves them."""
    spoilt = bytearray(content)
    at = chance.randrange(len(spoilt))
    match chance.randrange(6):
        case 0:
            for _ in range(chance.randrange(1, 60)):
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        case 1:
            for _ in range(chance.randrange(1, 12)):
                where = chance.randrange(min(len(spoilt), HEAD_BYTES))
                spoilt[where] = chance.choice([0, 0x7F, 0x80, 0xFF, chance.randrange(256)])
        case 2:
            del spoilt[at:]
        case 3:
            spoilt[at : at + chance.randrange(2000)] = bytes(10)
        case 4:
            spoilt[at:at] = spoilt[: chance.randrange(3000)]
        case _:
            spoilt = spoilt[at:] + spoilt[:at]
    return bytes(spoilt)


def _damaged_lines(text: str, sign: str, values: Sequence[str], chance: random.Random) -> bytes:
    """Return a text whose lines have other values, are cut, exchanged, moved or come to life."""
    lines = text.splitlines()
    others = list(lines)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(lines))
        key, found, value = lines[at].partition(sign)
        lines[at] = chance.choice(
            [
                f"{key}{found} {chance.choice(values)}",
                f"{key}{found}{value[: chance.randrange(len(value) + 1)]}",
                chance.choice(others),
                lines[at].lstrip("# "),
                " " * chance.randrange(8) + lines[at],
                "",
            ]
        )
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def _refused(error: Exception, place: str) -> bool:
    """Return that it was refused, having seen that one line says where."""
    said = str(error)
    assert place in said
    assert "\n" not in said
    return False


def _configuration(chance: random.Random) -> bytes:
    name = chance.choice(["gridwatch.yaml", "examples/street.yaml", "examples/gate.yaml"])
    text = (CONFIG / name).read_text(encoding="utf-8")
    return _damaged_lines(text, ":", YAML_VALUES, chance)


def _take_configuration(content: bytes, folder: Path) -> bool:
    try:
        parse_settings(folder / "gridwatch.yaml", content.decode("utf-8", "replace"))
    except ConfigError as error:
        return _refused(error, "gridwatch.yaml")
    return True


def _catalogue(chance: random.Random) -> bytes:
    text = files("models").joinpath("catalog.toml").read_text(encoding="utf-8")
    return _damaged_lines(text, "=", TOML_VALUES, chance)


def _take_catalogue(content: bytes, folder: Path) -> bool:
    try:
        catalog = read_catalog(content.decode("utf-8", "replace"))
    except ModelFileError:
        return False
    # Whatever a row says, a file stays in the folder that it is put into.
    assert all((folder / one.file).parent == folder for one in catalog.entries.values())
    return True


def _roster(chance: random.Random) -> bytes:
    columns = ["resident_id", *chance.sample(COLUMNS[1:3], chance.randrange(3))]
    columns += chance.sample(COLUMNS[3:], chance.randrange(3))
    rows = [[name, *(chance.choice(CELLS) for _ in columns[1:])] for name in ("ann", "ben")]
    for row in rows:
        row[chance.randrange(len(row))] = chance.choice(CELLS[:4])
    text = "\n".join(",".join(row) for row in [columns, *rows])
    content = text.encode()
    return damaged(content, chance) if chance.random() < 0.3 else content


def _take_roster(content: bytes, folder: Path) -> bool:
    for name in ("ann", "ben"):
        (folder / "photos" / name).mkdir(parents=True)
        (folder / "photos" / name / "1.jpg").touch()
    table = folder / "people.csv"
    table.write_bytes(content)
    try:
        found = read_roster(folder / "photos", table)
    except ConfigError as error:
        return _refused(error, str(folder))
    assert [one.resident.id for one in found] == ["ann", "ben"]
    return True


def _photo(chance: random.Random) -> bytes:
    ramp = np.tile(np.arange(64, dtype=np.uint8)[None, :, None], (48, 1, 3))
    return damaged(cv2.imencode(chance.choice(PHOTO_ENDINGS), ramp)[1].tobytes(), chance)


def _take_photo(content: bytes, folder: Path) -> bool:
    picture = decode_picture(content)
    assert picture is None or picture.ndim == 3
    return picture is not None


def film(container: str, codec: str, title: str = "") -> bytes:
    """Return three seconds of a moving ramp."""
    ramp = np.tile(np.arange(320, dtype=np.uint8)[None, :, None], (180, 1, 3))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "film"
        with av.open(str(path), "w", format=container) as out:
            if title:
                out.metadata["title"] = title
            stream = cast(VideoStream, out.add_stream(codec, rate=10))
            stream.width, stream.height = 320, 180
            stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
            stream.options = {"g": "10"}
            for step in range(30):
                shown = np.roll(ramp, step * 7, 1)
                out.mux(stream.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")))
            out.mux(stream.encode(None))
        return path.read_bytes()


@cache
def _sound_films() -> tuple[bytes, ...]:
    return tuple(film(container, codec) for container, codec in CONTAINERS.items())


def _film(chance: random.Random) -> bytes:
    return damaged(chance.choice(_sound_films()), chance)


def _take_film(content: bytes, folder: Path) -> bool:
    path = folder / "film"
    path.write_bytes(content)
    policy = list(Decode)[len(content) % len(Decode)]
    ring = Ring(seconds=10.0, max_bytes=1_000_000)
    times = list(_looked_at(path, policy, ring))
    assert times == sorted(times)
    stretch = ring.cut(START, START + timedelta(seconds=2), moment=START)
    if stretch is not None:
        try:
            write_clip(folder / "clip.mp4", stretch)
            verify_clip(folder / "clip.mp4", stretch)
        except StreamError:
            return False  # said, and no clip is told of
    return bool(times)


def _looked_at(path: Path, policy: Decode, ring: Ring) -> Iterator[float]:
    """Yield the stream times of a recording's pictures, as far as they can be had."""
    try:
        recording = open_recording(path, start_utc=START, decode=policy, ring=ring)
    except StreamError:
        return
    try:
        for number, frame in enumerate(recording.frames()):
            assert frame.luma().ndim == 2
            assert frame.bgr(640).shape[2] == 3
            yield frame.mono_s
            if number >= MOST_FRAMES:
                return
    except StreamError:
        return
    finally:
        recording.close()


SUBJECTS = (
    Subject("configuration", _configuration, _take_configuration),
    Subject("catalogue", _catalogue, _take_catalogue),
    Subject("import table", _roster, _take_roster),
    Subject("photo", _photo, _take_photo),
    Subject("film", _film, _take_film),
)
