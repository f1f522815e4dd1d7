"""How a camera's streams are opened: what is analysed, and what is only recorded."""

from collections.abc import Callable
from pathlib import Path
from threading import Event

from edge.bootstrap import parts
from edge.clock import Clock
from edge.errors import ConfigError
from edge.settings import Settings
from edge.settings.schema import Camera
from edge.settings.values import Secret
from streams.decode import Decode
from streams.errors import StreamError
from streams.reading import Reading
from streams.recording import RealTime, open_recording
from streams.ring import Ring
from streams.rtsp import RtspAddress, open_rtsp

RECORDING_SCHEME = "file:"


def recording_path(camera: Camera, settings: Settings) -> Path | None:
    """Return the file of a camera whose address is one (``file:PATH``), else None."""
    return _path(camera.url, settings)


def stream_opener(
    settings: Settings, camera: Camera, *, stop: Event, clock: Clock, ring: Ring | None = None
) -> Callable[[float], Reading]:
    """Return a function that opens a camera at a stream time.

    Args:
        settings: The configuration.
        camera: One of it.
        stop: Ends a recording that runs in real time.
        clock: The box's.
        ring: Takes every packet; None to keep none.

    Raises:
        ConfigError: Its address is wrong.
    """
    return _opener(settings, camera, "url", stop=stop, clock=clock, ring=ring)


def tap_opener(
    settings: Settings, camera: Camera, ring: Ring, *, stop: Event, clock: Clock
) -> Callable[[float], Reading]:
    """Return a function that opens what a camera sends to be recorded; raises ConfigError."""
    return _opener(settings, camera, "record_url", stop=stop, clock=clock, ring=ring)


def _opener(
    settings: Settings,
    camera: Camera,
    field: str,
    *,
    stop: Event,
    clock: Clock,
    ring: Ring | None,
) -> Callable[[float], Reading]:
    key = f"cameras.{camera.id}"
    written: Secret = getattr(camera, field)
    decode = _decode(camera)
    quiet_after_s = camera.motion.quiet_after
    path = _path(written, settings)
    if path is not None:
        return lambda start_mono_s: open_recording(
            path,
            start_utc=clock.utc(),
            decode=decode,
            pacer=RealTime(clock.mono_s, stop.wait),
            quiet_after_s=quiet_after_s,
            start_mono_s=start_mono_s,
            ring=ring,
        )
    password = (
        parts.reveal(camera.password, settings, f"{key}.password") if camera.password else None
    )
    url = parts.reveal(written, settings, f"{key}.{field}")
    try:
        address = RtspAddress(url, camera.username, password)
    except StreamError as error:
        raise ConfigError(f"{key}.{field}: {error}") from error
    return lambda start_mono_s: open_rtsp(
        address,
        decode=decode,
        transport=camera.transport,
        open_timeout_s=camera.open_timeout,
        read_timeout_s=camera.read_timeout,
        quiet_after_s=quiet_after_s,
        start_mono_s=start_mono_s,
        ring=ring,
    )


def _decode(camera: Camera) -> Decode:
    # A camera that is only shown costs a hundredth of a core by its keyframes: enough to know that
    # it is well and to have a picture at once. Everything is decoded while somebody looks closely.
    decode = Decode(camera.decode)
    return decode if camera.analysed or decode is Decode.KEYFRAMES else Decode.ADAPTIVE


def _path(written: Secret, settings: Settings) -> Path | None:
    value = written.value or ""
    if not value.startswith(RECORDING_SCHEME):
        return None
    return settings.base / value.removeprefix(RECORDING_SCHEME).removeprefix("//")
