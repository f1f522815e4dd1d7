"""Options that several commands share."""

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Never

from tqdm import tqdm

from edge.errors import ConfigError
from edge.settings import Settings, load_settings
from models.sources import Progress

ENVIRONMENT = "GRIDWATCH_CONFIG"
DEFAULT_CONFIGS = (Path("gridwatch.yaml"), Path("config/gridwatch.yaml"))


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add ``--config``."""
    parser.add_argument(
        "--config",
        type=Path,
        default=None,
        metavar="FILE",
        help=f"configuration; default: ${ENVIRONMENT}, ./gridwatch.yaml, ./config/gridwatch.yaml",
    )


def config_path(given: Path | None) -> Path:
    """Return the configuration file to use."""
    if given is not None:
        return given
    if ENVIRONMENT in os.environ:
        return Path(os.environ[ENVIRONMENT])
    return next((path for path in DEFAULT_CONFIGS if path.exists()), DEFAULT_CONFIGS[0])


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Return the settings of the configuration a command was given."""
    return load_settings(config_path(arguments.config))


@contextmanager
def download_bars() -> Iterator[Progress]:
    """Yield a progress callback that draws one bar per file."""
    bars: dict[str, tqdm[Never]] = {}

    def progress(name: str, done: int, total: int) -> None:
        if name not in bars:
            bars[name] = tqdm(total=total, desc=name, unit="B", unit_scale=True, leave=True)
        bars[name].update(done - bars[name].n)

    try:
        yield progress
    finally:
        for bar in bars.values():
            bar.close()


@contextmanager
def writable(option: str, path: Path) -> Iterator[None]:
    """Let what is written to a path that an option named fail in one line; raises ConfigError."""
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"{option} {path}: cannot be written ({error.strerror}); give another path"
        ) from error


def table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return rows as text columns under their header."""
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]

    def line(cells: tuple[str, ...]) -> str:
        return "  ".join(
            cell.ljust(width) for cell, width in zip(cells, widths, strict=True)
        ).rstrip()

    return "\n".join([line(header), line(tuple("-" * width for width in widths)), *map(line, rows)])
