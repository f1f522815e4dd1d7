"""Who tells a message: the box and its cameras."""

from collections.abc import Mapping
from dataclasses import dataclass, field

TOPIC_ROOT = "gridwatch/1"


@dataclass(frozen=True, slots=True)
class CameraIdentity:
    """What a message says of the camera; codes of GB/T 28181, WGS 84 degrees."""

    id: str
    device_code: str | None = None
    lon: float | None = None
    lat: float | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class BoxIdentity:
    """What every message says of the box."""

    box_id: str
    grid_code: str | None = None
    cameras: Mapping[str, CameraIdentity] = field(default_factory=dict)
    model_names: Mapping[str, str] = field(default_factory=dict)
    """Names of networks by SHA-256."""

    @property
    def topic_root(self) -> str:
        """Return the beginning of all topics of this box."""
        return f"{TOPIC_ROOT}/{self.box_id}"
