# SPDX-License-Identifier: Apache-2.0
"""The key that signs what a user makes: ECDSA P-256, made on first use.

It lies in `$XDG_CONFIG_HOME/shipway/keys/signing.pem` (default `~/.config`), one for each user and
readable by that user alone. `SHIPWAY_KEY` names the PEM file of another key, for CI.
"""

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.base.errors import InputError
from shipway.base.files import disk_errors, sync_folder

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import (
        EllipticCurvePrivateKey,
        EllipticCurvePublicKey,
    )

VARIABLE = "SHIPWAY_KEY"
MAKE = "openssl ecparam -name prime256v1 -genkey -noout -out key.pem"


def user_key(environ: Mapping[str, str] = os.environ) -> "EllipticCurvePrivateKey":
    """This user's key, made now if there is none; or the one that `SHIPWAY_KEY` names.

    InputError when that file is missing or holds no P-256 key.
    """
    named = environ.get(VARIABLE)
    if named:
        return load_key(Path(named))
    path = key_path(environ)
    if not path.exists():
        _make(path)
    return load_key(path)


def key_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Where this user's key lies, whether it is there or not."""
    base = environ.get("XDG_CONFIG_HOME") or str(Path(environ.get("HOME") or "~") / ".config")
    return Path(base).expanduser() / "shipway" / "keys" / "signing.pem"


def load_key(path: Path) -> "EllipticCurvePrivateKey":
    """The private key in a PEM file; InputError when it can't be one of ours."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        cure = f"Set {VARIABLE} to a key's path, or unset it; make a key with `{MAKE}`."
        raise InputError(
            f"the signing key can't be read: {error.strerror}", where=str(path), cure=cure
        ) from error
    except (ValueError, TypeError):
        cure = f"It must be an unencrypted private key in PEM; make one with `{MAKE}`."
        raise InputError("is not a signing key", where=str(path), cure=cure) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise InputError(
            "is not a key of the curve P-256", where=str(path), cure=f"Make one with `{MAKE}`."
        )
    return key


def load_public_key(pem: bytes) -> "EllipticCurvePublicKey":
    """A public key from its PEM text; InputError when it is not one of P-256."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem)
    except ValueError:
        raise InputError("the text is not a public key in PEM") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise InputError("the public key is not one of the curve P-256")
    return key


def public_pem(key: "EllipticCurvePublicKey") -> bytes:
    """The PEM text of a public key, to be handed to those who verify."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def key_id(key: "EllipticCurvePublicKey") -> str:
    """The sha256 of the key's DER form: a hint which key signed, not a proof."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return sha256(der).hexdigest()


def _make(path: Path) -> None:
    """Write a new key to `path` unless another process is first: then that one's counts."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = path.with_name(f".{os.urandom(8).hex()}.tmp")
        try:
            with open(temporary, "xb", opener=_open_private) as stream:
                stream.write(pem)
                stream.flush()
                os.fsync(stream.fileno())
            try:
                os.link(temporary, path)
            except FileExistsError:
                return
            sync_folder(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
