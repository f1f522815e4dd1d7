"""``gridwatch bench``: this machine's figures, each beside a limit measured in the same run."""

import argparse
import json
import platform
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from edge.cli.options import download_bars, table, writable
from edge.errors import ConfigError

NAMES = ("clip", "console", "gallery", "gate", "latency", "street")

Measured = tuple[dict[str, Any], list[tuple[str, ...]]]
"""Figures for the file, and rows of measured, limit, ratio and allowed for the table."""


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
        figures[name], found = MEASURES[name](arguments)
        rows += [(name, *row) for row in found]
    print(table(("bench", "measured", "limit", "ratio", "allowed"), rows))
    if arguments.json is not None:
        with writable("--json", arguments.json):
            arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


def _clip(_: argparse.Namespace) -> Measured:
    from edge.bench.clip import SECONDS, bench_clip  # noqa: PLC0415 - heavy

    with tempfile.TemporaryDirectory(prefix="gridwatch-bench-") as folder:
        found = bench_clip(Path(folder))
    row = (
        f"{SECONDS} s, {found.megabytes:.1f} MB: {found.write_ms:.1f} ms CPU to write, "
        f"{found.verify_ms:.1f} ms to read again",
        f"bare remux from file to file {found.remux_ms:.1f} ms CPU",
        f"{found.ratio:.2f}",
        "1.50",
    )
    return asdict(found) | {"ratio": found.ratio}, [row]


def _console(_: argparse.Namespace) -> Measured:
    from edge.bench.console import IDLE_SHARE, PAGE_MS, TRIVIAL, bench_console  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="gridwatch-bench-") as folder:
        found = bench_console(Path(folder))
    rows: list[tuple[str, ...]] = [
        (
            f"{page.path}: median {page.median_ms:.0f} ms, p95 {page.p95_ms:.0f} ms, "
            f"CPU {page.cpu_ms:.0f} ms",
            f"{TRIVIAL} {found.trivial_ms:.1f} ms; {PAGE_MS:.0f} ms",
            f"{page.median_ms / found.trivial_ms:.1f}; {page.median_ms / PAGE_MS:.2f}",
            "-; 1.00",
        )
        for page in found.pages
    ]
    for name, share in (("no page", found.idle_share), ("one page", found.watched_share)):
        rows.append(
            (
                f"idle with {name} open: {share * 100:.2f} % of a core",
                f"{IDLE_SHARE * 100:.0f} % of a core",
                f"{share / IDLE_SHARE:.2f}",
                "1.00",
            )
        )
    return asdict(found), rows


def _gallery(_: argparse.Namespace) -> Measured:
    from edge.bench.gallery import bench_gallery  # noqa: PLC0415 - heavy

    found = bench_gallery()
    row = (
        f"search of {found.templates} p95 {found.search_p95_ms:.2f} ms",
        f"bare product p95 {found.product_p95_ms:.2f} ms",
        f"{found.ratio:.2f}",
        "1.50",
    )
    return asdict(found) | {"ratio": found.ratio}, [row]


def _gate(_: argparse.Namespace) -> Measured:
    from edge.bench.gate import bench_gate  # noqa: PLC0415 - heavy
    from edge.bootstrap.parts import load_pack  # noqa: PLC0415
    from edge.demo.people import find_portraits  # noqa: PLC0415
    from edge.settings import Settings  # noqa: PLC0415

    with download_bars() as progress:
        pack = load_pack(Settings(), progress=progress)
    portraits = [portrait.picture for portrait in find_portraits(pack.detector)]
    found = bench_gate(pack, portraits)
    per_camera = f"{found.cpu_share * 100:.1f} % of a core a camera"
    row = (
        f"1080p25, {per_camera}, {found.gate_cpu_s:.2f} s CPU in {found.stream_s:.0f} s",
        f"decode + {found.analysed} detections + {found.embedded} embeddings "
        f"{found.limit_cpu_s:.2f} s CPU",
        f"{found.ratio:.2f}",
        "1.35",
    )
    return asdict(found) | {"ratio": found.ratio, "cpu_share": found.cpu_share}, [row]


def _latency(arguments: argparse.Namespace) -> Measured:
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
    row = (
        f"{len(found.latencies_ms)} decisions: median {found.median_ms:.0f} ms, "
        f"p95 {found.p95_ms:.0f} ms to the PUBACK ({found.broker})",
        "median 700 ms, p95 1200 ms",
        f"{found.median_ms / 700:.2f} / {found.p95_ms / 1200:.2f}",
        "1.00",
    )
    return asdict(found) | {"median_ms": found.median_ms, "p95_ms": found.p95_ms}, [row]


def _street(_: argparse.Namespace) -> Measured:
    from edge.bench.streets import bench_streets  # noqa: PLC0415 - heavy
    from edge.bootstrap.camera.street import choose_detector  # noqa: PLC0415
    from edge.bootstrap.parts import placement  # noqa: PLC0415
    from edge.settings import Settings  # noqa: PLC0415

    settings = Settings()
    with download_bars() as progress:
        chosen = choose_detector(settings, placement(settings), progress=progress)
    if chosen is None:
        raise ConfigError("models.street: is none; there is nothing to measure")
    with tempfile.TemporaryDirectory(prefix="gridwatch-bench-") as folder:
        found = bench_streets(Path(folder), chosen.detector, network=settings.models.street)
    rows: list[tuple[str, ...]] = [
        (
            f"{one.scene}, {one.rules}: {one.cpu_share * 100:.1f} % of a core, {one.cameras} "
            f"cameras on 2 cores; {one.street_cpu_s:.2f} s CPU in {one.stream_s:.0f} s",
            f"decode of {one.decoded} + {one.looks} detections {one.limit_cpu_s:.2f} s CPU",
            f"{one.ratio:.2f}",
            "1.35",
        )
        for one in found.single
    ]
    many = found.fleet
    rows.append(
        (
            f"{many.cameras} quiet at once, {many.watched_s:.0f} s: {many.cores:.2f} cores, lag "
            f"{many.lag_median_s:.2f} s, at most {many.lag_most_s:.2f} s, {many.dropped} dropped",
            f"{many.workers} cores",
            f"{many.cores / many.workers:.2f}",
            "1.00",
        )
    )
    figures: dict[str, Any] = {
        "network": chosen.detector.name,
        "single": [
            asdict(one) | {"ratio": one.ratio, "cpu_share": one.cpu_share, "cameras": one.cameras}
            for one in found.single
        ],
        "fleet": asdict(many),
    }
    return figures, rows


def _unheard(_: str) -> None:
    """Say nothing: a bench prints its table only."""


MEASURES = {
    "clip": _clip,
    "console": _console,
    "gallery": _gallery,
    "gate": _gate,
    "latency": _latency,
    "street": _street,
}
