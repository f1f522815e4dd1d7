"""Hours of eight cameras in minutes, and minutes of eight real ones: does anything grow?"""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml

from edge.bench.service_tree import family
from edge.clock import SystemClock
from edge.demo.gate_scene import FPS as DRAWN_FPS
from edge.demo.gate_scene import Scene, Walk, render
from edge.demo.people import find_portraits
from edge.domain.camera import CameraState
from edge.store.journal import Journal
from models.faces import Picture
from models.packs import load_face_pack
from streams.film import repeat_film, write_film
from tests.chaos.camera import ScriptedCamera
from tests.chaos.experiment import Experiment, Figure, Report, at_least, at_most, exactly, told
from tests.chaos.lane import CORNERS
from tests.chaos.processes import holding
from tests.chaos.rtp import read_film
from tests.chaos.trend import Trend, trend
from tests.running_box import RunningBox

GATES, STREETS = ("gate-1", "gate-2", "gate-3", "gate-4"), ("road-1", "road-2", "road-3", "road-4")
STRANGERS = (5, 7)
GATE_FPS, ROAD_FPS, SIZE_WH = 5, 2, (320, 180)
QUIET_S = 110
"""Between two things that happen: two minutes of a gate that is not busy."""

CRATE_S = range(20, 70)
MEMORY_PERCENT = 1.0
LAG_S = 0.1
DONE_WITHIN_S = 3 * 3600
SAMPLE_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How long it takes; of each part the first share is warm-up."""

    stream_s: float
    live_s: float
    tell_every_s: float
    warm_up: float
    memory_percent: float


WHOLE = Plan(4 * 3600, 20 * 60, tell_every_s=60, warm_up=0.25, memory_percent=MEMORY_PERCENT)
# In so short a time an allocator has not settled: what leaks with every picture is seen still.
BRIEF = Plan(90, 0, tell_every_s=5, warm_up=0.4, memory_percent=5.0)


@dataclass(frozen=True, slots=True)
class Series:
    """What was measured again and again."""

    at_s: Sequence[float]
    rows: Sequence[Mapping[str, float]]

    def of(self, name: str, plan: Plan) -> Trend:
        """Return what one of the values does after the warm-up."""
        warm_up = self.at_s[0] + plan.warm_up * (self.at_s[-1] - self.at_s[0])
        return trend(self.at_s, [row[name] for row in self.rows], warm_up=warm_up)


def run(folder: Path, short: bool) -> Report:
    """Live through both parts."""
    plan = BRIEF if short else WHOLE
    once = _films(folder)
    figures = [*_replayed(folder, once, plan)]
    if plan.live_s:
        figures += _live(folder, once, plan)
    return Report("soak", figures, short=short)


def _replayed(folder: Path, once: Mapping[str, Path], plan: Plan) -> Iterator[Figure]:
    for kind, film in once.items():
        repeat_film(film, folder / f"{kind}-long.mp4", seconds=plan.stream_s)
    config = folder / "replay.yaml"
    urls = {name: f"file:{kind}-long.mp4" for name, kind in _kinds().items()}
    config.write_text(yaml.safe_dump(_configuration(urls)), encoding="utf-8")
    began_s = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos.replayer", str(config), str(plan.tell_every_s)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=DONE_WITHIN_S,
    )
    *rows, sums = [json.loads(line) for line in done.stdout.splitlines()]
    series = Series([row["stream_s"] for row in rows], rows)
    (folder / "replay.json").write_text(json.dumps(rows), encoding="utf-8")
    hours = plan.stream_s / 3600
    each_h = sums["camera_hours"] / len(_kinds())
    yield at_least("replay: stream time of each camera", each_h, hours * 0.99, "h")
    yield told("replay: all cameras together", sums["camera_hours"], "h")
    yield told("replay: took", (time.monotonic() - began_s) / 60, "min")
    yield at_least("replay: passages", sums["passages"], len(GATES) * plan.stream_s / QUIET_S / 3)
    yield at_least("replay: incidents", sums["incidents"], len(STREETS))
    yield from _memory("replay", series, plan)
    per_picture = series.of("ms_a_picture", plan)
    yield told("replay: a picture at first", per_picture.before, "ms")
    if plan.live_s:  # in one round of the film the busy part would be held against the quiet one
        yield at_most("replay: a picture takes longer by", per_picture.growth_percent, 15, "%")


def _live(folder: Path, once: Mapping[str, Path], plan: Plan) -> Iterator[Figure]:
    films = {kind: read_film(path, again_from_s=0) for kind, path in once.items()}
    servers = {name: ScriptedCamera({"usual": films[kind]}) for name, kind in _kinds().items()}
    with contextlib.ExitStack() as after:
        for server in servers.values():
            after.callback(server.close)
        content = _configuration({name: server.url for name, server in servers.items()})
        box = RunningBox(folder / "gridwatch.yaml", content)
        box.start()
        after.callback(box.stop)
        journal = Journal(folder / "var" / "journal.db", SystemClock())
        after.callback(journal.close)
        assert box.process is not None
        rows: list[dict[str, float]] = []
        began_s = time.monotonic()
        workers = box.workers
        while time.monotonic() - began_s < plan.live_s:
            time.sleep(SAMPLE_EVERY_S)
            held = holding(family(box.process.pid))
            cameras = [seen.report for seen in journal.cameras()]
            row = {"at_s": time.monotonic() - began_s, "rss_mib": held.rss_mib}
            row |= {"fds": held.fds, "threads": held.threads}
            row["lag_s"] = max((one.lag_s for one in cameras), default=0.0)
            row["online"] = sum(one.state is CameraState.ONLINE for one in cameras)
            row["dropped"] = sum(one.dropped for one in cameras)
            rows.append(row)
        died = sum(pid not in box.workers for pid in workers)
        passages = sum(journal.count_passages().values())
    (folder / "live.json").write_text(json.dumps(rows), encoding="utf-8")
    series = Series([row["at_s"] for row in rows], rows)
    yield at_least("live: real time", series.at_s[-1] / 60, plan.live_s / 60 * 0.99, "min")
    yield exactly("live: worker processes that died", died, 0)
    settled = rows[round(len(rows) * plan.warm_up) :]
    yield exactly("live: least cameras online", min(row["online"] for row in settled), len(servers))
    yield at_least("live: passages", passages, len(GATES) * plan.live_s / QUIET_S / 3)
    yield from _memory("live", series, plan)
    lag = series.of("lag_s", plan)
    yield told("live: behind live at first", lag.before, "s")
    yield at_most("live: behind live, growth", lag.rise, LAG_S, "s")
    yield told("live: pictures let go", rows[-1]["dropped"])


def _memory(part: str, series: Series, plan: Plan) -> Iterator[Figure]:
    memory = series.of("rss_mib", plan)
    yield told(f"{part}: memory after warm-up", memory.before, "MiB")
    yield told(f"{part}: memory at the end", memory.after, "MiB")
    yield told(f"{part}: a line through it rises by", 3600 * memory.slope, "MiB/h")
    yield at_most(f"{part}: memory growth (line)", memory.growth_percent, plan.memory_percent, "%")
    for name, words in (("fds", "file descriptors"), ("threads", "threads")):
        held = series.of(name, plan)
        yield at_most(f"{part}: {words}, growth", held.after - held.before, 0)


def _kinds() -> dict[str, str]:
    return {**dict.fromkeys(GATES, "gate"), **dict.fromkeys(STREETS, "road")}


def _configuration(urls: Mapping[str, str]) -> dict[str, Any]:
    rule = {"type": "material_pile", "dwell": "10s", "clear": "5s", "unseen_arrival": "0s"}
    zone = {"id": "spot", "polygon": CORNERS, "rules": [rule]}
    of_kind: dict[str, dict[str, Any]] = {
        "gate": {"gate": {"direction": "in", "cooldown": "2s"}},
        "road": {"zones": [zone]},
    }
    return {
        "box": {"id": "box-soak", "home": "./var"},
        "models": {"street": "none"},
        "mqtt": {"url": "embedded://127.0.0.1:0", "health_every": "5s"},
        "console": {"port": 0},
        "workers": 2,
        "cameras": [
            {"id": name, "url": url} | of_kind[_kinds()[name]] for name, url in urls.items()
        ],
    }


def _films(folder: Path) -> dict[str, Path]:
    """Write two minutes of a gate with two who pass, and of a road with a crate for a while."""
    gate, road = folder / "gate.mp4", folder / "road.mp4"
    write_film(gate, _gate(), fps=GATE_FPS, gop_s=2.0)
    write_film(road, _road(), fps=ROAD_FPS, gop_s=2.0)
    return {"gate": gate, "road": road}


def _gate() -> Iterator[Picture]:
    portraits = find_portraits(load_face_pack("open").detector)
    scenes = tuple(Scene("somebody", (Walk(number),)) for number in STRANGERS)
    drawn = [
        np.asarray(cv2.resize(one, (480, 270), interpolation=cv2.INTER_AREA), np.uint8)
        for one in islice(render(scenes, portraits), 0, None, DRAWN_FPS // GATE_FPS)
    ]
    yield from drawn
    for index in range(QUIET_S * GATE_FPS):
        yield drawn[-1 - index % GATE_FPS]  # nobody, and the sensor's noise


def _road() -> Iterator[Picture]:
    source = np.random.default_rng(5)
    coarse = source.normal(112, 10, (45, 80, 1)).astype(np.float32)
    empty = cv2.resize(coarse, SIZE_WH)[..., None].repeat(3, axis=2)
    for number in range((QUIET_S + 10) * ROAD_FPS):
        picture = empty.copy()
        if number // ROAD_FPS in CRATE_S:
            picture[80:136, 120:200] = (60, 110, 160)
            picture[80:136:8, 120:200] -= 35
        yield np.clip(picture + source.normal(0, 1.5, picture.shape), 0, 255).astype(np.uint8)


EXPERIMENT = Experiment(
    "soak", "hours of eight cameras by replay, and minutes of eight real ones: nothing grows", run
)
