# SPDX-License-Identifier: Apache-2.0
"""Where a model comes from, signed: an in-toto Statement in a DSSE envelope.

The statement names the model by digest and says, in the words of SLSA provenance, from which
commit, lock, data and parameters it was made, and in which run. The signature is ECDSA P-256 over
SHA-256, by the key of `storage.signing`.

Formats: in-toto Statement v1, DSSE v1 (pre-authentication encoding), SLSA provenance v1.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from shipway.base import digests
from shipway.base.errors import StoppedError
from shipway.storage.signing import key_id

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import (
        EllipticCurvePrivateKey,
        EllipticCurvePublicKey,
    )

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://slsa.dev/provenance/v1"
BUILD_TYPE = "urn:shipway:train:v1"
BUILDER = "urn:shipway:run"


class UnverifiedError(StoppedError):
    """A provenance that is unreadable, tampered with, or signed by none of the trusted keys."""


class Statement(msgspec.Struct, frozen=True):
    """A verified statement: its one subject, the predicate, and which key signed it."""

    subject: str
    digest: str
    predicate: dict[str, Any]
    signed_by: str


class _Signature(msgspec.Struct):
    sig: str
    keyid: str = ""


class _Envelope(msgspec.Struct, rename={"payload_type": "payloadType"}):
    payload_type: str
    payload: str
    signatures: list[_Signature]


class _Subject(msgspec.Struct):
    name: str
    digest: dict[str, str]


class _Statement(msgspec.Struct, rename={"type_": "_type", "predicate_type": "predicateType"}):
    type_: str
    subject: list[_Subject]
    predicate_type: str
    predicate: dict[str, Any]


def model_predicate(
    *,
    project: str,
    commit: str,
    lock: str,
    data: Mapping[str, str],
    params: Mapping[str, Any],
    run: str,
    shipway: str,
    finished: str = "",
) -> dict[str, Any]:
    """The SLSA provenance of a trained model.

    `lock` is the digest of the Python environment, `data` the digest of each dataset, `shipway`
    the version that ran, `finished` a UTC time.
    """
    dependencies = [{"uri": f"git:{project}", "digest": {"gitCommit": commit}}]
    dependencies.append({"name": "lock", "digest": {"sha256": digests.hex_of(lock)}})
    for name, digest in sorted(data.items()):
        dependencies.append({"name": f"data.{name}", "digest": {"sha256": digests.hex_of(digest)}})
    return {
        "buildDefinition": {
            "buildType": BUILD_TYPE,
            "externalParameters": {"project": project, "params": dict(params)},
            "resolvedDependencies": dependencies,
        },
        "runDetails": {
            "builder": {"id": BUILDER, "version": {"shipway": shipway}},
            "metadata": {"invocationId": run} | ({"finishedOn": finished} if finished else {}),
        },
    }


def sign_statement(
    subject_name: str, digest: str, predicate: dict[str, Any], key: "EllipticCurvePrivateKey"
) -> bytes:
    """A signed envelope that says `predicate` about the object `digest`; JSON."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256

    subject = _Subject(subject_name, {"sha256": digests.hex_of(digest)})
    statement = _Statement(STATEMENT_TYPE, [subject], PREDICATE_TYPE, predicate)
    payload = msgspec.json.encode(statement)
    signature = key.sign(_to_be_signed(PAYLOAD_TYPE, payload), ec.ECDSA(SHA256()))
    signed = _Signature(_text64(signature), key_id(key.public_key()))
    return msgspec.json.encode(_Envelope(PAYLOAD_TYPE, _text64(payload), [signed]))


def verify_envelope(
    envelope: bytes, public_keys: Iterable["EllipticCurvePublicKey"], *, digest: str = ""
) -> Statement:
    """The statement in `envelope`, when one of `public_keys` signed it.

    With `digest` it must be about that object. UnverifiedError says what is wrong otherwise.
    """
    try:
        opened = msgspec.json.decode(envelope, type=_Envelope)
        payload = base64.b64decode(opened.payload, validate=True)
        signatures = [base64.b64decode(each.sig, validate=True) for each in opened.signatures]
    except (msgspec.DecodeError, binascii.Error, ValueError):
        raise UnverifiedError("the provenance is not a signed envelope") from None
    if opened.payload_type != PAYLOAD_TYPE:
        raise UnverifiedError(f"the envelope holds {opened.payload_type!r}, not a provenance")
    signer = _signer(_to_be_signed(opened.payload_type, payload), signatures, list(public_keys))
    statement = _read_statement(payload, signer)
    if digest and statement.digest != digest:
        raise UnverifiedError(
            f"the provenance is about {statement.digest}, not about {digest}",
            cure="The object or its provenance was exchanged: do not use it.",
        )
    return statement


def _signer(
    message: bytes, signatures: list[bytes], public_keys: list["EllipticCurvePublicKey"]
) -> str:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256

    for key in public_keys:
        for signature in signatures:
            try:
                key.verify(signature, message, ec.ECDSA(SHA256()))
            except InvalidSignature:
                continue
            return key_id(key)
    raise UnverifiedError(
        f"none of {len(public_keys)} trusted keys signed this provenance as it is now",
        cure="It was changed, or signed by somebody else: trust that key, or train again.",
    )


def _read_statement(payload: bytes, signer: str) -> Statement:
    try:
        statement = msgspec.json.decode(payload, type=_Statement)
        (subject,) = statement.subject
        digest = digests.PREFIX + subject.digest["sha256"]
    except (msgspec.DecodeError, ValueError, KeyError):
        raise UnverifiedError("the provenance is not a statement about one object") from None
    if statement.type_ != STATEMENT_TYPE or statement.predicate_type != PREDICATE_TYPE:
        raise UnverifiedError(f"the statement is of another kind: {statement.predicate_type!r}")
    return Statement(subject.name, digest, statement.predicate, signer)


def _to_be_signed(payload_type: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding: lengths make it unambiguous."""
    return b"DSSEv1 %d %s %d %s" % (len(payload_type), payload_type.encode(), len(payload), payload)


def _text64(data: bytes) -> str:
    return base64.b64encode(data).decode()
