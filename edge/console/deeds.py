"""What somebody does, with a row in the audit before it and another one if it fails."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import HTTPException

from edge.console.caller import Caller
from edge.console.configuration import ConfigurationChangedError, ConfigurationInvalidError
from edge.errors import ConfigError, StoreError

REFUSALS = (ConfigError, ConfigurationChangedError, ConfigurationInvalidError, HTTPException)


@contextmanager
def deed(
    caller: Caller, act: str, *, subject: str, result: str = "ok", purpose: str = ""
) -> Iterator[None]:
    """Write down an act, then do what is inside; how it failed is written down too.

    Args:
        caller: Who does it.
        act: As in the audit, like all that follows.
        subject: What it is done to.
        result: What comes of it unless it fails.
        purpose: What for, where that is asked.

    Raises:
        StoreError: It cannot be written down; then nothing is done.
    """
    # Written first: nothing is done that the audit does not know.
    caller.audit(act, subject=subject, result=result, purpose=purpose)
    try:
        yield
    except REFUSALS:
        caller.audit(act, subject=subject, result="refused", purpose=purpose)
        raise
    except StoreError:
        caller.audit(act, subject=subject, result="failed", purpose=purpose)
        raise
