"""Face templates are sealed with AES-256-GCM; the key lies outside the database.

Person, template and network are authenticated with the vector: a row copied to another person, or a
vector of another network, does not open.
"""

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from edge.errors import ConfigError
from edge.store.key_file import write_key

Vector = npt.NDArray[np.float32]

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
FLOAT_BYTES = 4
ENVIRONMENT = "GRIDWATCH_TEMPLATE_KEY"
"""64 hexadecimal digits; used instead of the key file if set."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a sealed vector is bound to."""

    resident_id: str
    template_id: str
    model_sha256: str

    def encode(self) -> bytes:
        """Return the associated data; the zero byte cannot be part of an id."""
        return "\0".join((self.resident_id, self.template_id, self.model_sha256)).encode()


@dataclass(frozen=True, slots=True)
class PictureLabel:
    """What a sealed picture is bound to.

    Attributes:
        kind: ``portrait`` or ``probe``: one never opens as the other.
        owner_id: Whose: a resident's or a passage's id.
    """

    kind: str
    owner_id: str

    def encode(self) -> bytes:
        """Return the associated data; two parts are never those of a template's three."""
        return f"{self.kind}\0{self.owner_id}".encode()


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted vector or picture."""

    nonce: bytes
    payload: bytes

    @property
    def dimensions(self) -> int:
        """Return how many numbers the vector has."""
        return (len(self.payload) - TAG_BYTES) // FLOAT_BYTES


class Vault:
    """Seals and opens vectors with one key."""

    def __init__(self, key: bytes, origin: str) -> None:
        """Use a key of 32 bytes; ``origin`` names it in errors."""
        self._cipher = AESGCM(key)
        self._origin = origin

    def seal(self, vector: Vector, label: Label) -> Sealed:
        """Return a ``(D,)`` vector encrypted under a new random nonce."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        # The array's own memory is handed over: a copy would stay behind in the heap.
        content = np.ascontiguousarray(vector, np.float32).data.cast("B")
        return Sealed(nonce, self._cipher.encrypt(nonce, content, label.encode()))

    def seal_bytes(self, content: bytes, label: PictureLabel) -> Sealed:
        """Return an encoded picture encrypted under a new random nonce."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return Sealed(nonce, self._cipher.encrypt(nonce, content, label.encode()))

    def open_bytes(self, sealed: Sealed, label: PictureLabel) -> bytes:
        """Return the encoded picture.

        Raises:
            ConfigError: The key is another one, or the row was tampered with.
        """
        try:
            return self._cipher.decrypt(sealed.nonce, sealed.payload, label.encode())
        except (InvalidTag, ValueError) as error:
            raise ConfigError(
                f"{label.kind} of {label.owner_id} does not open with the key of {self._origin}; "
                "put the right key there"
            ) from error

    def open(self, sealed: Sealed, label: Label) -> Vector:
        """Return the ``(D,)`` vector; errors as ``open_into``."""
        vector = np.zeros(sealed.dimensions, np.float32)
        self.open_into(sealed, label, vector)
        return vector

    def open_into(self, sealed: Sealed, label: Label, vector: Vector) -> None:
        """Decrypt into an array of the right size, with no copy elsewhere in memory.

        Args:
            sealed: What ``seal`` returned.
            label: What it was bound to.
            vector: ``(D,)``, contiguous, overwritten.

        Raises:
            ConfigError: The key is another one, or the row was tampered with.
        """
        buffer = vector.data.cast("B")
        try:
            self._cipher.decrypt_into(sealed.nonce, sealed.payload, label.encode(), buffer)
        except (InvalidTag, ValueError) as error:  # ValueError: lengths that cannot be right
            raise ConfigError(
                f"template of resident {label.resident_id} does not open with the key of "
                f"{self._origin}; put the right key there, or import this person again"
            ) from error


def open_vault(path: Path) -> Vault:
    """Return the vault of a key file, made with a new key if there is none.

    Raises:
        ConfigError: The key cannot be read, is none, or others may read its file.
        StoreError: There is none, and the disk takes nothing now.
    """
    given = os.environ.get(ENVIRONMENT)
    if given is not None:
        return Vault(_parse(given, ENVIRONMENT), ENVIRONMENT)
    if not path.exists():
        _make_key(path)
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path}: the key cannot be read; give the file to this user, with 'chmod 600'"
        ) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(f"{path}: others may read this key; run 'chmod 600 {path}'")
    return Vault(_parse(text, str(path)), str(path))


def _make_key(path: Path) -> None:
    try:
        write_key(path, (secrets.token_hex(KEY_BYTES) + "\n").encode("ascii"))
    except OSError as error:
        raise ConfigError(
            f"{path}: the key cannot be written ({error.strerror}); "
            "check the folder's rights and the disk"
        ) from error


def _parse(text: str, origin: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigError(f"{origin}: is no key of 64 hexadecimal digits; restore it from a backup")
    return key
