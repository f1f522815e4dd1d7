"""The configuration file at the console: checked, written, remembered, followed."""

import copy
import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from edge.bootstrap.configuration.changes import PlacedError, changed, duration, named
from edge.bootstrap.configuration.doubts import doubts
from edge.bootstrap.configuration.history import BY_FILE, History, version_of, write_whole
from edge.bootstrap.ways.believed import terms_of
from edge.bootstrap.ways.webhooks import addresses
from edge.bootstrap.worker.shares import changed_cameras, require_followable
from edge.clock import Clock
from edge.console.configuration import (
    Change,
    Checked,
    ConfigurationChangedError,
    ConfigurationInvalidError,
    ConfigurationNow,
    Problem,
    Saved,
    Version,
)
from edge.domain.suggestion import Term
from edge.errors import ConfigError, StoreError
from edge.settings import Settings
from edge.settings.edit import CAMERAS, NotEditableError, with_cameras
from edge.settings.load import Fault, InvalidTextError, parse_settings, read_text
from edge.settings.origin import Origin, dotted
from edge.settings.secrecy import difference, hide_camera
from edge.settings.text import compose

log = logging.getLogger(__name__)

BY_SERVICE = "service"
REFUSED = "configuration refused, the old one goes on"
CHANGED = "the configuration has changed since you looked at it; load it again"
ANCHORED = (
    "is written so that one thing cannot be changed alone, as with anchors (&, *) or a list on one "
    "line; change it in the file itself"
)


class ConfigurationDesk:
    """One file. Used by the console's threads and by the service's own; see ``Configuration``.

    What was saved is handed to the service by ``take``; what its workers refuse is taken back.
    """

    def __init__(self, config: Path, settings: Settings, clock: Clock) -> None:
        """Open the desk.

        Args:
            config: The file.
            settings: As they were read from it, and as the service follows them.
            clock: When something was saved.
        """
        self._config = config
        self._clock = clock
        self._history = History(settings.home, clock)
        self._lock = threading.RLock()
        self._accepted = settings
        self._followed = settings
        self._before = settings
        self._refused = ""
        self._saved_here = ""

    @property
    def path(self) -> Path:
        """Return the file."""
        return self._config

    @property
    def settings(self) -> Settings:
        """Return what was accepted last: what the service follows, or will in a moment."""
        return self._accepted

    def now(self) -> ConfigurationNow:
        """Return the file as it is."""
        with self._lock:
            settings = self._parsed(read_text(self._config))
            cameras = tuple(hide_camera(camera) for camera in settings.cameras_as_written)
            return ConfigurationNow(version_of(settings.text), cameras, self._refused)

    def check(self, changes: Sequence[Change]) -> Checked:
        """Return what would become of changes; nothing is written."""
        with self._lock:
            text = read_text(self._config)
            try:
                edited, _ = self._edited(text, changes)
            except ConfigurationInvalidError as error:
                return Checked(error.problems, "")
            return Checked((), difference(text, edited))

    def tried(self, changes: Sequence[Change]) -> Settings:
        """Return the settings with changes; nothing is written, nothing follows them.

        Raises:
            ConfigurationInvalidError: They cannot be accepted.
        """
        with self._lock:
            _, settings = self._edited(read_text(self._config), changes)
            return settings

    def save(self, changes: Sequence[Change], *, version: str, by: str, remark: str = "") -> Saved:
        """Write changes and have the service follow them."""
        with self._lock:
            text = self._at(version)
            edited, settings = self._edited(text, changes)
            return self._write(text, edited, settings, by=by, remark=remark)

    def history(self) -> tuple[Version, ...]:
        """Return the accepted states, the latest first."""
        return tuple(
            Version(one.id, one.saved_at, one.by, one.remark, one.version)
            for one in self._history.states()
        )

    def difference(self, version_id: int) -> str | None:
        """Return what a state changed of the one before."""
        pair = self._history.pair(version_id)
        return None if pair is None else difference(*pair)

    def roll_back(self, version_id: int, *, version: str, by: str, remark: str = "") -> Saved:
        """Make an earlier state the present one."""
        with self._lock:
            text = self._at(version)
            earlier = self._history.text(version_id)
            if earlier is None:
                raise KeyError(version_id)
            settings = self._accept(earlier)
            return self._write(
                text, earlier, settings, by=by, remark=remark or f"back to {version_id}"
            )

    def set_term(
        self, camera_id: str, zone_id: str, rule_type: str, *, term: Term, value: float, by: str
    ) -> Saved:
        """Set one term of one rule in the file as it is now."""
        with self._lock:
            text = read_text(self._config)
            camera = named(self._parsed(text).cameras_as_written, "id", camera_id)
            zones = copy.deepcopy(camera.get("zones") or [])
            rule = named(named(zones, "id", zone_id).get("rules") or [], "type", rule_type)
            written = duration(value) if term is Term.DWELL else value
            rule[str(term)] = written
            return self.save(
                [Change(camera_id, {"zones": zones})],
                version=version_of(text),
                by=by,
                remark=f"{camera_id} {zone_id} {rule_type}: {term} {written}",
            )

    def remember(self) -> None:
        """Put what the service starts with into the history."""
        try:
            self._history.add(self._accepted.text, by=BY_FILE, remark="")
        except StoreError as error:
            log.error("the configuration has no history: %s", error)  # noqa: TRY400

    def read_again(self) -> None:
        """Accept the file as somebody has edited it on the box, or say why not."""
        with self._lock:
            try:
                text = read_text(self._config)
                if text == self._accepted.text:
                    log.info("configuration: %s has not changed", self._config)
                    return
                self._accepted = self._accept(text)
            except ConfigurationInvalidError as error:
                for one in error.problems:
                    where = f"{self._config}:{one.line}" if one.line else str(self._config)
                    key = f"{one.key}: " if one.key else ""
                    log.error("%s: %s: %s%s", REFUSED, where, key, one.sentence)  # noqa: TRY400
                return
            except ConfigError as error:
                log.error("%s: %s", REFUSED, error)  # noqa: TRY400
                return
            self._refused = ""
            self.remember()
            log.info("configuration: %s was read again", self._config)

    def take(self) -> Settings | None:
        """Return what the service is to follow from now on, None if nothing is new."""
        with self._lock:
            if self._accepted is self._followed:
                return None
            self._followed = self._accepted
            return self._followed

    def approve(self, proven: Settings) -> None:
        """Note that the workers run with something that was followed: it is gone back to.

        Something newer may be on its way to them already, and is not proven by that.
        """
        with self._lock:
            self._before = proven

    def take_back(self, reason: str) -> Settings:
        """Return what the service is to follow instead of what a worker refused.

        Args:
            reason: What the worker said.
        """
        with self._lock:
            refused, back = self._followed, self._before
            self._refused = reason
            log.error("configuration refused, the one before goes on: %s", reason)
            if self._accepted is not refused:
                return back  # something newer waits already
            self._accepted = self._followed = back
            # What somebody wrote by hand stays: they look at it, and correct it.
            if version_of(refused.text) == self._saved_here:
                try:
                    if read_text(self._config) == refused.text:
                        write_whole(self._config, back.text)
                    self._history.add(back.text, by=BY_SERVICE, remark="taken back")
                except (ConfigError, StoreError) as error:
                    log.error("%s; correct the file yourself", error)  # noqa: TRY400
            return back

    def _at(self, version: str) -> str:
        text = read_text(self._config)
        if version_of(text) != version:
            raise ConfigurationChangedError(CHANGED)
        return text

    def _parsed(self, text: str) -> Settings:
        """Return the settings of the file's text, which nearly always are the accepted ones."""
        if text == self._accepted.text:
            return self._accepted
        return parse_settings(self._config, text)

    def _edited(self, text: str, changes: Sequence[Change]) -> tuple[str, Settings]:
        """Return a text with changes and its settings; raises ConfigurationInvalidError."""
        cameras = self._parsed(text).cameras_as_written
        try:
            for change in changes:
                cameras = changed(cameras, change)
        except PlacedError as error:
            line, _ = Origin(self._config, compose(text)).line_of(error.at)
            raise ConfigurationInvalidError(
                [Problem(line, dotted(error.at), error.sentence)]
            ) from error
        if not cameras:
            raise ConfigurationInvalidError(
                [Problem(1, CAMERAS, "the last camera cannot be removed; add another one first")]
            )
        try:
            edited = with_cameras(text, cameras)
        except NotEditableError as error:
            line, _ = Origin(self._config, compose(text)).line_of([CAMERAS])
            raise ConfigurationInvalidError([Problem(line, CAMERAS, ANCHORED)]) from error
        return edited, self._accept(edited)

    def _accept(self, text: str) -> Settings:
        """Return the settings of a text that the service can follow.

        Raises:
            ConfigurationInvalidError: It is wrong.
            ConfigError: It needs a new start of the service.
        """
        try:
            settings = parse_settings(self._config, text)
        except InvalidTextError as error:
            raise ConfigurationInvalidError(_problems(error.faults)) from error
        require_followable(self._accepted, settings)
        addresses(settings)
        terms_of(settings)
        if not settings.cameras:
            raise ConfigurationInvalidError([Problem(1, CAMERAS, "is empty; add a camera")])
        touched = changed_cameras(self._accepted.cameras, settings.cameras)
        doubtful = _problems(list(doubts(settings, touched, self._clock)))
        if doubtful:
            raise ConfigurationInvalidError(doubtful)
        return settings

    def _write(self, old: str, new: str, settings: Settings, *, by: str, remark: str) -> Saved:
        if new == old:
            return Saved(version_of(new))
        # What was edited on the box meanwhile is a state of its own.
        self._history.add(old, by=BY_FILE, remark="")
        write_whole(self._config, new)
        self._history.add(new, by=by, remark=remark)
        self._accepted = settings
        self._saved_here = version_of(new)
        self._refused = ""
        log.info("configuration: saved by %s", by)
        return Saved(self._saved_here)


def _problems(faults: Sequence[Fault]) -> list[Problem]:
    return [Problem(one.line or 0, one.key, one.sentence) for one in faults]
