"""Where network files lie on this machine: pulled once, hash-checked before every use."""

import contextlib
import fcntl
import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from models.catalog import Entry
from models.errors import ModelFileError
from models.sources import Progress, fetch

log = logging.getLogger(__name__)

ENVIRONMENT = "GRIDWATCH_MODELS"
PREPARATION = 2
"""Version of the preparation: a new one makes new prepared files."""


class Condition(StrEnum):
    """What is the matter with a file."""

    GOOD = "good"
    ABSENT = "absent"
    TRUNCATED = "truncated"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file and its condition; ``bytes`` is 0 if it is absent.

    Attributes:
        given: Whether it lies in the folder that comes first, where nothing is ever pulled to.
    """

    entry: Entry
    path: Path
    condition: Condition
    bytes: int
    given: bool = False

    def require_good(self) -> Path:
        """Return the path of a good file.

        Raises:
            ModelFileError: Says what is wrong and what to do.
        """
        if self.condition is Condition.GOOD:
            return self.path
        remedy = f"run 'gridwatch models pull {self.entry.name}'"
        if self.given:
            remedy = f"replace it, or remove it and {remedy}"
        match self.condition:
            case Condition.ABSENT:
                raise ModelFileError(f"{self.path}: is absent; {remedy}")
            case Condition.TRUNCATED:
                raise ModelFileError(
                    f"{self.path}: is truncated, {self.bytes} of {self.entry.bytes} bytes; {remedy}"
                )
            case _:
                raise ModelFileError(
                    f"{self.path}: is not the file of the catalogue, its SHA-256 differs; {remedy}"
                )


class Depot:
    """A folder of pulled and prepared files, and optionally one of given files."""

    def __init__(self, root: Path | None = None, given: Path | None = None) -> None:
        """Use folders.

        Args:
            root: Default: ``gridwatch/models`` in the user's cache.
            given: Folder looked into first; default: the environment's ``GRIDWATCH_MODELS``.
        """
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        self.root = root or cache / "gridwatch" / "models"
        named = os.environ.get(ENVIRONMENT)
        self._given = given or (Path(named) if named else None)

    def path_of(self, entry: Entry) -> Path:
        """Return where the published file is, or would be."""
        if self._given is not None and (self._given / entry.file).exists():
            return self._given / entry.file
        return self.root / entry.file

    def inspect(self, entry: Entry) -> Inspected:
        """Return the condition of a file, by size and hash."""
        path = self.path_of(entry)
        given = path.parent != self.root
        try:
            content = path.read_bytes()
        except OSError:
            return Inspected(entry, path, Condition.ABSENT, 0, given)
        if hashlib.sha256(content).hexdigest() == entry.sha256:
            condition = Condition.GOOD
        else:
            short = len(content) < entry.bytes
            condition = Condition.TRUNCATED if short else Condition.DIFFERENT
        return Inspected(entry, path, condition, len(content), given)

    def pull(self, entry: Entry, progress: Progress) -> str:
        """Make the file good and return what was done: where it was taken from.

        Raises:
            ModelFileError: No source had the right file; says why, source by source.
        """
        with self._locked():
            found = self.inspect(entry)
            if found.condition is Condition.GOOD:
                self._prepare(entry, found.path)
                return "already there"
            target = self.root / entry.file
            failures = []
            for source in entry.sources:
                arrived = target.with_name(target.name + ".new")
                try:
                    fetch(entry, source, arrived, progress)
                except ModelFileError as error:
                    failures.append(str(error))
                    continue
                if hashlib.sha256(arrived.read_bytes()).hexdigest() != entry.sha256:
                    arrived.unlink()
                    failures.append(f"{source}: sent a file with another SHA-256")
                    continue
                arrived.replace(target)
                self._prepare(entry, target)
                return f"from {source}"
        raise ModelFileError(
            f"model {entry.name}: no source had it: {'; '.join(failures)}; "
            f"put {entry.file} into a folder and set {ENVIRONMENT} to it"
        )

    def ready(self, entry: Entry) -> Path:
        """Return the file to load: the published one, or its prepared copy.

        Raises:
            ModelFileError: The published file is absent, truncated or another one.
        """
        return self._prepare(entry, self.inspect(entry).require_good())

    def prepared(self, key: str, make: Callable[[], bytes]) -> Path:
        """Return a prepared file, made anew if it is absent or no longer what was made."""
        path = self.root / "prepared" / f"{key}-{PREPARATION}.onnx"
        seal = path.with_suffix(".sha256")
        with contextlib.suppress(OSError):
            if hashlib.sha256(path.read_bytes()).hexdigest() == seal.read_text(encoding="ascii"):
                return path
        content = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        for target, payload in (
            (path, content),
            (seal, hashlib.sha256(content).hexdigest().encode("ascii")),
        ):
            partial = target.with_name(f"{target.name}.{os.getpid()}.part")
            partial.write_bytes(payload)
            partial.replace(target)
        return path

    def _prepare(self, entry: Entry, path: Path) -> Path:
        if not entry.fold:
            return path

        def made() -> bytes:
            # Once a year, while each worker that starts would pay 8 MB for the library of graphs.
            from models.folding import fold  # noqa: PLC0415

            return fold(path, free_input=entry.free_input, free_output=entry.free_output)

        return self.prepared(f"{Path(entry.file).stem}-{entry.sha256[:16]}", made)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Let one process at a time pull: two tests, or a service and a person."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
