"""Is the box fit to run? One finding per part, each with what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event

import cv2

from edge.bootstrap import parts
from edge.bootstrap.camera.cameras import code_table
from edge.bootstrap.camera.gate import watch_gallery
from edge.bootstrap.camera.openers import stream_opener
from edge.bootstrap.camera.street import choose_detector, zone_rules
from edge.bootstrap.camera.vocabulary import require_known_classes, words_of
from edge.bootstrap.camera.zone_picture import zone_picture
from edge.bootstrap.ways.believed import inspect_commands
from edge.bootstrap.ways.files import inspect_files
from edge.bootstrap.ways.webhooks import inspect_webhook
from edge.bootstrap.web.serving import address, require_usable_tls
from edge.burning.watch import LONGEST_STEP_S
from edge.clock import SystemClock
from edge.delivery.mqtt import MqttSink
from edge.domain.rule import Needs
from edge.errors import TOLD, ConfigError, exit_code
from edge.health import clock_state, disk_free_bytes
from edge.settings import Settings
from edge.settings.schema import Camera
from edge.stills import Picture
from edge.wire.status import status_message
from models.catalog import load_catalog
from models.depot import Depot
from models.detections import ObjectDetector

LEAST_DISK_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table.

    Attributes:
        code: 0 if the part is fit, else the exit code it asks for.
        warns: Whether the box runs, but not yet as anybody would want it to.
    """

    part: str
    text: str
    code: int = 0
    warns: bool = False

    @property
    def word(self) -> str:
        """Return what the table calls it."""
        return "FAIL" if self.code else "WARN" if self.warns else "ok"


def inspect(settings: Settings, *, probe: bool, picture: Path | None = None) -> Iterator[Finding]:
    """Yield a finding for each part of the box.

    Args:
        settings: The configuration, valid as such.
        probe: Also open every camera and log in to the broker.
        picture: Also draw every camera's zones on a live picture of it, into this PNG file or, for
            several cameras, into one beside it for each.
    """
    yield _found("home", lambda: _home(settings))
    if any(camera.gate for camera in settings.cameras) or not settings.cameras:
        yield _found("models", lambda: _models(settings))
        yield _found("residents", lambda: _residents(settings))
    street = _StreetCheck(settings)
    if any(camera.watches_street for camera in settings.cameras):
        yield _found("street model", street.model)
        yield _found("codes", lambda: _codes(settings))
    if settings.models.plates:
        yield _found("plates", lambda: _plates(settings))
    yield _found("clock", _clock)
    yield _found("console", lambda: _console(settings))
    yield _found("broker", lambda: _broker(settings, probe=probe))
    for hook in settings.webhooks:
        look = partial(inspect_webhook, settings, hook, probe=probe)
        yield _found(f"webhook {hook.name}", look)
    for sink in settings.files:
        yield _found(f"files {sink.name}", partial(inspect_files, settings, sink))
    if settings.commands is not None:
        yield _found("commands", lambda: inspect_commands(settings))
    if not settings.cameras:
        yield Finding(
            "cameras", "none configured yet; add the first one in the console", warns=True
        )
    for camera in settings.cameras:
        if camera.watches_street:
            yield _found(f"rules {camera.id}", partial(street.rules, camera))
        target = _picture_of(picture, settings, camera)
        look = partial(_camera, settings, camera, probe=probe, picture=target)
        yield _found(f"camera {camera.id}", look)


def _found(part: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(part, look())
    except TOLD as error:
        return Finding(part, str(error), exit_code(error))


def _home(settings: Settings) -> str:
    home = settings.home
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe = home / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ConfigError(
            f"box.home: {home} cannot be written ({error.strerror}); give another folder or rights"
        ) from error
    free = disk_free_bytes(home)
    if free < LEAST_DISK_BYTES:
        raise ConfigError(
            f"box.home: {free / 1e9:.1f} GB free on the disk of {home}; make room for at least 1 GB"
        )
    return f"{home}, {free / 1e9:.0f} GB free"


def _models(settings: Settings) -> str:
    catalog, depot = load_catalog(), Depot()
    name = settings.models.faces
    if name in catalog.packs:
        for entry in catalog.expand([name]):
            entry.require_licence(accept_noncommercial=settings.models.accept_noncommercial)
            depot.inspect(entry).require_good()
    pack = parts.load_pack(settings)
    liveness = " with liveness" if parts.load_optional_liveness(settings) else ""
    return f"face pack {pack.name}{liveness}, self-test passed"


def _residents(settings: Settings) -> str:
    if not parts.residents_path(settings).exists():
        return "nobody registered yet: everybody will be a stranger"
    pack = parts.load_pack(settings)
    store = parts.open_residents(settings, SystemClock())
    people, _ = watch_gallery(store, pack).size()
    return f"{people} people in the gallery"


def _clock() -> str:
    state = clock_state()
    if state.synced is None:
        return "cannot be asked on this system"
    if not state.synced:
        return "not synchronised; start chrony or systemd-timesyncd"
    return f"synchronised, offset {state.offset_ms or 0:.1f} ms"


def _console(settings: Settings) -> str:
    require_usable_tls(settings)
    return address(settings, settings.console.port)


def _broker(settings: Settings, *, probe: bool) -> str:
    url = settings.mqtt.url
    if url.startswith("embedded:"):
        return "embedded: messages do not leave this machine"
    address = parts.broker_address(settings, url, settings.mqtt.version)
    for key in ("ca", "crl", "certificate", "key"):
        path = getattr(address.trust, key)
        if path is not None and not path.is_file():
            raise ConfigError(f"mqtt.{key}: {path} does not exist; give the right path")
    said = f"{url}, MQTT {settings.mqtt.version}"
    if settings.mqtt.receipts is not None:
        said += f", receipts within {settings.mqtt.receipts.timeout:g} s"
    if not probe:
        return said
    box = parts.box_identity(settings, {})
    word = status_message(box, online=False, version="check")
    # A client of its own: logging in as the service would throw the running one out.
    own = parts.as_visitor(address)
    sink = MqttSink(own, topic_root=f"{box.topic_root}/check", status=lambda _: word)
    try:
        sink.connect()
    finally:
        sink.close()
    return f"{said}, logged in"


class _StreetCheck:
    """The street's network, loaded once for all cameras."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loaded = False
        self._detector: ObjectDetector | None = None

    def model(self) -> str:
        chosen = choose_detector(
            self._settings, parts.placement(self._settings), progress=parts.silently
        )
        self._loaded = True
        if chosen is None:
            return "none: static foreground and smoke evidence alone; all of it opens for review"
        self._detector = chosen.detector
        classes = len(words_of(self._settings, chosen.detector))
        told = f"{chosen.detector.name}, {classes} of its classes mean something to the rules"
        return f"{told}; {chosen.why}" if chosen.why else told

    def rules(self, camera: Camera) -> str:
        rules = zone_rules(self._settings, camera, after=SystemClock().utc())
        if self._loaded:
            wanted = self._detector if camera.street.network else None
            require_known_classes(self._settings, camera, wanted)
        if any(one.rule.needs is Needs.CLOUDS for one in rules):
            require_pictures(self._settings, camera)
        return ", ".join(f"{one.name} after {one.terms.dwell_s:g} s" for one in rules)


def _plates(settings: Settings) -> str:
    if not any(camera.watches_parking for camera in settings.cameras):
        return "not needed: no zone has a rule of type motor_parking"
    parts.load_optional_plates(settings)
    return "Chinese number plates of parked vehicles are read and go into their messages"


def require_pictures(settings: Settings, camera: Camera) -> None:
    """Raise ConfigError if smoke and flame could never be judged: pictures come too seldom."""
    where = partial(settings.where, "cameras", settings.cameras.index(camera))
    if camera.decode == "keyframes":
        raise ConfigError(
            f"{where('decode')}: smoke and flame are judged by how they move, and keyframes come "
            "too seldom for that; use adaptive or all, or take these rules out"
        )
    least_fps = 1 / LONGEST_STEP_S
    if camera.street.fps < least_fps:
        raise ConfigError(
            f"{where('street', 'fps')}: {camera.street.fps:g} pictures per second are too few for "
            f"smoke and flame; give at least {least_fps:.1f}, or take these rules out"
        )


def _codes(settings: Settings) -> str:
    table = code_table(settings)
    return f"{table.scheme}, version {table.version}"


def _picture_of(picture: Path | None, settings: Settings, camera: Camera) -> Path | None:
    if picture is None or len(settings.cameras) == 1:
        return picture
    return picture.with_name(f"{picture.stem}-{camera.id}{picture.suffix}")


def _camera(settings: Settings, camera: Camera, *, probe: bool, picture: Path | None) -> str:
    opener = stream_opener(settings, camera, stop=Event(), clock=SystemClock())
    kinds = [
        *(["gate"] if camera.gate else []),
        *(["street"] if camera.watches_street else []),
    ]
    kind = " and ".join(kinds) or "neither gate nor rules: it will only be shown live"
    if not probe and picture is None:
        return kind
    stream = opener(0.0)
    try:
        frame = next(stream.frames())
        width, height = frame.size_wh
        told = f"{kind}, {stream.info.codec} {width}x{height} at {stream.info.nominal_fps:.0f} fps"
        if picture is None:
            return told
        _write_picture(zone_picture(frame.bgr(), camera), picture)
        return f"{told}; zones drawn in {picture}"
    finally:
        stream.close()


def _write_picture(picture: Picture, target: Path) -> None:
    encoded = cv2.imencode(".png", picture)[1].tobytes()
    try:
        target.write_bytes(encoded)
    except OSError as error:
        raise ConfigError(f"--picture {target}: cannot be written ({error.strerror})") from error
