"""How a receiver knows that a request is the box's, and that nobody has changed or kept it."""

import hashlib
import hmac

SIGNATURE = "Gridwatch-Signature"


def signed(body: bytes, *, secret: str, at_s: int) -> str:
    """Return the header's value: ``t=<seconds>,v1=<hex>``.

    Args:
        body: Of the request, byte for byte.
        secret: What the box and the receiver share.
        at_s: Unix time of this attempt, so that a request that somebody kept is known as old.
    """
    content = f"{at_s}.".encode() + body
    digest = hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
    return f"t={at_s},v1={digest}"
