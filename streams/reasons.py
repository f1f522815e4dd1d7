"""FFmpeg's errors in words, with the remedy, and as a kind of fault."""

import av

from streams.errors import StreamError
from streams.faults import Fault

SILENT = "sent nothing in time; check power, network and the camera's load"

_REASONS: tuple[tuple[tuple[type[BaseException], ...], Fault, str], ...] = (
    (
        (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError, av.error.PermissionError),
        Fault.LOGIN,
        "the camera refused the login; check username and password",
    ),
    (
        (av.error.HTTPNotFoundError,),
        Fault.PATH,
        "the camera has no such path; check the end of the address",
    ),
    ((av.error.ExitError, av.error.TimeoutError), Fault.SILENT, SILENT),
    (
        (av.error.ConnectionRefusedError,),
        Fault.UNREACHABLE,
        "nobody listens there; check host, port and whether the camera is on",
    ),
    (
        (av.error.InvalidDataError, av.error.EOFError),
        Fault.UNREADABLE,
        "is no video that can be read; check the address or file",
    ),
)


def explain(error: av.FFmpegError) -> str:
    """Return an FFmpeg error in words, without the address it carries, and the remedy."""
    for kinds, _, words in _REASONS:
        if isinstance(error, kinds):
            return words
    return f"{error.strerror or 'reading failed'}; check the address and the network"


def fault_of(error: av.FFmpegError) -> Fault:
    """Return what kind of trouble an FFmpeg error is."""
    for kinds, fault, _ in _REASONS:
        if isinstance(error, kinds):
            return fault
    return Fault.UNREACHABLE


def broken(name: str, error: av.FFmpegError) -> StreamError:
    """Return an FFmpeg error as one of a stream."""
    return StreamError(f"{name}: {explain(error)}", fault_of(error))
