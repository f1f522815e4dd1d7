import subprocess
import sys
from importlib.machinery import ModuleSpec

import numpy as np
import pytest

from models import selftest
from models.catalog import load_catalog
from models.depot import Depot
from models.errors import ModelFileError
from models.faces import Embeddings, FacePack, Picture
from models.selftest import built_in_faces, passes, require_pass
from models.session import load_network
from models.sface import Normalisation, Recogniser


def test_the_right_normalisation_passes_and_the_guessed_one_fails(models_ready: None) -> None:
    entry = load_catalog().entry("sface")
    network = load_network(Depot().ready(entry))
    assert passes(Recogniser(network, entry.normalisation, sha256=entry.sha256))
    guessed = Recogniser(network, Normalisation(127.5, 127.5), sha256=entry.sha256)
    assert not passes(guessed)
    with pytest.raises(ModelFileError, match="sface: failed its self-test"):
        require_pass(guessed, "sface")


def test_a_recogniser_that_knows_nobody_again_fails() -> None:
    class Forgetful:
        sha256 = "0" * 64

        def embed(self, crops: Picture, *, mirrored: bool = False) -> Embeddings:
            return Embeddings(
                np.eye(len(crops), 128, dtype=np.float32), np.ones(len(crops), np.float32)
            )

    assert not passes(Forgetful())


def test_mirrored_vectors_do_not_depend_on_which_way_a_face_looks(open_pack: FacePack) -> None:
    crops = built_in_faces()
    there = open_pack.recogniser.embed(crops, mirrored=True).vectors
    back = open_pack.recogniser.embed(crops[:, :, ::-1], mirrored=True).vectors
    np.testing.assert_allclose(there, back, atol=1e-4)


def test_a_batch_gives_what_single_faces_give(open_pack: FacePack) -> None:
    crops = built_in_faces()
    together = open_pack.recogniser.embed(crops)
    alone = [open_pack.recogniser.embed(crops[row : row + 1]) for row in range(len(crops))]
    np.testing.assert_allclose(
        together.vectors, np.concatenate([a.vectors for a in alone]), atol=1e-4
    )
    np.testing.assert_allclose(together.norms, np.concatenate([a.norms for a in alone]), rtol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(together.vectors, axis=1), 1, rtol=1e-5)


def test_loading_the_default_pack_imports_nothing_that_it_does_not_need(
    open_pack: FacePack,
) -> None:
    program = (
        "import sys\n"
        "from edge.bootstrap.worker import shard\n"
        "from models.packs import load_face_pack\n"
        f"load_face_pack({open_pack.name!r})\n"
        "print(*sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    roots = {name.partition(".")[0] for name in said.stdout.decode().split()}
    assert "onnxruntime" in roots
    heavy = {"insightface", "scipy", "skimage", "matplotlib", "onnx", "fastapi", "openpyxl"}
    assert not roots & heavy  # each of them is paid for by every worker


@pytest.mark.parametrize("found", [None, ModuleSpec("insightface", None, origin="/none/__init__")])
def test_a_picture_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, found: ModuleSpec | None
) -> None:
    monkeypatch.setattr(selftest, "find_spec", lambda _: found)
    built_in_faces.cache_clear()
    try:
        with pytest.raises(ModelFileError, match="install insightface again"):
            built_in_faces()
    finally:
        built_in_faces.cache_clear()
