"""One line per event on standard error: time, level, what happened; ids first."""

import logging
import os
import time

ENVIRONMENT = "GRIDWATCH_LOG"
"""``debug``, ``info``, ``warning`` or ``error``; worker processes inherit it."""


def configure_logging() -> None:
    """Log in UTC to standard error; libraries only when something is wrong."""
    formatter = logging.Formatter("%(asctime)sZ %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    wanted = os.environ.get(ENVIRONMENT, "info").upper()
    level = logging.getLevelNamesMapping().get(wanted, logging.INFO)
    for name in ("edge", "models", "streams"):
        logging.getLogger(name).setLevel(level)
    # FFmpeg's own lines repeat addresses with their passwords.
    logging.getLogger("libav").setLevel(logging.CRITICAL)


def keep_quiet() -> None:
    """Log warnings only, here and in worker processes, unless the user has asked for more."""
    os.environ.setdefault(ENVIRONMENT, "warning")
    configure_logging()
