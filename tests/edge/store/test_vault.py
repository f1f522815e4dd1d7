import stat
from pathlib import Path

import numpy as np
import pytest

from edge.errors import ConfigError, StoreError
from edge.store.vault import ENVIRONMENT, Label, Sealed, Vault, open_vault
from tests.fixtures_disk import SmallDisk

LABEL = Label("ann", "template-1", "model")
VECTOR = np.linspace(-1, 1, 128, dtype=np.float32)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return open_vault(tmp_path / "keys" / "templates.key")


def test_a_sealed_vector_opens_as_it_was(vault: Vault) -> None:
    assert np.array_equal(vault.open(vault.seal(VECTOR, LABEL), LABEL), VECTOR)


def test_nothing_of_a_vector_shows_in_its_sealed_form(vault: Vault) -> None:
    sealed = vault.seal(VECTOR, LABEL)
    assert VECTOR.tobytes()[:16] not in sealed.payload
    assert len(sealed.payload) == VECTOR.nbytes + 16


def test_the_same_vector_never_looks_the_same_twice(vault: Vault) -> None:
    first, second = vault.seal(VECTOR, LABEL), vault.seal(VECTOR, LABEL)
    assert first.nonce != second.nonce
    assert first.payload != second.payload


@pytest.mark.parametrize(
    "other",
    [
        Label("ben", "template-1", "model"),
        Label("ann", "template-2", "model"),
        Label("ann", "template-1", "another model"),
    ],
)
def test_a_vector_opens_for_no_other_person_template_or_network(vault: Vault, other: Label) -> None:
    with pytest.raises(ConfigError, match="does not open"):
        vault.open(vault.seal(VECTOR, LABEL), other)


def test_one_flipped_bit_keeps_a_vector_shut(vault: Vault) -> None:
    sealed = vault.seal(VECTOR, LABEL)
    damaged = bytes([sealed.payload[0] ^ 1]) + sealed.payload[1:]
    with pytest.raises(ConfigError, match="ann"):
        vault.open(Sealed(sealed.nonce, damaged), LABEL)


def test_a_cut_off_vector_is_one_error_not_a_crash(vault: Vault) -> None:
    sealed = vault.seal(VECTOR, LABEL)
    with pytest.raises(ConfigError):
        vault.open(Sealed(sealed.nonce, sealed.payload[:40]), LABEL)


def test_another_key_is_an_error_that_names_the_key_file(vault: Vault, tmp_path: Path) -> None:
    sealed = vault.seal(VECTOR, LABEL)
    other = tmp_path / "other.key"
    with pytest.raises(ConfigError, match=r"other\.key; put the right key there"):
        open_vault(other).open(sealed, LABEL)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "templates.key"
    sealed = open_vault(path).seal(VECTOR, LABEL)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [one.name for one in path.parent.iterdir()] == ["templates.key"]
    assert np.array_equal(open_vault(path).open(sealed, LABEL), VECTOR)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "templates.key"
    open_vault(path)
    path.chmod(mode)
    with pytest.raises(ConfigError, match="chmod 600"):
        open_vault(path)


@pytest.mark.parametrize("text", ["", "too short", "zz" * 32, "\udcff"])
def test_a_file_that_is_no_key_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "templates.key"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    path.chmod(0o600)
    with pytest.raises(ConfigError, match=r"templates\.key"):
        open_vault(path)


def test_a_key_from_the_environment_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENVIRONMENT, "0f" * 32)
    path = tmp_path / "templates.key"
    sealed = open_vault(path).seal(VECTOR, LABEL)
    assert not path.exists()
    monkeypatch.setenv(ENVIRONMENT, "0e" * 32)
    with pytest.raises(ConfigError, match=ENVIRONMENT):
        open_vault(path).open(sealed, LABEL)


def test_a_folder_that_cannot_be_made_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file, not a folder")
    with pytest.raises(ConfigError, match="the key cannot be written"):
        open_vault(tmp_path / "keys" / "templates.key")


def test_a_key_waits_for_a_disk_that_is_full_or_read_only(small_disk: SmallDisk) -> None:
    path = small_disk.root / "keys" / "templates.key"
    small_disk.fill()
    with pytest.raises(StoreError, match="make room on its disk"):
        open_vault(path)
    small_disk.free()
    small_disk.read_only()
    with pytest.raises(StoreError, match="Read-only"):
        open_vault(path)
    small_disk.writable()
    open_vault(path)
    small_disk.read_only()
    open_vault(path)
