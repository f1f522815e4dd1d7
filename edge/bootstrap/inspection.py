"""Is the box fit to run? One finding per part, each with what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from threading import Event

from edge.bootstrap import parts
from edge.bootstrap.cameras import stream_opener, watch_gallery
from edge.clock import SystemClock
from edge.delivery.mqtt import MqttSink
from edge.errors import TOLD, ConfigError, exit_code
from edge.health import clock_state, disk_free_bytes
from edge.settings import Settings
from edge.settings.schema import Camera
from edge.wire import status_message
from models.catalog import load_catalog
from models.depot import Depot

LEAST_DISK_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table; ``code`` is 0 if the part is fit, else the exit code it asks for."""

    part: str
    text: str
    code: int = 0


def inspect(settings: Settings, *, probe: bool) -> Iterator[Finding]:
    """Yield a finding for each part of the box.

    Args:
        settings: The configuration, valid as such.
        probe: Also open every camera and log in to the broker.
    """
    yield _found("home", lambda: _home(settings))
    yield _found("models", lambda: _models(settings))
    yield _found("residents", lambda: _residents(settings))
    yield _found("clock", _clock)
    yield _found("broker", lambda: _broker(settings, probe=probe))
    if not settings.cameras:
        yield Finding("cameras", "none configured; add one with a gate section", 2)
    for camera in settings.cameras:
        look = partial(_camera, settings, camera, probe=probe)
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


def _broker(settings: Settings, *, probe: bool) -> str:
    url = settings.mqtt.url
    if url.startswith("embedded:"):
        return "embedded: messages do not leave this machine"
    address = parts.broker_address(settings, url, settings.mqtt.version)
    for key in ("ca", "certificate", "key"):
        path = getattr(address, key)
        if path is not None and not path.is_file():
            raise ConfigError(f"mqtt.{key}: {path} does not exist; give the right path")
    if not probe:
        return f"{url}, MQTT {settings.mqtt.version}"
    box = parts.box_identity(settings, {})
    word = status_message(box, online=False, version="check")
    # A client of its own: logging in as the service would throw the running one out.
    own = parts.as_visitor(address)
    sink = MqttSink(own, topic_root=f"{box.topic_root}/check", online=word, offline=word)
    try:
        sink.connect()
    finally:
        sink.close()
    return f"{url}, MQTT {settings.mqtt.version}, logged in"


def _camera(settings: Settings, camera: Camera, *, probe: bool) -> str:
    opener = stream_opener(settings, camera, stop=Event(), clock=SystemClock())
    kind = "gate" if camera.gate else "no gate section: it will not be analysed"
    if not probe:
        return kind
    stream = opener(0.0)
    try:
        frame = next(stream.frames())
        width, height = frame.size_wh
        return f"{kind}, {stream.info.codec} {width}x{height} at {stream.info.nominal_fps:.0f} fps"
    finally:
        stream.close()
