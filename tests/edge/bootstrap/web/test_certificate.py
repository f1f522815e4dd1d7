import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edge.bootstrap.web.certificate import ends_at


def test_a_certificates_end_is_read(tmp_path: Path) -> None:
    path = tmp_path / "console.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"),
            *("-subj", "/CN=box", "-keyout", str(tmp_path / "key.pem"), "-out", str(path)),
        ],
        check=True,
        capture_output=True,
    )
    found = ends_at(path)
    assert found is not None
    assert abs(found - datetime.now(UTC) - timedelta(days=30)) < timedelta(minutes=5)


def test_what_is_no_certificate_has_no_end(tmp_path: Path) -> None:
    (tmp_path / "other.pem").write_text("no certificate")
    assert ends_at(tmp_path / "other.pem") is None
    assert ends_at(tmp_path / "absent.pem") is None
