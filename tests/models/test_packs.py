import shutil
from pathlib import Path

import pytest

from models.catalog import load_catalog
from models.depot import Depot
from models.errors import ModelFileError, ModelLicenceError
from models.faces import FacePack
from models.liveness import load_liveness
from models.packs import load_face_pack
from models.picture import decode_picture
from models.session import Placement, load_network


@pytest.mark.shared
def test_an_insightface_folder_gets_the_catalogues_normalisation(
    shared: Path, models_ready: None, tmp_path: Path
) -> None:
    shutil.copy(shared / "models/scrfd_500m_kps.onnx", tmp_path)
    sface = load_catalog().entry("sface")
    shutil.copy(Depot().path_of(sface), tmp_path)
    pack = load_face_pack(str(tmp_path))
    assert pack.recogniser.sha256 == sface.sha256
    picture = decode_picture((shared / "dev/faces_group/compreface_011_3.jpg").read_bytes())
    assert picture is not None
    assert len(pack.detector.detect(picture)) == 3


@pytest.mark.shared
def test_an_unknown_recogniser_is_normalised_as_its_self_test_asks(
    shared: Path, tmp_path: Path
) -> None:
    for name in ("scrfd_500m_kps.onnx", "mobilefacenet_arc_112.onnx"):
        shutil.copy(shared / "models" / name, tmp_path)
    pack = load_face_pack(str(tmp_path))
    assert pack.norm_floor is None


def test_a_folder_without_a_recogniser_says_what_is_lacking(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="has no detector as an ONNX file"):
        load_face_pack(str(tmp_path))


def test_an_unknown_pack_says_which_there_are() -> None:
    with pytest.raises(ModelFileError, match=r"\(open, buffalo_l, buffalo_s\) nor a folder"):
        load_face_pack("/nowhere/at/all")


def test_a_noncommercial_pack_is_refused_before_anything_is_loaded() -> None:
    with pytest.raises(ModelLicenceError, match="scrfd-10g: InsightFace publishes"):
        load_face_pack("buffalo_l")


def test_a_truncated_network_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "cut.onnx"
    path.write_bytes(b"\x08\x06\x12\x04")
    with pytest.raises(
        ModelFileError, match=r"cut\.onnx: is no network that ONNX Runtime can load"
    ):
        load_network(path)


def test_an_absent_provider_is_said_with_those_there_are(tmp_path: Path) -> None:
    path = tmp_path / "any.onnx"
    path.write_bytes(b"any")
    with pytest.raises(
        ModelFileError, match=r"models\.provider: 'rocm' is not on this machine; use one of: cpu"
    ):
        load_network(path, Placement("rocm"))


@pytest.mark.shared
def test_a_living_face_is_told_from_a_shown_one(shared: Path, open_pack: FacePack) -> None:
    network = load_liveness(shared / "models/minifasnetv2_2.7_80.onnx")
    scores = {}
    for name in ("F1", "T1"):
        picture = decode_picture((shared / f"dev/faces_spoof/image_{name}.jpg").read_bytes())
        assert picture is not None
        box_xyxy = open_pack.detector.detect(picture).boxes_xyxy[0]
        scores[name] = network.live_score(picture, box_xyxy)
    assert scores["F1"] < 0.1
    assert scores["T1"] > 0.9


@pytest.mark.shared
@pytest.mark.parametrize("name", ["yolox_nano.onnx", "mobilefacenet_arc_112.onnx"])
def test_a_network_that_knows_nothing_of_life_is_refused_when_loaded(
    shared: Path, name: str
) -> None:
    with pytest.raises(ModelFileError, match=r"give models\.liveness another file"):
        load_liveness(shared / "models" / name)
