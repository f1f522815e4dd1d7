"""Every key of the configuration file. ``config/gridwatch.yaml`` explains them to people."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, PrivateAttr, field_validator, model_validator

from edge.domain.passage import Decision, Direction
from edge.domain.rule import IncidentType
from edge.domain.scene import Subject
from edge.settings.commands import Commands
from edge.settings.console import Console
from edge.settings.evidence import Evidence
from edge.settings.files import FileSink
from edge.settings.mqtt import Mqtt
from edge.settings.origin import Origin, dotted
from edge.settings.processes import Processes
from edge.settings.street import Calendar, Codes, Integrity, Street, Zone
from edge.settings.values import (
    DurationS,
    Identifier,
    PauseS,
    PolygonShare,
    Secret,
    Strict,
    misplaced,
)
from edge.settings.webhooks import Webhook

Share = Annotated[float, Field(gt=0, lt=1)]
GRID_CODE = r"^(\d{14}|\d{15}|\d{16}|\d{20})$"
DEVICE_CODE = r"^\d{20}$"


class Box(Strict):
    """The edge machine itself."""

    id: Identifier = "box-01"
    time_zone: str = "Asia/Shanghai"
    grid_code: str | None = Field(None, pattern=GRID_CODE)
    home: Path = Path("./var")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(
                f"{name!r} is no IANA time zone; write it like Asia/Shanghai"
            ) from error
        return name


class Models(Strict):
    """Which networks, and where they run."""

    faces: str = "open"
    face_canvas: Literal[320, 480, 640, 960, 1280] = 640
    liveness: Path | None = None
    street: str = "yolox-nano"
    street_labels: tuple[str, ...] = ()
    street_thresholds: dict[str, Share] = Field(default_factory=dict)
    street_meanings: dict[str, Subject] = Field(default_factory=dict)
    plates: bool = False
    accept_noncommercial: bool = False
    provider: str = "cpu"
    threads: int = Field(1, ge=1, le=64)


class Residents(Strict):
    """How people are registered."""

    consent: Literal["attested", "required"] = "attested"
    key_file: Path | None = None


class Match(Strict):
    """How sure a gate must be."""

    fpir: Share = 0.001
    unsure_fpir: Share = 0.05
    margin: float = Field(0.05, ge=0, lt=1)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.unsure_fpir <= self.fpir:
            raise ValueError("unsure_fpir must be greater than fpir")
        return self


class Gate(Strict):
    """The gate pipeline of one camera."""

    direction: Direction = Direction.IN
    zone: Identifier | None = None
    match: Match = Match()
    announce: tuple[Decision, ...] = (Decision.STRANGER, Decision.WATCHLIST, Decision.UNSURE)
    fps: float = Field(5.0, gt=0, le=30)
    least_eye_distance: float = Field(9.0, ge=6, le=200)
    lost_after: DurationS = 1.5
    cooldown: DurationS = 10.0
    tailgate_window: DurationS = 3.0
    probes: PauseS = 86400.0
    probes_of: tuple[Decision, ...] = (Decision.STRANGER, Decision.WATCHLIST, Decision.UNSURE)


class Motion(Strict):
    """When a picture is worth analysing."""

    enabled: bool = True
    ignore: tuple[Identifier, ...] = ()
    quiet_after: DurationS = 5.0


class Location(Strict):
    """Where the camera stands; WGS 84."""

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    address: str = ""


class Camera(Strict):
    """One stream and what is made of it."""

    id: Identifier
    url: Secret
    record_url: Secret | None = None
    username: str | None = None
    password: Secret | None = None
    transport: Literal["tcp", "udp"] = "tcp"
    open_timeout: DurationS = 5.0
    read_timeout: DurationS = 4.0
    decode: Literal["all", "keyframes", "adaptive"] = "all"
    device_code: str | None = Field(None, pattern=DEVICE_CODE)
    location: Location | None = None
    motion: Motion = Motion()
    zones: tuple[Zone, ...] = ()
    gate: Gate | None = None
    street: Street = Street()
    integrity: Integrity = Integrity()

    @property
    def analysed(self) -> bool:
        """Return whether anything is made of its pictures."""
        return self.gate is not None or self.watches_street

    @property
    def watches_street(self) -> bool:
        """Return whether any of its zones has a rule."""
        return any(zone.rules for zone in self.zones)

    @property
    def watches_parking(self) -> bool:
        """Return whether any of its zones has a rule about motor vehicles that park."""
        types = (rule.type for zone in self.zones for rule in zone.rules)
        return IncidentType.MOTOR_PARKING in types

    @model_validator(mode="after")
    def _zones_exist(self) -> Self:
        known = [zone.id for zone in self.zones]
        for number, name in enumerate(known):
            if name in known[:number]:
                raise misplaced(f"two zones have the id {name!r}", "zones", number, "id")
        for name, at in self._used_zones():
            if name not in known:
                listed = f"listed: {', '.join(known)}" if known else "none is listed"
                raise misplaced(
                    f"zone {name!r} is used but not listed under this camera's zones; {listed}", *at
                )
        return self

    def _used_zones(self) -> Iterator[tuple[str, tuple[str | int, ...]]]:
        """Yield every name of a zone that is used, and where."""
        if self.gate and self.gate.zone:
            yield self.gate.zone, ("gate", "zone")
        lists: list[tuple[tuple[str, ...], tuple[str | int, ...]]] = [
            (self.motion.ignore, ("motion", "ignore")),
            (self.street.close, ("street", "close")),
            (self.street.sky, ("street", "sky")),
        ]
        for place, zone in enumerate(self.zones):
            for number, rule in enumerate(zone.rules):
                lists.append((rule.outside, ("zones", place, "rules", number, "outside")))
        for names, at in lists:
            for position, name in enumerate(names):
                yield name, (*at, position)

    def polygon(self, zone_id: str) -> PolygonShare:
        """Return the polygon of a zone that is known to exist."""
        return next(zone.polygon for zone in self.zones if zone.id == zone_id)


class Settings(Strict):
    """The whole file."""

    box: Box = Box()
    models: Models = Models()
    mqtt: Mqtt = Mqtt()
    console: Console = Console()
    residents: Residents = Residents()
    evidence: Evidence = Evidence()
    codes: Codes = Codes()
    calendar: Calendar = Calendar()
    webhooks: tuple[Webhook, ...] = Field((), max_length=16)
    files: tuple[FileSink, ...] = Field((), max_length=4)
    commands: Commands | None = None
    workers: int | Literal["auto"] = "auto"
    processes: Processes = Processes()
    cameras: tuple[Camera, ...] = ()

    _base: Path = PrivateAttr(default=Path())
    _origin: Origin | None = PrivateAttr(default=None)
    _text: str = PrivateAttr(default="")
    _content: dict[str, Any] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _unique_cameras(self) -> Self:
        names = [camera.id for camera in self.cameras]
        for number, name in enumerate(names):
            if name in names[:number]:
                raise misplaced(f"two cameras have the id {name!r}", "cameras", number, "id")
        return self

    @model_validator(mode="after")
    def _unique_sinks(self) -> Self:
        kinds: dict[str, tuple[Webhook, ...] | tuple[FileSink, ...]]
        kinds = {"webhooks": self.webhooks, "files": self.files}
        for kind, sinks in kinds.items():
            names = [one.name for one in sinks]
            for number, name in enumerate(names):
                if name in names[:number]:
                    raise misplaced(f"two {kind} have the name {name!r}", kind, number, "name")
        return self

    @property
    def base(self) -> Path:
        """Return the folder that relative paths of the file start from: the file's own."""
        return self._base

    @property
    def text(self) -> str:
        """Return what they were read from; empty if that was no file."""
        return self._text

    @property
    def cameras_as_written(self) -> list[dict[str, Any]]:
        """Return the cameras as plain values of the file; what is in them is not to be changed."""
        return list(self._content.get("cameras") or [])

    @property
    def home(self) -> Path:
        """Return the folder of databases, keys and evidence."""
        return (self._base / self.box.home).resolve()

    def where(self, *location: str | int) -> str:
        """Return a key for an error message, with file and line if the settings are a file's."""
        return self._origin.where(location) if self._origin else dotted(location)

    def camera(self, camera_id: str) -> Camera:
        """Return a camera that is known to exist."""
        return next(camera for camera in self.cameras if camera.id == camera_id)
