"""The gallery as it is at this moment, in every worker process.

Before each search the watch asks whether the residents' file has changed, which costs microseconds;
only if it has is the gallery loaded again, swapped whole, and the old one overwritten. So somebody
who was removed is unknown to the next frame, and nothing of them stays in memory. If loading
fails, searching fails with the same error until it succeeds; a file that cannot even be asked
whether it has changed is taken for unchanged.
"""

import logging
from collections.abc import Callable
from threading import Lock
from typing import Protocol

from edge.domain.candidate import Candidate
from edge.errors import StoreError
from edge.gallery.matrix import Gallery
from models.faces import Floats

log = logging.getLogger(__name__)


class Versions(Protocol):
    """The residents' file, as far as its changes go."""

    def data_version(self) -> int:
        """Return a number that changes whenever the file was written to; microseconds."""
        ...

    def gallery_version(self) -> int:
        """Return a number that changes with every change of the gallery."""
        ...


class GalleryWatch:
    """One per process, shared by its cameras' threads."""

    def __init__(self, versions: Versions, load: Callable[[], Gallery]) -> None:
        """Load the gallery for the first time.

        Args:
            versions: The residents' file.
            load: Loads the gallery from it.
        """
        self._versions = versions
        self._load = load
        # Held during a search, so that no gallery is overwritten while it is being read.
        self._lock = Lock()
        self._data_version = versions.data_version()
        self._gallery_version = versions.gallery_version()
        self._gallery = load()
        self._unread = False

    def search(self, query: Floats) -> Candidate | None:
        """Return the most similar person to a ``(D,)`` unit vector, None in an empty gallery."""
        with self._lock:
            self._refresh()
            return self._gallery.search(query)

    def size(self) -> tuple[int, int]:
        """Return how many people there are and the most photos behind one template."""
        with self._lock:
            self._refresh()
            return len(self._gallery), self._gallery.photos

    def version(self) -> int:
        """Return a number that changes with the gallery or its calibration."""
        with self._lock:
            self._refresh()
            return self._gallery_version

    def _refresh(self) -> None:
        try:
            data_version = self._versions.data_version()
            if data_version == self._data_version:
                return
            version = self._versions.gallery_version()
        except StoreError as error:
            # Nobody can be removed from a file that cannot be read either: the gate goes on.
            if not self._unread:
                log.error("%s; the gallery in memory is gone on with", error)  # noqa: TRY400
            self._unread = True
            return
        self._unread = False
        if version != self._gallery_version:
            # If this raises, nothing was noted: no later search can meet the outdated gallery.
            fresh = self._load()
            old, self._gallery = self._gallery, fresh
            self._gallery_version = version
            old.wipe()
        self._data_version = data_version
