"""Pictures that strangers hand in are measured before they are decoded."""

from edge.errors import ConfigError
from models.picture import MOST_PIXELS, size_wh_of

MOST_BYTES = 12 * 1024 * 1024


def require_modest(content: bytes) -> None:
    """Raise ConfigError if an upload is too large to be decoded, by its size or its header."""
    if len(content) > MOST_BYTES:
        raise ConfigError(f"the picture has more than {MOST_BYTES >> 20} MiB; send a smaller one")
    size_wh = size_wh_of(content)
    if size_wh is None:
        raise ConfigError("the picture is neither JPEG nor PNG; send one of these")
    if size_wh[0] * size_wh[1] > MOST_PIXELS:
        raise ConfigError(f"the picture has {size_wh[0]}x{size_wh[1]} pixels; send a smaller one")
