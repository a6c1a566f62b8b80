# SPDX-License-Identifier: Apache-2.0
"""Signed provenance: what it says, and that nothing in it can be changed."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from shipway.base import digests
from shipway.storage.provenance import (
    UnverifiedError,
    model_predicate,
    sign_statement,
    verify_envelope,
)
from shipway.storage.signing import key_id

KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())
MODEL = digests.of_bytes(b"model")


def predicate() -> dict[str, Any]:
    return model_predicate(
        project="fraud-detection",
        commit="a" * 40,
        lock=digests.of_bytes(b"lock"),
        data={"train": digests.of_bytes(b"train"), "test": digests.of_bytes(b"test")},
        params={"max_iter": 60},
        run="run-1",
        shipway="0.1.0",
        finished="2026-10-01T12:00:00Z",
    )


def signed(payload: bytes, kind: str = "application/vnd.in-toto+json") -> bytes:
    """An envelope as the DSSE specification writes it, made without the code under test."""
    message = b" ".join(
        [b"DSSEv1", str(len(kind)).encode(), kind.encode(), str(len(payload)).encode(), payload]
    )
    signature = base64.b64encode(KEY.sign(message, ec.ECDSA(SHA256()))).decode()
    text = base64.b64encode(payload).decode()
    return json.dumps(
        {"payloadType": kind, "payload": text, "signatures": [{"sig": signature}]}
    ).encode()


def test_a_statement_is_verified_by_the_key_that_signed_it() -> None:
    envelope = sign_statement("fraud-detector", MODEL, predicate(), KEY)
    keys = [OTHER.public_key(), KEY.public_key()]
    statement = verify_envelope(envelope, keys, digest=MODEL)
    assert (statement.subject, statement.digest) == ("fraud-detector", MODEL)
    assert statement.predicate == predicate()
    assert statement.signed_by == key_id(KEY.public_key())


def test_the_envelope_is_what_other_tools_read() -> None:
    envelope = json.loads(sign_statement("fraud-detector", MODEL, predicate(), KEY))
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    statement = json.loads(base64.b64decode(envelope["payload"]))
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://slsa.dev/provenance/v1"
    assert statement["subject"] == [
        {"name": "fraud-detector", "digest": {"sha256": digests.hex_of(MODEL)}}
    ]
    definition = statement["predicate"]["buildDefinition"]
    assert definition["externalParameters"]["params"] == {"max_iter": 60}
    names = [each.get("name", each.get("uri")) for each in definition["resolvedDependencies"]]
    assert names == ["git:fraud-detection", "lock", "data.test", "data.train"]
    assert statement["predicate"]["runDetails"]["metadata"] == {
        "invocationId": "run-1",
        "finishedOn": "2026-10-01T12:00:00Z",
    }


def test_an_envelope_made_by_another_tool_is_verified() -> None:
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "m", "digest": {"sha256": digests.hex_of(MODEL)}}],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {"note": "é"},
    }
    payload = json.dumps(statement, indent=1, ensure_ascii=False).encode()
    assert verify_envelope(signed(payload), [KEY.public_key()]).predicate == {"note": "é"}


def test_another_key_a_changed_payload_and_another_object_are_refused() -> None:
    envelope = sign_statement("fraud-detector", MODEL, predicate(), KEY)
    with pytest.raises(UnverifiedError, match="none of 1 trusted keys") as caught:
        verify_envelope(envelope, [OTHER.public_key()])
    assert caught.value.exit_code == 1
    with pytest.raises(UnverifiedError, match="none of 0"):
        verify_envelope(envelope, [])
    with pytest.raises(UnverifiedError, match="not about"):
        verify_envelope(envelope, [KEY.public_key()], digest=digests.of_bytes(b"other"))
    opened = json.loads(envelope)
    payload = base64.b64decode(opened["payload"]).replace(b'"max_iter":60', b'"max_iter":61')
    opened["payload"] = base64.b64encode(payload).decode()
    with pytest.raises(UnverifiedError, match="trusted keys"):
        verify_envelope(json.dumps(opened).encode(), [KEY.public_key()])


def test_every_changed_byte_of_the_statement_is_noticed() -> None:
    opened = json.loads(sign_statement("fraud-detector", MODEL, {"a": 1}, KEY))
    payload = base64.b64decode(opened["payload"])
    for place in range(len(payload)):
        changed = payload[:place] + bytes([payload[place] ^ 1]) + payload[place + 1 :]
        opened["payload"] = base64.b64encode(changed).decode()
        with pytest.raises(UnverifiedError):
            verify_envelope(json.dumps(opened).encode(), [KEY.public_key()])


@pytest.mark.parametrize(
    "envelope",
    [b"", b"{}", b"[]", b'{"payloadType":"x","payload":"!","signatures":[]}', b"\xff\xfe"],
)
def test_what_is_no_envelope_is_refused(envelope: bytes) -> None:
    with pytest.raises(UnverifiedError, match="not a signed envelope"):
        verify_envelope(envelope, [KEY.public_key()])


def test_a_signed_text_that_is_no_provenance_is_refused() -> None:
    keys = [KEY.public_key()]
    with pytest.raises(UnverifiedError, match="text/plain"):
        verify_envelope(signed(b"{}", "text/plain"), keys)
    with pytest.raises(UnverifiedError, match="about one object"):
        verify_envelope(signed(b"{}"), keys)
    other = {"_type": "x", "subject": [{"name": "m", "digest": {"sha256": "0" * 64}}]}
    other |= {"predicateType": "y", "predicate": {}}
    with pytest.raises(UnverifiedError, match="another kind"):
        verify_envelope(signed(json.dumps(other).encode()), keys)
