"""Which face networks the insightface package has on this machine."""

from pathlib import Path

HOME = Path("~/.insightface/models")
"""Where it keeps what it has downloaded."""


def installed_pack(home: Path = HOME) -> Path | None:
    """Return the first folder of networks, None if there is none."""
    folders = sorted(home.expanduser().glob("*/"))
    return next((one for one in folders if any(one.glob("*.onnx"))), None)
