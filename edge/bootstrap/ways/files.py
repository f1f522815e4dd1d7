"""Files that are told every message: from the configuration to a courier and a thread for each."""

import json
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from edge.bootstrap import parts
from edge.bootstrap.evidence import FOLDER
from edge.clock import Clock
from edge.delivery.courier import Courier
from edge.delivery.files import FileCarrier, Shelf
from edge.errors import ConfigError
from edge.settings import Settings
from edge.settings.files import FileSink
from edge.store.claim import claimed
from edge.store.evidence import EvidenceStore
from edge.store.letters import Letter, Letters
from edge.store.sinks import FILES, Sinks

ENDS_S = 0.5
JPEG = "image/jpeg"


@dataclass(frozen=True, slots=True, eq=False)
class _Service:
    """One folder being served."""

    shelf: Shelf
    stills: bool
    stop: threading.Event
    thread: threading.Thread


class FileSinks:
    """Serves the file sinks of the configuration."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Prepare for none yet.

        Args:
            settings: Where the box's home is.
            clock: The box's.
        """
        self._path = parts.journal_path(settings)
        self._evidence = settings.home / FOLDER
        self._clock = clock
        self._serving: dict[str, _Service] = {}

    def follow(self, settings: Settings) -> None:
        """Serve the file sinks of a configuration from now on; raises StoreError."""
        wanted = {one.name: (shelf_of(settings, one), one.stills) for one in settings.files}
        gone = [
            name
            for name, one in self._serving.items()
            if wanted.get(name) != (one.shelf, one.stills)
        ]
        self._end(gone)
        sinks = Sinks(self._path, self._clock)
        sinks.keep(FILES, wanted)
        sinks.close()
        for name, (shelf, stills) in wanted.items():
            if name not in self._serving:
                self._serving[name] = self._begin(name, shelf, stills=stills)

    def end(self) -> None:
        """Serve none any more."""
        self._end(list(self._serving))

    def _begin(self, name: str, shelf: Shelf, *, stills: bool) -> _Service:
        stop = threading.Event()
        thread = threading.Thread(
            target=self._serve,
            args=(name, shelf, stills, stop),
            name=f"files-{name}",
            daemon=True,  # a disk that hangs keeps nobody
        )
        thread.start()
        return _Service(shelf, stills, stop, thread)

    def _serve(self, name: str, shelf: Shelf, stills: bool, stop: threading.Event) -> None:
        letters = Letters(self._path, self._clock, FILES + name)
        pictures = _Kept(self._path, self._clock, self._evidence) if stills else None
        courier = Courier(
            f"files={name}",
            letters,
            FileCarrier(shelf, self._clock, pictures=pictures),
            claim=lambda: claimed(self._path, FILES + name),
        )
        try:
            courier.run(stop)
        finally:
            letters.close()

    def _end(self, names: Sequence[str]) -> None:
        ending = [self._serving.pop(name) for name in names]
        for service in ending:
            service.stop.set()
        deadline_s = self._clock.mono_s() + ENDS_S
        for service in ending:
            service.thread.join(max(deadline_s - self._clock.mono_s(), 0.0))


class _Kept:
    """Reads the pictures that an incident's message names, where the box keeps them."""

    def __init__(self, path: Path, clock: Clock, folder: Path) -> None:
        self._store = EvidenceStore(path, clock)
        self._folder = folder

    def __call__(self, letter: Letter) -> list[tuple[str, bytes]]:
        """Return name and content of each."""
        found = []
        for one in _named(letter.payload):
            item = self._store.item(letter.id, one)
            if item is None or item.media_type != JPEG:
                continue
            try:
                found.append((item.name, (self._folder / item.path).read_bytes()))
            except FileNotFoundError:
                continue  # purged meanwhile: the message says what there was
        return found


def _named(payload: bytes) -> list[str]:
    """Return the names of the pictures that a message names."""
    try:
        said = json.loads(payload)
    except ValueError:
        return []
    return [str(one["name"]) for one in said.get("evidence", ())]


def shelf_of(settings: Settings, sink: FileSink) -> Shelf:
    """Return where a file sink writes."""
    folder = (settings.base / sink.folder).resolve()
    return Shelf(folder, timedelta(seconds=sink.keep), sink.quota)


def inspect_files(settings: Settings, sink: FileSink) -> str:
    """Return what becomes of a file sink.

    Raises:
        ConfigError: Its folder cannot be used.
    """
    shelf = shelf_of(settings, sink)
    where = settings.where("files", settings.files.index(sink), "folder")
    home = settings.home
    if home.is_relative_to(shelf.folder) or (shelf.folder.is_relative_to(home / FOLDER)):
        raise ConfigError(f"{where}: holds the box's own files; give a folder of its own")
    there = next(one for one in (shelf.folder, *shelf.folder.parents) if one.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise ConfigError(f"{where}: {there} cannot be written; give this user the right to")
    return f"{shelf.folder}, {'with' if sink.stills else 'without'} pictures"
