"""``dalel keys`` without a running exchange: what it shows, replaces and refuses."""

import json
import stat
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from gateway.bootstrap.creation import EXCHANGE_BIN
from signing.keys.files import write_pair
from signing.keys.keypair import SoftwareKey, load_certificate
from tests.worlds.softhsm import softhsm_module

NAMES = {"message": "exchange", "seal": "seal"}


def pair_in(home, name):
    return SoftwareKey.load(home / "keys" / f"{NAMES[name]}.key", home / "keys" / f"{NAMES[name]}.pem")


def issued(home, **changes):
    usage = Usage.SEAL
    wanted = {"bin": EXCHANGE_BIN, "usage": usage, "now": datetime.now(UTC), "key_kind": "P-256"} | changes
    return SandboxAuthority.load(home / "ca").issue("Dälel", **wanted)


def test_list_shows_both_keys(run, home):
    shown = json.loads(run("keys", "list", "--json", "--home", home).out)

    assert [(state["name"], state["sha256"]) for state in shown] == [
        (name, pair_in(home, name).certificate.sha256) for name in NAMES
    ]
    assert "seal" in run("keys", "list", "--home", home).out


@pytest.mark.parametrize("name", NAMES)
def test_rotate_makes_the_next_pair_and_keeps_the_old_beside_it(run, home, name):
    old = pair_in(home, name)

    ran = run("keys", "rotate", name, "--home", home)

    assert ran.code == 0, ran.err
    fresh = pair_in(home, name)
    assert fresh.certificate != old.certificate
    assert fresh.certificate.subject == old.certificate.subject
    kept = home / "keys" / f"{NAMES[name]}.{old.certificate.sha256[:8]}.key"
    assert SoftwareKey.load(kept, kept.with_suffix(".pem")) == old
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert not list((home / "keys").glob("*.next.*"))


def test_the_new_message_certificate_stands_in_the_registry_beside_the_old(run, home):
    old = pair_in(home, "message").certificate

    run("keys", "rotate", "message", "--home", home)

    parties = json.loads(run("parties", "list", "--json", "--home", home).out)["parties"]
    (ours,) = [party["certificates"] for party in parties if party["party_id"] == "dalel"]
    assert ours == [old.der.hex(), pair_in(home, "message").certificate.der.hex()]


def test_a_prepared_pair_is_the_one_that_is_put_in_place_later(run, home):
    old = pair_in(home, "seal")
    run("keys", "rotate", "seal", "--prepare", "--home", home)
    prepared = load_certificate(home / "keys" / "seal.next.pem")
    assert pair_in(home, "seal") == old

    run("keys", "rotate", "seal", "--home", home)

    assert pair_in(home, "seal").certificate == prepared


def test_a_pair_of_an_authority_of_ones_own_is_named(run, home, tmp_path):
    own = issued(home)
    write_pair(tmp_path, "own", own)

    ran = run(
        "keys", "rotate", "seal", "--key", tmp_path / "own.key", "--certificate", tmp_path / "own.pem", "--home", home
    )

    assert ran.code == 0, ran.err
    assert pair_in(home, "seal") == own


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda _, folder: (folder / "own.key").chmod(0o644), "chmod 600"),
        (
            lambda home, folder: write_pair(folder, "own", issued(home, now=datetime.now(UTC) + timedelta(days=9))),
            "not",
        ),
        (
            lambda home, folder: (folder / "own.pem").write_bytes(pair_in(home, "message").certificate.to_pem()),
            "belong",
        ),
        (lambda home, folder: write_pair(folder, "own", pair_in(home, "seal")), "in force already"),
    ],
)
def test_a_pair_that_is_no_good_replaces_nothing(run, home, tmp_path, spoil, words):
    old = pair_in(home, "seal")
    write_pair(tmp_path, "own", issued(home))
    spoil(home, tmp_path)

    ran = run(
        "keys", "rotate", "seal", "--key", tmp_path / "own.key", "--certificate", tmp_path / "own.pem", "--home", home
    )

    assert ran.code == 1
    assert "Nothing was replaced" in ran.err
    assert words in ran.err
    assert pair_in(home, "seal") == old


def test_half_a_pair_is_no_pair(run, home):
    ran = run("keys", "rotate", "seal", "--key", "own.key", "--home", home)

    assert ran.code == 2
    assert "both --key and --certificate" in ran.err


def test_an_installation_without_an_authority_asks_for_a_pair(run, home):
    (home / "ca" / "ca.key").unlink()

    ran = run("keys", "rotate", "message", "--home", home)

    assert ran.code == 1
    assert "--key FILE --certificate FILE" in ran.err


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("keys/exchange.p12", "is a key store"),
        ("pkcs11:token=t;object=k?module-path=/usr/lib/t.so", "is in a token"),
    ],
)
def test_what_only_its_owner_can_fill_is_explained(run, home, monkeypatch, setting, words):
    monkeypatch.setenv("DALEL_MESSAGE_KEY", setting)

    ran = run("keys", "rotate", "message", "--home", home)

    assert ran.code == 1
    assert words in ran.err


def test_reload_needs_a_running_exchange(run, home):
    ran = run("keys", "reload", "--home", home)

    assert ran.code == 4
    assert "when it starts" in ran.err


def test_the_doctor_opens_a_key_store_with_its_password_file(run, home, monkeypatch):
    key = pair_in(home, "seal")
    parsed = x509.load_der_x509_certificate(key.certificate.der)
    store = pkcs12.serialize_key_and_certificates(
        b"seal", key.private_key, parsed, None, BestAvailableEncryption(b"Qwerty12")
    )
    for name, content in (("seal.p12", store), ("password", b"Qwerty12\n")):
        (home / "keys" / name).write_bytes(content)
        (home / "keys" / name).chmod(0o600)
    monkeypatch.setenv("DALEL_SEAL_KEY", "keys/seal.p12")

    closed = {one["subject"]: one for one in json.loads(run("doctor", "--json", "--home", home).out)}
    monkeypatch.setenv("DALEL_SEAL_PASSWORD_FILE", "keys/password")
    opened = {one["subject"]: one for one in json.loads(run("doctor", "--json", "--home", home).out)}

    assert closed["seal key"]["health"] == "fail"
    assert "password file" in closed["seal key"]["message"]
    assert opened["seal key"]["health"] == "ok"


def test_the_doctor_names_a_token_that_does_not_answer(run, home, monkeypatch):
    monkeypatch.setenv("DALEL_MESSAGE_KEY", f"pkcs11:token=elsewhere;object=k?module-path={softhsm_module()}")
    monkeypatch.setenv("DALEL_MESSAGE_PASSWORD", "2580")

    found = {one["subject"]: one for one in json.loads(run("doctor", "--json", "--home", home).out)}

    assert found["message key"]["health"] == "fail"
    assert "token elsewhere is not there" in found["message key"]["message"]
