import json
from pathlib import Path

import numpy as np
import pytest

from edge.errors import ConfigError
from edge.evaluation.faces import Embedder, evaluate_gate, evaluate_pairs
from edge.evaluation.report import write_det_plot, write_json
from models.faces import FacePack, Floats, ImpostorPrior


def unit(*values: float) -> Floats:
    vector = np.asarray(values, np.float32)
    return vector / np.linalg.norm(vector)


class Known(Embedder):
    """Vectors written by hand."""

    def __init__(self, vectors: dict[str, Floats | None]) -> None:
        self._known = dict(vectors)


VECTORS = Known(
    {
        "a1": unit(1, 0, 0),
        "a2": unit(1, 0.2, 0),
        "a3": unit(1, 1.5, 0),
        "b1": unit(0, 1, 0),
        "b2": unit(0.1, 1, 0),
        "s1": unit(0, 0, 1),
        "s2": unit(0.5, 0, 1),
        "none": None,
    }
)


def nothing() -> None:
    """No progress."""


def test_pairs_are_scored_by_hand(tmp_path: Path) -> None:
    table = tmp_path / "pairs.csv"
    table.write_text("a,b,same\na1,a2,1\nb1,b2,1\na1,none,1\na1,b1,0\na1,s1,0\na2,s2,0\n")
    figures = evaluate_pairs(VECTORS, table, nothing)
    # The pair without a face is a miss; the other five are told apart.
    assert figures.accuracy == pytest.approx(5 / 6)
    assert figures.tar[0.001] == pytest.approx(2 / 3)
    assert VECTORS.missing() == ["none"]


def test_a_gate_is_scored_by_hand(tmp_path: Path) -> None:
    table = tmp_path / "gate.csv"
    table.write_text(
        "file,identity,role\na1,a,enroll\nb1,b,enroll\n"
        "a2,a,probe\na3,a,probe\nb2,b,probe\nnone,b,probe\ns1,s,stranger\ns2,t,stranger\n"
    )
    pack = FacePack("hand", None, None, ImpostorPrior(0.1, 0.09), None)  # type: ignore[arg-type]
    figures = evaluate_gate(VECTORS, table, pack, nothing)
    assert (figures.gallery, figures.probes, figures.strangers) == (2, 4, 2)
    # a3 resembles b more than a, and one probe shows no face: two of four are found.
    assert figures.tpir[0.001] == pytest.approx(0.5)
    assert figures.nonmated.tolist() == pytest.approx([0.0, 0.447], abs=1e-3)
    assert figures.threshold > 0.3


def test_figures_and_plot_are_written_under_their_documented_keys(tmp_path: Path) -> None:
    table = tmp_path / "pairs.csv"
    table.write_text("a,b,same\na1,a2,1\na1,b1,0\n")
    pairs = evaluate_pairs(VECTORS, table, nothing)
    write_json(tmp_path / "out.json", pack="open", pairs=pairs, gate=None, missing=["x"])
    content = json.loads((tmp_path / "out.json").read_text())
    assert content["pairs"]["accuracy"] == 1.0
    assert content["pairs"]["tar"]["0.001"] == 1.0
    write_det_plot(tmp_path / "out.png", pack="open", pairs=pairs, gate=None)
    assert (tmp_path / "out.png").read_bytes()[:4] == b"\x89PNG"


def test_a_table_without_its_columns_is_said(tmp_path: Path) -> None:
    table = tmp_path / "pairs.csv"
    table.write_text("x,y\n1,2\n")
    with pytest.raises(ConfigError, match=r"pairs\.csv:1: has no column a; needs a, b, same"):
        evaluate_pairs(VECTORS, table, nothing)


@pytest.mark.shared
def test_the_open_pack_tells_real_people_apart(
    shared: Path, exact_pack: FacePack, tmp_path: Path
) -> None:
    folder = shared / "dev/faces"
    rows = (folder / "pairs.csv").read_text().splitlines()
    some = [rows[0], *rows[1:400:4], *rows[-400::4]]
    table = tmp_path / "some.csv"
    table.write_text("\n".join(some) + "\n")
    figures = evaluate_pairs(Embedder(exact_pack, folder), table, nothing)
    assert figures.accuracy > 0.98
    assert float(figures.impostor.mean()) < 0.2
