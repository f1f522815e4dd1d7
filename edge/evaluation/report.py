"""What an evaluation found, as JSON and as a plot."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from edge.evaluation.faces import CALIBRATED_FPIR, GateFigures, PairFigures, Scores

LEAST_RATE = 1e-5


def write_json(
    path: Path,
    *,
    pack: str,
    pairs: PairFigures | None,
    gate: GateFigures | None,
    missing: list[str],
) -> None:
    """Write the figures; keys are those of the command's documentation."""
    content: dict[str, Any] = {"pack": pack, "no_face": len(missing)}
    if pairs is not None:
        content["pairs"] = {
            "genuine": len(pairs.genuine),
            "impostor": len(pairs.impostor),
            "accuracy": pairs.accuracy,
            "tar": {f"{rate:g}": value for rate, value in pairs.tar.items()},
        }
    if gate is not None:
        content["gate"] = {
            "gallery": gate.gallery,
            "probes": gate.probes,
            "strangers": gate.strangers,
            "tpir": {f"{rate:g}": value for rate, value in gate.tpir.items()},
            "calibrated": {
                "wanted_fpir": CALIBRATED_FPIR,
                "threshold": gate.threshold,
                "fpir": gate.fpir,
                "tpir": gate.tpir_calibrated,
            },
        }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def write_det_plot(
    path: Path, *, pack: str, pairs: PairFigures | None, gate: GateFigures | None
) -> None:
    """Draw the detection error trade-off: misses over false alarms, both on logarithmic scales."""
    figure = Figure(figsize=(6.4, 4.8), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    if pairs is not None:
        _draw(axes, pairs.genuine, pairs.impostor, "pairs: FNMR over FMR")
    if gate is not None:
        label = f"gate of {gate.gallery}: FNIR over FPIR"
        _draw(axes, gate.mated, gate.nonmated, label)
        axes.plot(
            max(gate.fpir, LEAST_RATE),
            max(1 - gate.tpir_calibrated, LEAST_RATE),
            "o",
            label=f"calibrated for FPIR {CALIBRATED_FPIR:g}",
        )
    axes.set(
        xscale="log",
        yscale="log",
        xlim=(1e-4, 1),
        ylim=(1e-3, 1),
        xlabel="false positives",
        ylabel="misses",
        title=f"Detection error trade-off, pack {pack}",
    )
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend()
    figure.savefig(path)


def _draw(axes: Axes, genuine: Scores, impostor: Scores, label: str) -> None:
    thresholds = np.unique(np.concatenate([genuine, impostor]))
    false_rate = 1 - np.searchsorted(np.sort(impostor), thresholds) / len(impostor)
    miss_rate = np.searchsorted(np.sort(genuine), thresholds) / len(genuine)
    axes.plot(
        np.maximum(false_rate, LEAST_RATE),
        np.maximum(miss_rate, LEAST_RATE),
        drawstyle="steps-post",
        label=label,
    )
