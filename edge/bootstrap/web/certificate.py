"""Until when browsers trust the console's certificate."""

from datetime import datetime
from pathlib import Path

from cryptography import x509


def ends_at(path: Path) -> datetime | None:
    """Return when a certificate in PEM ends, None if it cannot be read now."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return None
