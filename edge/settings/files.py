"""Keys of files that messages are written to, beside the platform."""

from pathlib import Path

from edge.settings.evidence import SizeBytes
from edge.settings.values import DurationS, Identifier, Strict


class FileSink(Strict):
    """A folder that is told every message, for a recorder or a hand delivery."""

    name: Identifier
    folder: Path
    stills: bool = True
    keep: DurationS = 30 * 86400.0
    quota: SizeBytes = 10**9
