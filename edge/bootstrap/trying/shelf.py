"""What dry runs look at: a last hour, recordings of one folder, a clip that was handed in."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from edge.bootstrap.camera.films import lookback_folder
from edge.bootstrap.trying.trial import Footage
from edge.clock import Clock
from edge.console.dry_runs import Source, Wish
from edge.errors import ConfigError
from edge.settings import Settings

FOLDER = "dry-runs"
UPLOAD = "upload.video"
SUFFIXES = frozenset({".mp4", ".mkv", ".avi", ".mov", ".ts", ".m4v"})
MOST_RECORDINGS = 500


class Shelf:
    """Finds footage; used by any thread."""

    def __init__(self, settings: Callable[[], Settings], clock: Clock) -> None:
        """Prepare.

        Args:
            settings: What the service follows.
            clock: When a recording begins that does not say so.
        """
        self._settings = settings
        self._clock = clock

    def recordings(self) -> Sequence[str]:
        """Return the names of what lies in the folder that the configuration names."""
        folder = _recordings_folder(self._settings())
        if folder is None or not folder.is_dir():
            return ()
        names = sorted(one.name for one in folder.iterdir() if _is_video(one))
        return names[:MOST_RECORDINGS]

    def hand_in(self, clip: BinaryIO) -> None:
        """Keep a clip for the next dry runs, instead of the one before."""
        folder = self._settings().home / FOLDER
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / (UPLOAD + ".part")
        try:
            with draft.open("wb") as file:
                draft.chmod(0o600)
                shutil.copyfileobj(clip, file)
            draft.rename(folder / UPLOAD)
        except OSError as error:
            raise ConfigError(f"{folder}: cannot be written ({error.strerror})") from error
        finally:
            draft.unlink(missing_ok=True)

    def footage(self, settings: Settings, wish: Wish) -> Footage:
        """Return what is to be looked at; raises ConfigError if it is not there."""
        begins_at = wish.begins_at or self._clock.utc()
        if wish.source is Source.LAST_HOUR:
            path = lookback_folder(settings, wish.camera_id)
            if not path.is_dir():
                raise ConfigError(
                    "nothing is kept of this camera's last hour yet; try a recording instead"
                )
            return Footage(path, begins_at)
        if wish.source is Source.UPLOAD:
            path = settings.home / FOLDER / UPLOAD
            if not path.is_file():
                raise ConfigError("no clip was handed in; choose a file first")
            return Footage(path, begins_at)
        folder = _recordings_folder(settings)
        # Only what is listed is opened: a name cannot lead out of the folder.
        if folder is None or wish.name not in self.recordings():
            raise ConfigError(
                f"there is no recording {wish.name!r}; console.recordings names their folder"
            )
        return Footage(folder / wish.name, begins_at)


def forget_upload(settings: Settings) -> None:
    """Remove the clip that was handed in."""
    (settings.home / FOLDER / UPLOAD).unlink(missing_ok=True)


def _recordings_folder(settings: Settings) -> Path | None:
    folder = settings.console.recordings
    return None if folder is None else settings.base / folder


def _is_video(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
