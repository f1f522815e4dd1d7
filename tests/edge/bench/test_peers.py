import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.bench.peers.capture import pictures_of
from edge.bench.peers.cost import Done, cost_of
from edge.bench.peers.gate_script import FaceFiles, GateScript
from edge.bench.peers.gates import GatePacks, bench_gates, tell
from edge.bench.peers.packs import installed_pack
from edge.bench.peers.raw_pipe import FFMPEG, watch_pipe
from edge.bench.peers.reference import Registered, photo_of
from edge.bench.peers.side_by_side import cost_beside, told_alike, watch_in_turn
from edge.bench.peers.street_script import Seen, watch_street
from edge.bench.peers.streets import bench_street_peers
from edge.bench.peers.three_alike import STRANGER, ThreeAlike
from edge.bench.scene import film_street
from edge.demo.people import find_portraits
from edge.errors import ConfigError
from models.catalog import load_catalog
from models.depot import Depot
from models.detections import Detections
from models.faces import FacePack, Picture
from streams.film import write_film

SPIN = "import time\nwhile time.process_time() < 0.3: pass"
SIZE_WH = (320, 180)
needs_ffmpeg = pytest.mark.skipif(shutil.which(FFMPEG) is None, reason="needs the program ffmpeg")


class Counted:
    """A network that sees one car on everything."""

    name, sha256, labels, input_px = "counted", "ab" * 32, ("car",), 96

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def detect(self, picture: Picture) -> Detections:
        self.shapes.append(picture.shape)
        box = np.array([[10, 10, 30, 30]], np.float32)
        return Detections(box, np.ones(1, np.float32), np.zeros(1, np.intp), self.labels)


@pytest.fixture(scope="module")
def heads(open_pack: FacePack) -> list[Picture]:
    return [portrait.picture for portrait in find_portraits(open_pack.detector)[:2]]


@pytest.fixture(scope="module")
def gate_film(heads: list[Picture], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a film on which a resident passes, and a stranger after them."""
    film = tmp_path_factory.mktemp("films") / "gate.mp4"
    ground = np.random.default_rng(3).integers(90, 160, (45, 80, 3), np.uint8)
    ground = np.asarray(cv2.resize(ground, (640, 360), interpolation=cv2.INTER_CUBIC), np.uint8)
    pictures = []
    for head in heads:
        small = np.asarray(cv2.resize(head, None, fx=0.8, fy=0.8), np.uint8)
        height, width = small.shape[:2]
        for step in range(24):
            picture = ground.copy()
            x, y = 100 + 6 * step, 20 + step
            picture[y : y + height, x : x + width] = small
            pictures.append(picture)
        pictures += [ground] * 20
    write_film(film, pictures, fps=10)
    return film


@pytest.fixture(scope="module")
def photos(heads: list[Picture]) -> dict[str, bytes]:
    return {"resident-0": photo_of(heads[0])}


@pytest.fixture(scope="module")
def files(models_ready: None) -> FaceFiles:
    catalog, depot = load_catalog(), Depot()
    return FaceFiles(depot.ready(catalog.entry("yunet")), depot.ready(catalog.entry("sface")))


@pytest.mark.parametrize("every", [1, 2])
def test_our_gate_and_opencvs_script_tell_the_same_passages(
    gate_film: Path,
    photos: dict[str, bytes],
    files: FaceFiles,
    open_pack: FacePack,
    exact_pack: FacePack,
    every: int,
) -> None:
    expected = ["resident-0", STRANGER]
    assert tell(gate_film, open_pack, Registered(exact_pack, photos)) == expected
    assert GateScript(files, photos).watch(gate_film, every=every) == expected


def test_a_gate_is_held_against_a_script_at_equal_decisions(
    tmp_path: Path,
    heads: list[Picture],
    files: FaceFiles,
    open_pack: FacePack,
    exact_pack: FacePack,
) -> None:
    skipped: dict[str, str] = {}
    found = bench_gates(
        tmp_path,
        GatePacks(open_pack, exact_pack),
        heads,
        files=files,
        pack_folder=None,
        skip=skipped.__setitem__,
        seconds=6,
        repeats=1,
    )
    cost, told, cheaper_cost, _, turned = found
    # The second head never looks towards the camera: shown, and held against nothing.
    assert (turned.limit, turned.goal) == (1, None)
    assert (told.value, told.limit, told.held) == (1, 1, True)
    assert cost.limit is not None
    assert cheaper_cost.limit is not None
    assert cost.value == cheaper_cost.value > 0
    assert cost.limit > cheaper_cost.limit > 0
    assert "no pack installed" in skipped["gate beside insightface's script"]


def test_insightface_tells_the_same_passages_where_a_pack_is_installed(
    gate_film: Path, photos: dict[str, bytes], shared: Path, tmp_path: Path
) -> None:
    from edge.bench.peers.face_analysis import AnalysisScript  # noqa: PLC0415 - heavy

    pack = tmp_path / "pack"
    pack.mkdir()
    for name in ("scrfd_500m_kps.onnx", "mobilefacenet_arc_112.onnx"):
        (pack / name).symlink_to(shared / "models" / name)
    assert AnalysisScript(pack, photos).watch(gate_film) == ["resident-0", STRANGER]


def test_a_photo_without_a_face_is_refused_by_both(files: FaceFiles, exact_pack: FacePack) -> None:
    photos = {"nobody": photo_of(np.full((200, 150, 3), 128, np.uint8))}
    for learn in (lambda: GateScript(files, photos), lambda: Registered(exact_pack, photos)):
        with pytest.raises(ConfigError, match="nobody: their photo"):
            learn()


def test_a_person_is_told_at_the_third_picture_and_once() -> None:
    passes = ThreeAlike()
    for step in range(6):
        passes.note(["anna"], step * 0.2)
        assert passes.told == (["anna"] if step >= 2 else [])
    passes.end()
    assert passes.told == ["anna"]


def test_a_stranger_is_told_when_they_have_gone_and_two_pictures_tell_nobody() -> None:
    passes = ThreeAlike()
    for at_s in (0.0, 0.2, 0.4):
        passes.note([STRANGER], at_s)
    passes.note([], 1.0)
    assert passes.told == []
    passes.note([], 2.0)
    assert passes.told == [STRANGER]
    passes.note(["anna"], 5.0)
    passes.note(["anna"], 5.2)
    passes.end()
    assert passes.told == [STRANGER]


def test_who_was_not_known_at_first_is_no_stranger() -> None:
    passes = ThreeAlike()
    for at_s, name in enumerate([STRANGER, STRANGER, STRANGER, "anna", "anna", "anna"]):
        passes.note([name], at_s * 0.2)
    passes.end()
    assert passes.told == ["anna"]


def test_the_time_of_helpers_in_other_processes_counts() -> None:
    done = cost_of(lambda: subprocess.run([sys.executable, "-c", SPIN], check=True).returncode)
    assert done.found == 0
    assert done.cpu_s >= 0.3


def test_every_way_is_measured_in_every_turn() -> None:
    order: list[str] = []

    def way(name: str) -> Done[str]:
        order.append(name)
        return Done(name, float(len(order)))

    ways = {name: partial(way, name) for name in ("a", "b")}
    watched = watch_in_turn(ways, repeats=3)
    assert order == ["a", "b"] * 3
    figure = cost_beside("a", watched["a"], watched["b"], seconds=2.0, of="b", goal=0.5)
    assert (figure.value, figure.limit, figure.held) == (1500.0, 2000.0, False)
    assert (figure.least, figure.most) == (500.0, 2500.0)


def test_passages_that_differ_are_not_held_as_equal() -> None:
    assert told_alike("same", ["anna", STRANGER], ["anna", STRANGER]).held is True
    assert told_alike("other", ["anna", STRANGER], [STRANGER, STRANGER]).held is False
    assert told_alike("fewer", ["anna", STRANGER], ["anna"]).held is False
    assert told_alike("more", ["anna"], ["anna", STRANGER]).held is False


def test_a_script_looks_at_every_nth_picture(tmp_path: Path) -> None:
    film, network = tmp_path / "film.mp4", Counted()
    film_street(film, busy=False, seconds=2, size_wh=SIZE_WH)
    assert watch_street(film, network, every=12) == Seen(looks=5, objects=5)
    assert watch_street(film, network) == Seen(looks=50, objects=50)
    assert set(network.shapes) == {(180, 320, 3)}
    assert [at_s for at_s, _ in pictures_of(film, every=25)] == [0.0, 1.0]
    with pytest.raises(ConfigError, match="cannot open"):
        next(pictures_of(tmp_path / "none.mp4"))


@needs_ffmpeg
def test_a_pipe_of_raw_pictures_is_looked_at_where_something_moves(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    network = Counted()
    film_street(film, busy=False, seconds=2, size_wh=SIZE_WH)
    assert watch_pipe(film, network) == Seen(0, 0)
    film_street(film, busy=True, seconds=2, size_wh=SIZE_WH)
    seen = watch_pipe(film, network)
    assert 7 <= seen.looks == seen.objects <= 10
    assert set(network.shapes) == {(720, 1280, 3)}
    with pytest.raises(ConfigError, match="ended with"):
        watch_pipe(tmp_path / "none.mp4", network)


def test_a_street_is_held_against_every_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    skipped: dict[str, str] = {}
    twice, always = bench_street_peers(
        tmp_path,
        Counted(),
        busy=False,
        skip=skipped.__setitem__,
        size_wh=SIZE_WH,
        seconds=4,
        repeats=1,
    )
    assert twice.limit is not None
    assert always.limit is not None
    assert twice.value == always.value > 0
    assert min(twice.limit, always.limit) > 0
    assert "on 9 pictures" in twice.of
    assert "on 100 pictures" in always.of
    assert list(skipped.values()) == ["ffmpeg is not installed; its package is ffmpeg"]


def test_a_pack_is_a_folder_with_networks(tmp_path: Path) -> None:
    assert installed_pack(tmp_path / "none") is None
    (tmp_path / "antelope").mkdir()
    assert installed_pack(tmp_path) is None
    (tmp_path / "buffalo_l").mkdir()
    (tmp_path / "buffalo_l" / "det_10g.onnx").touch()
    assert installed_pack(tmp_path) == tmp_path / "buffalo_l"
