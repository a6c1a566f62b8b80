# SPDX-License-Identifier: Apache-2.0
"""The signing key: made once, kept private, replaced by `SHIPWAY_KEY`."""

import multiprocessing
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from shipway.base.errors import InputError
from shipway.storage.signing import key_id, key_path, load_public_key, public_pem, user_key


def test_the_key_is_made_on_first_use_and_stays(tmp_path: Path) -> None:
    environ = {"XDG_CONFIG_HOME": str(tmp_path)}
    first = user_key(environ)
    path = tmp_path / "shipway" / "keys" / "signing.pem"
    assert key_path(environ) == path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o077 == 0
    assert key_id(user_key(environ).public_key()) == key_id(first.public_key())
    assert list(path.parent.iterdir()) == [path]


def test_without_the_variable_it_lies_below_config() -> None:
    assert key_path({"HOME": "/home/ada"}) == Path("/home/ada/.config/shipway/keys/signing.pem")


def _make(folder: Path, number: int) -> None:
    key = user_key({"XDG_CONFIG_HOME": str(folder)})
    (folder / f"{number}.id").write_text(key_id(key.public_key()))


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_make, args=(tmp_path, number)) for number in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    ids = {path.read_text() for path in tmp_path.glob("*.id")}
    assert len(list(tmp_path.glob("*.id"))) == 6
    assert len(ids) == 1


def test_another_key_can_be_named(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    (tmp_path / "ci.pem").write_bytes(pem)
    environ = {"SHIPWAY_KEY": str(tmp_path / "ci.pem"), "XDG_CONFIG_HOME": str(tmp_path)}
    assert key_id(user_key(environ).public_key()) == key_id(key.public_key())
    assert not (tmp_path / "shipway").exists()


def test_a_named_key_that_is_wrong_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    environ = {"SHIPWAY_KEY": str(path)}
    with pytest.raises(InputError, match="can't be read") as caught:
        user_key(environ)
    assert "SHIPWAY_KEY" in caught.value.cure
    path.write_text("not a key")
    with pytest.raises(InputError, match="not a signing key"):
        user_key(environ)
    curve = ec.generate_private_key(ec.SECP384R1())
    other = ed25519.Ed25519PrivateKey.generate()
    for key in (curve, other):
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        with pytest.raises(InputError, match="P-256"):
            user_key(environ)
    locked = BestAvailableEncryption(b"word")
    path.write_bytes(curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))
    with pytest.raises(InputError, match="not a signing key"):
        user_key(environ)


def test_a_public_key_goes_round_as_pem() -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    assert key_id(load_public_key(public_pem(key))) == key_id(key)
    with pytest.raises(InputError, match="not a public key"):
        load_public_key(b"nothing")
    with pytest.raises(InputError, match="P-256"):
        load_public_key(public_pem(ec.generate_private_key(ec.SECP384R1()).public_key()))
