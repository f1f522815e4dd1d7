"""What may be wrong with a camera's stream, in words that an operator understands."""

from enum import StrEnum


class Fault(StrEnum):
    """One kind of trouble; each asks for another remedy."""

    UNREACHABLE = "unreachable"
    """Nobody listens at the address, or no way leads there."""

    SILENT = "silent"
    """It listens, or is connected, and sends nothing in time."""

    LOGIN = "login"
    """It refuses username or password."""

    PATH = "path"
    """It has nothing at the end of the address."""

    UNREADABLE = "unreadable"
    """What it answers is no stream of video."""

    ENDED = "ended"
    """It broke the stream off."""

    CORRUPT = "corrupt"
    """Packets are lost or damaged on the way."""

    NO_KEYFRAME = "no_keyframe"
    """It sends nothing with which a picture could begin."""

    TIMESTAMPS = "timestamps"
    """Its time stamps stand still, run back, leap or race; the box's clock counts instead."""

    RESOLUTION = "resolution"
    """Its pictures have another size or form than before."""

    CODEC = "codec"
    """Its pictures are coded in another way than before."""

    FLOOD = "flood"
    """It sends more pictures than anybody asked for."""
