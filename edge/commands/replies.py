"""The messages of an answer: itself, and the files that follow it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from edge.commands.command import Attachment
from edge.store.commands import Parcel
from edge.wire.answer import Reply, answer_message

MOST_BYTES = 256 * 1024
MOST_ATTACHMENTS = 64

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class InvalidAnswerError(Exception):
    """A handler says what cannot be sent."""


def parcels_of(reply: Reply, attachments: Sequence[Attachment] = ()) -> list[Parcel]:
    """Return what is sent for an answer, in order.

    Raises:
        InvalidAnswerError: It is too large, or a name cannot be part of a topic.
    """
    names = tuple(one.name for one in attachments)
    try:
        payload = answer_message(replace(reply, attachments=names))
    except ValueError as error:
        raise InvalidAnswerError("its body is no JSON") from error
    parcels = [Parcel(payload), *(Parcel(a.content, a.name, a.media_type) for a in attachments)]
    if len(attachments) > MOST_ATTACHMENTS:
        raise InvalidAnswerError(f"has {len(attachments)} attachments")
    if any(len(one.payload) > MOST_BYTES for one in parcels):
        raise InvalidAnswerError(f"has more than {MOST_BYTES} bytes in one message")
    if any(_NAME.fullmatch(name) is None for name in names):
        raise InvalidAnswerError("has an attachment whose name cannot be part of a topic")
    return parcels
