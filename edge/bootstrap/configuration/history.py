"""Every state of the configuration that was accepted, on the box."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from edge import files
from edge.clock import Clock
from edge.errors import StoreError

FOLDER = "configuration"
MOST_STATES = 200
BY_FILE = "file"
"""Who changed what was not changed here."""

_NAME = re.compile(r"(\d{6,})\.json")
_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class State:
    """An accepted configuration.

    Attributes:
        id: Counts up.
        by: Who made it.
        remark: What for.
        version: Of its text.
    """

    id: int
    saved_at: datetime
    by: str
    remark: str
    version: str


def version_of(text: str) -> str:
    """Return what tells one text from another."""
    return sha256(text.encode()).hexdigest()[:16]


def write_whole(path: Path, text: str, *, mode: int | None = None) -> None:
    """Write a file so that it is always either the old or the new one.

    Args:
        path: The file; if it is a link, what it leads to is written.
        text: Its content.
        mode: Its rights; None for those it has.

    Raises:
        StoreError: It cannot be written; it is as it was.
    """
    path = path.resolve()
    owner: tuple[int, int] | None = None
    try:
        if mode is None:
            facts = path.stat()
            mode, owner = facts.st_mode & 0o7777, (facts.st_uid, facts.st_gid)
        files.write_whole(path, text.encode(), mode=mode, owner=owner)
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be written ({error.strerror}); give the service the right to write it "
            "and its folder"
        ) from error


class History:
    """The accepted states, one text and one note about it each; the oldest go."""

    def __init__(self, home: Path, clock: Clock, *, most: int = MOST_STATES) -> None:
        """Open the history.

        Args:
            home: Of the box.
            clock: When states are saved.
            most: How many are kept.
        """
        self._folder = home / FOLDER
        self._clock = clock
        self._most = most

    def add(self, text: str, *, by: str, remark: str) -> State:
        """Keep a state; raises StoreError. What is the latest one already is not kept twice."""
        known = self.states()
        version = version_of(text)
        if known and known[0].version == version:
            return known[0]
        number = known[0].id + 1 if known else 1
        state = State(number, self._clock.utc(), by, remark, version)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{self._folder}: cannot be made ({error.strerror})") from error
        note = {
            "saved_at": state.saved_at.isoformat(timespec="milliseconds"),
            "by": by,
            "remark": remark,
            "version": version,
        }
        # The note last: without it the text is not there.
        write_whole(self._text_path(number), text, mode=_OWNER_ONLY)
        write_whole(self._note_path(number), json.dumps(note, ensure_ascii=False), mode=_OWNER_ONLY)
        for old in known[self._most - 1 :]:
            self._note_path(old.id).unlink(missing_ok=True)
            self._text_path(old.id).unlink(missing_ok=True)
        return state

    def states(self) -> list[State]:
        """Return what is kept, the latest first; raises StoreError."""
        if not self._folder.is_dir():
            return []
        numbers = [
            int(m[1]) for path in self._folder.iterdir() if (m := _NAME.fullmatch(path.name))
        ]
        return [self._state(number) for number in sorted(numbers, reverse=True)]

    def text(self, state_id: int) -> str | None:
        """Return the text of a state, None if it is not kept; raises StoreError."""
        try:
            return self._text_path(state_id).read_bytes().decode()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"{self._text_path(state_id)}: cannot be read ({error})") from error

    def pair(self, state_id: int) -> tuple[str, str] | None:
        """Return the text before a state, empty if none is kept, and its own; None if unknown."""
        text = self.text(state_id)
        if text is None:
            return None
        earlier = [one.id for one in self.states() if one.id < state_id]
        before = self.text(earlier[0]) if earlier else None
        return before or "", text

    def _state(self, number: int) -> State:
        path = self._note_path(number)
        try:
            note = json.loads(path.read_bytes())
            return State(
                number,
                datetime.fromisoformat(note["saved_at"]),
                str(note["by"]),
                str(note["remark"]),
                str(note["version"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{path}: is no note of the history ({error}); remove it") from error

    def _text_path(self, number: int) -> Path:
        return self._folder / f"{number:06d}.yaml"

    def _note_path(self, number: int) -> Path:
        return self._folder / f"{number:06d}.json"
