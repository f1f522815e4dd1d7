"""``gridwatch bench``: this machine's figures, each beside a limit measured in the same run."""

import argparse
import json
import platform
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from edge.cli.options import download_bars, table

NAMES = ("gallery", "gate", "latency")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.add_argument(
        "names", nargs="*", choices=[[], *NAMES], metavar="NAME", help="default: all"
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="figures as JSON")
    parser.add_argument(
        "--broker", metavar="URL", help="for latency: mqtt://host:port; default: embedded"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure, print a table, write JSON if asked."""
    from edge.logs import keep_quiet  # noqa: PLC0415 - heavy

    keep_quiet()
    rows: list[tuple[str, ...]] = []
    figures: dict[str, Any] = {"machine": platform.processor() or platform.machine()}
    for name in arguments.names or NAMES:
        figures[name], row = MEASURES[name](arguments)
        rows.append((name, *row))
    print(table(("bench", "measured", "limit", "ratio", "allowed"), rows))
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


def _gallery(_: argparse.Namespace) -> tuple[dict[str, Any], tuple[str, ...]]:
    from edge.bench.gallery import bench_gallery  # noqa: PLC0415 - heavy

    found = bench_gallery()
    return asdict(found) | {"ratio": found.ratio}, (
        f"search of {found.templates} p95 {found.search_p95_ms:.2f} ms",
        f"bare product p95 {found.product_p95_ms:.2f} ms",
        f"{found.ratio:.2f}",
        "1.50",
    )


def _gate(_: argparse.Namespace) -> tuple[dict[str, Any], tuple[str, ...]]:
    from edge.bench.gate import bench_gate  # noqa: PLC0415 - heavy
    from edge.bootstrap.parts import load_pack  # noqa: PLC0415
    from edge.demo.people import find_portraits  # noqa: PLC0415
    from edge.settings import Settings  # noqa: PLC0415

    with download_bars() as progress:
        pack = load_pack(Settings(), progress=progress)
    portraits = [portrait.picture for portrait in find_portraits(pack.detector)]
    found = bench_gate(pack, portraits)
    per_camera = f"{found.cpu_share * 100:.1f} % of a core a camera"
    return asdict(found) | {"ratio": found.ratio, "cpu_share": found.cpu_share}, (
        f"1080p25, {per_camera}, {found.gate_cpu_s:.2f} s CPU in {found.stream_s:.0f} s",
        f"decode + {found.analysed} detections + {found.embedded} embeddings "
        f"{found.limit_cpu_s:.2f} s CPU",
        f"{found.ratio:.2f}",
        "1.35",
    )


def _latency(arguments: argparse.Namespace) -> tuple[dict[str, Any], tuple[str, ...]]:
    from edge.bench.latency import bench_latency  # noqa: PLC0415 - heavy
    from edge.bootstrap.parts import load_pack  # noqa: PLC0415
    from edge.demo.show import enrol, prepare  # noqa: PLC0415
    from edge.settings import Settings, load_settings  # noqa: PLC0415

    with download_bars() as progress:
        pack = load_pack(Settings(), exact=True, progress=progress)

    def prepared(folder: Path) -> Path:
        config = prepare(folder, pack, _unheard)
        enrol(load_settings(config), folder, _unheard)
        return config

    with tempfile.TemporaryDirectory(prefix="gridwatch-bench-") as folder:
        found = bench_latency(Path(folder), prepared, broker=arguments.broker)
    return asdict(found) | {"median_ms": found.median_ms, "p95_ms": found.p95_ms}, (
        f"{len(found.latencies_ms)} decisions: median {found.median_ms:.0f} ms, "
        f"p95 {found.p95_ms:.0f} ms to the PUBACK ({found.broker})",
        "median 700 ms, p95 1200 ms",
        f"{found.median_ms / 700:.2f} / {found.p95_ms / 1200:.2f}",
        "1.00",
    )


def _unheard(_: str) -> None:
    """Say nothing: a bench prints its table only."""


MEASURES = {"gallery": _gallery, "gate": _gate, "latency": _latency}
