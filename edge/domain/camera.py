"""What a camera is doing: its duties and its vital signs."""

from dataclasses import dataclass
from enum import StrEnum


class CameraState(StrEnum):
    """Whether frames flow."""

    CONNECTING = "connecting"
    ONLINE = "online"
    OFFLINE = "offline"
    ENDED = "ended"


class Duty(StrEnum):
    """What a camera is watched for, with incidents and a memory of its own."""

    STREET = "street"
    INTEGRITY = "integrity"
    """The camera's own troubles."""


@dataclass(frozen=True, slots=True)
class Post:
    """One duty of one camera."""

    camera_id: str
    duty: Duty


@dataclass(frozen=True, slots=True)
class CameraReport:
    """One camera's vital signs.

    Attributes:
        detail: Why it is offline; no credentials.
        fps: Decoded frames per second since the last report.
        analysed_fps: Analysed frames per second since the last report.
        due_fps: What would be analysed if the machine had the time.
        lag_s: How far the analysis is behind live.
        dropped: Frames skipped because of lag, since the process began.
        corrupt: Packets that could not be decoded, on this connection.
        reconnects: Times the stream was opened again since the process began.
        fault: What kind of trouble it has, or had within the last minute; empty for none.
        cpu_share: Processors used since the last report: decoding, analysis and recording.
    """

    camera_id: str
    state: CameraState
    detail: str = ""
    fps: float = 0.0
    analysed_fps: float = 0.0
    lag_s: float = 0.0
    dropped: int = 0
    corrupt: int = 0
    reconnects: int = 0
    cpu_share: float = 0.0
    due_fps: float = 0.0
    fault: str = ""
