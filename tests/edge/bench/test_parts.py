from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from edge.bench.broker import Running
from edge.bench.catalogue import Means
from edge.bench.parts import Extent, bench_parts
from edge.bench.parts_delivery import MQTT, mqtt_figures
from edge.bench.parts_networks import network_parts
from edge.demo.people import find_portraits
from models.catalog import load_catalog
from models.depot import Depot
from models.faces import FaceDetector, FacePack, Picture

TINY = Extent(
    size_wh=(320, 180),
    seconds=2,
    clip_seconds=2,
    clips=1,
    galleries=((200, 16),),
    commits=3,
    messages=40,
    repeats=1,
)
OF_EVERY_BOX = (
    "demux, a packet",
    "decode h264, a picture of all",
    "decode h264, a keyframe",
    "decode hevc, a picture of all",
    "decode hevc, a keyframe",
    "motion gate, a picture",
    "whole picture to BGR",
    "picture to BGR of 640",
    "picture to BGR of 416",
    "letterbox of whole BGR to 640",
    "batch of 640",
    "yunet, a picture",
    "yunet, a second look at a face",
    "sface, a face",
    "align a face",
    "search 200 x 16",
    "journal, a passage committed",
    "journal, a passage committed, wall",
    "clip of 10 s, written and read again",
)


def heads(detector: FaceDetector) -> list[Picture]:
    return [portrait.picture for portrait in find_portraits(detector)]


def nobody(_: FaceDetector) -> Sequence[Picture]:
    return []


def means(folder: Path, skip: Callable[[str, str], None]) -> Means:
    return Means(
        folder=folder,
        progress=lambda name, done, total: None,
        skip=skip,
        portraits=heads,
    )


def test_every_part_has_a_figure_or_is_said_to_be_skipped(
    tmp_path: Path, open_pack: FacePack
) -> None:
    skipped: dict[str, str] = {}
    figures = bench_parts(means(tmp_path, skipped.__setitem__), extent=TINY)
    names = [one.name for one in figures]
    assert len(set(names)) == len(names)
    assert [name for name in OF_EVERY_BOX if name not in names] == []
    assert [one.name for one in figures if not 0 < one.least <= one.value <= one.most] == []
    assert [one.name for one in figures if one.limit is not None and one.limit <= 0] == []
    assert all(one.of for one in figures if one.limit is not None)
    for name, part in (
        ("yolox-nano", "yolox-nano, a picture"),
        ("ssd-mobilenet-v2", "ssd-mobilenet-v2, a picture"),
        ("plate-detector", "plate-reader, a plate"),
        (MQTT, MQTT),
    ):
        assert (part in names) is not (name in skipped)


def test_networks_that_are_not_there_are_skipped_one_by_one(tmp_path: Path) -> None:
    skipped: dict[str, str] = {}
    depot = Depot(tmp_path / "pulled", tmp_path / "given")
    street = np.zeros((180, 320, 3), np.uint8)
    parts = network_parts(street, portraits=nobody, skip=skipped.__setitem__, depot=depot)
    assert list(parts) == []
    packs = [f"{one.detector}, {one.recogniser}" for one in load_catalog().packs.values()]
    assert list(skipped) == [*packs, "yolox-nano", "ssd-mobilenet-v2", "plate-detector"]
    absent = [why for why in skipped.values() if "is absent; run 'gridwatch models pull" in why]
    refused = [why for why in skipped.values() if "accept_noncommercial" in why]
    assert len(absent) + len(refused) == len(skipped)
    assert len(absent) >= 4


def test_a_broker_inside_this_process_is_not_measured() -> None:
    skipped: dict[str, str] = {}
    inside = Running("embedded", "mqtt://127.0.0.1:1", "3.1.1")
    assert mqtt_figures(inside, skip=skipped.__setitem__) == []
    assert "mosquitto is not installed" in skipped[MQTT]
