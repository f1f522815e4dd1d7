"""The box signs what it says of evidence with a key of its own, Ed25519."""

import hashlib
import stat
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from edge.errors import ConfigError
from edge.store.key_file import write_key

KEY_NAME = "box.key"
PUBLIC_NAME = "box.pub"


class Signer:
    """Signs with the box's private key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        """Use a key."""
        self._key = key
        self.fingerprint = fingerprint(key.public_key())
        self.public_pem = key.public_key().public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        )

    def authenticator(self) -> "Authenticator":
        """Return what knows this signer's signatures."""
        return Authenticator(self._key.public_key())

    def sign(self, content: bytes) -> bytes:
        """Return the signature of some bytes, 64 bytes."""
        return self._key.sign(content)


class Authenticator:
    """Knows the box's signatures by its public key."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        """Use a key."""
        self._key = key
        self.fingerprint = fingerprint(key)

    def signed(self, content: bytes, signature: bytes) -> bool:
        """Return whether the box has signed exactly these bytes."""
        try:
            self._key.verify(signature, content)
        except InvalidSignature:
            return False
        return True


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return the SHA-256 of a public key's 32 bytes."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def open_signer(folder: Path) -> Signer:
    """Return the signer of a folder of keys; a key is made there if there is none.

    The public key lies beside it, to be given to whoever shall verify.

    Raises:
        ConfigError: The key cannot be read or written, is none, or others may read its file.
        StoreError: There is none, and the disk takes nothing now.
    """
    path = folder / KEY_NAME
    if not path.exists():
        _make_key(path)
    try:
        mode = path.stat().st_mode
        pem = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{path}: the key cannot be read; give the file to this user, with 'chmod 600'"
        ) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(f"{path}: others may read this key; run 'chmod 600 {path}'")
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(f"{path}: is no Ed25519 key in PEM form; restore it from a backup")
    public = folder / PUBLIC_NAME
    signer = Signer(key)
    if not public.exists() or public.read_bytes() != signer.public_pem:
        _write(public, signer.public_pem, 0o644, replace=True)
    return signer


def open_authenticator(path: Path) -> Authenticator:
    """Return what knows the signatures of a public key in PEM form; raises ConfigError."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except OSError as error:
        raise ConfigError(
            f"{path}: the box's public key cannot be read ({error.strerror}); "
            f"copy keys/{PUBLIC_NAME} of the box and name it with --key"
        ) from error
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigError(f"{path}: is no Ed25519 public key; copy keys/{PUBLIC_NAME} of the box")
    return Authenticator(key)


def _make_key(path: Path) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    _write(path, pem, 0o600, replace=False)


def _write(path: Path, content: bytes, mode: int, *, replace: bool) -> None:
    try:
        write_key(path, content, mode=mode, replace=replace)
    except OSError as error:
        raise ConfigError(
            f"{path}: the key cannot be written ({error.strerror}); "
            "check the folder's rights and the disk"
        ) from error
