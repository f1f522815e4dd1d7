"""One line per event on standard error: time, level, what happened; ids first."""

import logging
import time


def configure_logging(level: int = logging.INFO) -> None:
    """Log in UTC to standard error; libraries only when something is wrong."""
    formatter = logging.Formatter("%(asctime)sZ %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("edge", "models", "streams"):
        logging.getLogger(name).setLevel(level)
    # FFmpeg's own lines repeat addresses with their passwords.
    logging.getLogger("libav").setLevel(logging.CRITICAL)
