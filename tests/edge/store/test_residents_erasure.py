"""Nothing of a removed person's template is left: not in the file, its log, or the memory."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from edge.domain.resident import Consent, Resident
from edge.errors import ConfigError, StoreError
from edge.gallery.matrix import Gallery, build_gallery
from edge.gallery.watch import GalleryWatch
from edge.store.database import open_database
from edge.store.erasure import erase_traces
from edge.store.residents import MIGRATIONS, ResidentStore, Template
from edge.store.vault import open_vault
from models.faces import Floats
from tests.conftest import FakeClock

MODEL = "a" * 64
PIECE_BYTES = 12
WINDOW_BYTES = 1 << 20

OpenStore = Callable[[], ResidentStore]


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[OpenStore]:
    opened: list[ResidentStore] = []

    def open_one() -> ResidentStore:
        vault = open_vault(tmp_path / "templates.key")
        store = ResidentStore(tmp_path / "residents.db", vault=vault, clock=FakeClock())
        opened.append(store)
        return store

    yield open_one
    for store in opened:
        store.close()


def add(store: ResidentStore, resident_id: str, *, name: str = "") -> Floats:
    direction = np.random.default_rng().normal(size=128)
    vector = np.asarray(direction / np.linalg.norm(direction), np.float32)
    consent = Consent("v3", datetime(2026, 11, 24, tzinfo=UTC), "paper")
    store.register(
        Resident(resident_id, name=name),
        consent,
        [Template(f"{resident_id}-{random.getrandbits(64):x}", resident_id, MODEL, 1, vector)],
    )
    return vector


def sealed_of(folder: Path, resident_id: str) -> list[bytes]:
    """Return nonce and ciphertext of a person."""
    direct = sqlite3.connect(folder / "residents.db")
    rows = direct.execute(
        "SELECT nonce, sealed FROM templates WHERE resident_id = ?", (resident_id,)
    ).fetchall()
    direct.close()
    return [blob for row in rows for blob in row]


def traces(folder: Path, secrets: list[bytes]) -> int:
    """Return how many of the secrets are found in part in any of the database's files."""
    files = list(folder.glob("residents.db*"))
    assert files
    content = b"".join(path.read_bytes() for path in files)
    pieces = {
        secret[start : start + PIECE_BYTES]: number
        for number, secret in enumerate(secrets)
        for start in range(0, len(secret) - PIECE_BYTES + 1, PIECE_BYTES)
    }
    windows = (content[start : start + PIECE_BYTES] for start in range(len(content)))
    return len({pieces[window] for window in windows if window in pieces})


def test_no_byte_of_a_removed_template_is_left(open_store: OpenStore, tmp_path: Path) -> None:
    store = open_store()
    add(store, "ann", name="Ann the Only")
    add(store, "ben")
    gone, kept = sealed_of(tmp_path, "ann"), sealed_of(tmp_path, "ben")
    assert traces(tmp_path, gone) == len(gone) == 2
    store.remove("ann")
    assert traces(tmp_path, gone) == 0
    assert traces(tmp_path, [b"Ann the Only"]) == 0
    assert traces(tmp_path, kept) == 2


def test_a_replaced_template_is_gone_with_its_owner(open_store: OpenStore, tmp_path: Path) -> None:
    store = open_store()
    add(store, "ann")
    first = sealed_of(tmp_path, "ann")
    add(store, "ann")
    second = sealed_of(tmp_path, "ann")
    store.remove("ann")
    assert traces(tmp_path, first + second) == 0


def test_copies_that_moving_rows_left_in_pages_are_erased_too(tmp_path: Path) -> None:
    # Overwriting deleted rows, which secure_delete does, leaves parts of one in a thousand.
    source = random.Random(2)
    path = tmp_path / "residents.db"
    connection = open_database(path, MIGRATIONS)
    connection.execute("PRAGMA synchronous = OFF")
    living: dict[str, bytes] = {}
    gone: list[bytes] = []
    for number in range(2500):
        if living and source.random() < 0.4:
            name = source.choice(list(living))
            connection.execute("DELETE FROM residents WHERE id = ?", (name,))
            gone.append(living.pop(name))
            continue
        name = f"{source.getrandbits(40):x}"
        padding = "x" * source.randrange(200)
        living[name] = source.randbytes(source.choice([528, 2064]))
        connection.execute(
            "INSERT INTO residents VALUES (?, ?, '', 'resident', NULL, NULL, NULL)", (name, padding)
        )
        connection.execute(
            "INSERT INTO consents VALUES (?, ?, 'v', 't', 'c', '', 0)", (number, name)
        )
        connection.execute(
            "INSERT INTO templates VALUES (?, ?, ?, 'm', 1, x'00', ?, 't')",
            (f"{source.getrandbits(128):x}", name, number, living[name]),
        )
    erase_traces(connection, path, timeout_s=1.0)
    assert len(gone) > 500
    assert traces(tmp_path, gone) == 0
    assert traces(tmp_path, list(living.values())) == len(living)
    connection.close()


def test_removal_leaves_no_trace_while_a_service_has_the_file_open(
    open_store: OpenStore, tmp_path: Path
) -> None:
    command, service = open_store(), open_store()
    add(command, "ann")
    add(command, "ben")
    assert len(service.gallery(MODEL)) == 2
    gone = sealed_of(tmp_path, "ann")
    command.remove("ann")
    assert traces(tmp_path, gone) == 0
    assert [one.id for one, _ in service.gallery(MODEL)] == ["ben"]


def test_a_reader_that_does_not_end_is_told_and_a_second_try_helps(
    open_store: OpenStore, tmp_path: Path
) -> None:
    store = open_store()
    add(store, "ann")
    gone = sealed_of(tmp_path, "ann")
    reader = sqlite3.connect(tmp_path / "residents.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM templates").fetchone()
    with pytest.raises(StoreError, match=r"rows are deleted.*run the same command again"):
        store.remove("ann", timeout_s=0.05)
    assert store.find("ann") is None
    reader.execute("COMMIT")
    reader.close()
    with pytest.raises(ConfigError, match="not registered"):
        store.remove("ann")
    assert traces(tmp_path, gone) == 0


def test_a_writer_that_does_not_end_is_told_with_the_same_remedy(tmp_path: Path) -> None:
    path = tmp_path / "residents.db"
    connection = open_database(path, MIGRATIONS)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match=r"rows are deleted.*locked.*run the same command again"):
        erase_traces(connection, path, timeout_s=0.05)
    writer.close()
    erase_traces(connection, path, timeout_s=1.0)
    connection.close()


def disguised(secret: npt.NDArray[np.uint8]) -> bytes:
    """Return bytes as they are looked for in disguised memory.

    Adding one twice does not lead back, as inverting twice would: a search that comes across its
    own list of secrets, or across its own window, does not take them for what it looks for.
    """
    return (secret + np.uint8(1)).tobytes()


class MemorySearch:
    """Counts how many times secrets occur in this process's writable memory.

    The one window through which memory is read is there from the beginning, so that it does not
    land on what was just freed, and it is cleared after every search.
    """

    def __init__(self, disguised_secrets: list[bytes]) -> None:
        self._secrets = disguised_secrets
        self._window = np.ones(WINDOW_BYTES, np.uint8)
        self._haystack = bytearray(WINDOW_BYTES)
        self._shifted = np.frombuffer(self._haystack, np.uint8)

    def count(self) -> int:
        found = 0
        step = WINDOW_BYTES - max(map(len, self._secrets)) + 1
        with Path("/proc/self/maps").open() as maps, Path("/proc/self/mem").open("rb", 0) as memory:
            for region in [line.split() for line in maps]:
                if not region[1].startswith("rw"):
                    continue
                start, end = (int(address, 16) for address in region[0].split("-"))
                for address in range(start, end, step):
                    memory.seek(address)
                    size = min(WINDOW_BYTES, end - address)
                    try:
                        memory.readinto(self._window.data[:size])
                    except OSError:  # a region of a device
                        break
                    np.add(self._window, 1, out=self._shifted)
                    found += sum(self._haystack.count(one, 0, size) for one in self._secrets)
        self._window[:] = 0
        return found


def test_removed_templates_are_overwritten_in_the_memory_of_the_service(
    open_store: OpenStore,
) -> None:
    command, service = open_store(), open_store()
    kept = add(command, "ann")
    gone = {f"p{number:02}": add(command, f"p{number:02}") for number in range(20)}

    def load() -> Gallery:
        return build_gallery(
            [(one, found.id, found.photos, found.vector) for one, found in service.gallery(MODEL)]
        )

    watch = GalleryWatch(service, load)
    assert watch.size() == (21, 1)
    # Half a template: processors leave single registers' worth of anything on stacks.
    pieces = [disguised(vector.view(np.uint8)[16:272]) for vector in gone.values()]
    memory = MemorySearch(pieces)
    for vector in gone.values():
        vector[:] = 0  # this test's own copies
    assert memory.count() >= len(gone)
    for name in gone:
        command.remove(name)
    found = watch.search(kept)
    assert found is not None
    assert found.resident.id == "ann"
    assert memory.count() == 0
