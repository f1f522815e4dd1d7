"""``gridwatch eval``: measured accuracy."""

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from edge.cli import eval_incidents
from edge.cli.options import download_bars
from edge.errors import ConfigError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    subjects = parser.add_subparsers(dest="subject", required=True, metavar="SUBJECT")
    faces = subjects.add_parser("faces", help="a face pack on labelled pictures")
    faces.add_argument("--root", type=Path, required=True, metavar="DIR", help="pictures")
    faces.add_argument(
        "--pairs", type=Path, metavar="F", help="CSV a,b,same; default ROOT/pairs.csv"
    )
    faces.add_argument(
        "--gate", type=Path, metavar="F", help="CSV file,identity,role; default ROOT/gate.csv"
    )
    faces.add_argument("--pack", default="open", metavar="P", help="face pack or folder")
    faces.add_argument("--json", type=Path, required=True, metavar="OUT", help="figures")
    faces.add_argument("--plot", type=Path, metavar="PNG", help="default: OUT with .png")
    faces.add_argument("--accept-noncommercial", action="store_true")
    faces.set_defaults(run=run_faces)
    eval_incidents.add_arguments(
        subjects.add_parser("incidents", help="the street on labelled clips")
    )


def run_faces(arguments: argparse.Namespace) -> int:
    """Evaluate a face pack at enrolment quality; write figures and a DET plot."""
    from edge.bootstrap.parts import pull_if_absent  # noqa: PLC0415 - heavy
    from edge.evaluation import report  # noqa: PLC0415
    from edge.evaluation.faces import Embedder, evaluate_gate, evaluate_pairs  # noqa: PLC0415
    from models.packs import load_face_pack  # noqa: PLC0415

    pairs_table = _table(arguments.pairs, arguments.root / "pairs.csv")
    gate_table = _table(arguments.gate, arguments.root / "gate.csv")
    if pairs_table is None and gate_table is None:
        raise ConfigError(
            f"{arguments.root}: has neither pairs.csv nor gate.csv; give --pairs or --gate"
        )
    accepted = arguments.accept_noncommercial
    with download_bars() as progress:
        pull_if_absent(arguments.pack, accept_noncommercial=accepted, progress=progress)
    pack = load_face_pack(arguments.pack, accept_noncommercial=accepted, exact=True)
    embedder = Embedder(pack, arguments.root)
    with tqdm(unit="row", disable=not sys.stderr.isatty()) as bar:
        pairs = evaluate_pairs(embedder, pairs_table, bar.update) if pairs_table else None
        gate = evaluate_gate(embedder, gate_table, pack, bar.update) if gate_table else None
    missing = embedder.missing()
    plot = arguments.plot or arguments.json.with_suffix(".png")
    try:
        report.write_json(arguments.json, pack=pack.name, pairs=pairs, gate=gate, missing=missing)
        report.write_det_plot(plot, pack=pack.name, pairs=pairs, gate=gate)
    except OSError as error:
        raise ConfigError(f"{error.filename}: cannot be written ({error.strerror})") from error
    print(f"pack {pack.name}; no face found in {len(missing)} pictures")
    if pairs is not None:
        print(f"pairs: accuracy {pairs.accuracy:.4f}, TAR {pairs.tar[0.001]:.4f} at FAR 0.001")
    if gate is not None:
        print(
            f"gate: {gate.gallery} people, TPIR {gate.tpir[0.01]:.4f} at FPIR 0.01, "
            f"{gate.tpir[0.001]:.4f} at 0.001; calibrated threshold {gate.threshold:.4f}: "
            f"FPIR {gate.fpir:.4f}, TPIR {gate.tpir_calibrated:.4f}"
        )
    print(f"written: {arguments.json}, {plot}")
    return 0


def _table(given: Path | None, usual: Path) -> Path | None:
    return given or (usual if usual.exists() else None)
