"""A look at coded pictures without decoding them (H.264, H.265)."""

from collections.abc import Iterator

START_CODE = b"\x00\x00\x01"
_KINDS_OF_H264 = frozenset({1, 5, 6, 7, 8, 9, 10, 11, 12})
"""Kinds that cameras send; data partitions (2 to 4) are what H.265 looks like as H.264."""

_SPS = {"h264": 7, "hevc": 33}


def readable_codec(codec: str, extradata: bytes | None) -> str:
    """Return a stream's codec if its packets can be looked at here, else an empty text.

    In files units have lengths in front (ISO/IEC 14496-15; their header begins with one), and only
    what comes live has start codes.
    """
    return "" if codec not in _SPS or (extradata or b"")[:1] == b"\x01" else codec


def plausible(codec: str, payload: bytes) -> bool:
    """Return whether a packet's first unit can be one of a codec; True for codecs unknown here."""
    first = next(_units(payload), None)
    if first is None or codec not in _SPS:
        return True
    if first[0] & 0x80:
        return False
    if codec == "h264":
        return first[0] & 0x1F in _KINDS_OF_H264
    # Base layer, and a temporal layer that is counted from one.
    layers = first[1:2]
    return not first[0] & 1 and bool(layers) and not layers[0] & 0xF8 and bool(layers[0] & 7)


def sequence_set(codec: str, payload: bytes) -> bytes | None:
    """Return the set that says a picture's size and form, None if the packet carries none."""
    wanted = _SPS.get(codec)
    if wanted is None:
        return None
    for unit in _units(payload):
        kind = unit[0] & 0x1F if codec == "h264" else unit[0] >> 1 & 0x3F
        if kind == wanted:
            return unit.rstrip(b"\x00")
    return None


def _units(payload: bytes) -> Iterator[bytes]:
    at = payload.find(START_CODE)
    while at >= 0:
        after = payload.find(START_CODE, at + 3)
        unit = payload[at + 3 : after if after >= 0 else len(payload)]
        if unit:
            yield unit
        at = after
