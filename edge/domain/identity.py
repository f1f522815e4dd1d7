"""Identifiers that sort by time: UUID version 7 (RFC 9562, section 5.7)."""

import uuid

RANDOM_BITS = 74


def uuid7(unix_ms: int, random: int) -> str:
    """Return a UUIDv7 in its text form.

    Args:
        unix_ms: Milliseconds since 1970-01-01 UTC, 48 bits.
        random: 74 random bits; a seeded source makes a replay repeatable.
    """
    rand_a = random >> 62 & 0xFFF
    rand_b = random & ((1 << 62) - 1)
    value = (unix_ms & ((1 << 48) - 1)) << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b
    return str(uuid.UUID(int=value))
