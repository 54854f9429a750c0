"""Ed25519 keys (RFC 8032) for signatures, as PEM files; the private one stays with whoever locks."""

from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from trial.locking.errors import LockError

OWNER_ONLY = 0o600


def new_key(path: Path) -> str:
    """Make a private key in a new file that only its owner can read; return the public key, hex."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        path.touch(OWNER_ONLY, exist_ok=False)
        path.write_bytes(pem)
    except FileExistsError as error:
        raise LockError(f"{path} exists already; a key is never written over, name another file") from error
    except OSError as error:
        raise LockError(f"{path} cannot be written: {error.strerror}") from error
    return public_of(key)


def read_private_key(path: Path) -> Ed25519PrivateKey:
    """Read a private key; raises `LockError` for anything else."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise LockError(f"{path} cannot be read: {error.strerror}; make a key with crampwatch trial key") from error
    except (ValueError, TypeError) as error:
        raise LockError(f"{path} is no private key without a password: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise LockError(f"{path} is a key of another kind; an Ed25519 key is needed")
    return key


def public_of(key: Ed25519PrivateKey) -> str:
    """Return the public half of a key, hex."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def is_signed(message: bytes, signature: str, public_key: str) -> bool:
    """Whether the owner of the public key signed exactly these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True
