"""Keys change while the exchange runs: its own and a party's; whoever knows both certificates never notices."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from gateway.bootstrap.creation import EXCHANGE_BIN
from gateway.bootstrap.sandbox_parties import CAST
from signing.keys.files import write_certificate, write_pair
from signing.keys.keypair import Certificate, SoftwareKey, load_certificate
from tests.e2e.running import PLATFORM, RunningExchange, an_exchange, an_installation, platform_key, until
from tests.worlds.softhsm import PIN, TOKEN, put_certificate, put_key, softhsm_module


@pytest.fixture
def running(tmp_path) -> Iterator[RunningExchange]:
    home = tmp_path / "home"
    with an_exchange(home, an_installation(home)) as exchange:
        yield exchange


def ours(home: Path) -> Certificate:
    return load_certificate(home / "keys" / "exchange.pem")


def issued(home: Path) -> SoftwareKey:
    """The next message key of the exchange."""
    authority = SandboxAuthority.load(home / "ca")
    return authority.issue("Dälel", bin=EXCHANGE_BIN, usage=Usage.MESSAGE, now=datetime.now(UTC))


def test_the_message_key_is_rotated_by_command_while_peers_that_know_both_accept_both(running):
    peer, old = platform_key(running.home), ours(running.home)
    assert running.signer_of_answer(peer, [old]) == old

    assert "exchange.next.pem" in running.dalel("keys", "rotate", "message", "--prepare")
    fresh = load_certificate(running.home / "keys" / "exchange.next.pem")
    assert running.registry()["dalel"] == [old, fresh]
    assert running.signer_of_answer(peer, [old, fresh]) == old

    assert "signs with it now" in running.dalel("keys", "rotate", "message")
    assert running.signer_of_answer(peer, [old, fresh]) == fresh
    assert ours(running.home) == fresh
    kept = running.home / "keys" / f"exchange.{old.sha256[:8]}.pem"
    assert load_certificate(kept) == old
    assert running.child.poll() is None


def test_a_pair_replaced_on_disk_signs_once_its_certificate_is_registered(running):
    peer, old, fresh = platform_key(running.home), ours(running.home), issued(running.home)
    write_certificate(running.home / "old.pem", old)
    write_pair(running.home / "keys", "exchange", fresh)

    def trouble() -> str:
        return json.loads(running.dalel("keys", "list", "--json"))[0]["trouble"] or ""

    until(lambda: "not registered as ours" in trouble())
    assert running.signer_of_answer(peer, [old, fresh.certificate]) == old

    running.change_parties("dalel", ["old.pem", "keys/exchange.pem"])
    until(lambda: not trouble())
    assert running.signer_of_answer(peer, [old, fresh.certificate]) == fresh.certificate


def test_a_party_registers_a_second_certificate_and_signs_with_either(running):
    old, now = platform_key(running.home), datetime.now(UTC)
    known = [ours(running.home)]
    bin_ = next(member.bin for member in CAST if member.party_id == PLATFORM)
    fresh = SandboxAuthority.load(running.home / "ca").issue("e-Otinish", bin=bin_, usage=Usage.MESSAGE, now=now)
    assert b"UnknownSigner" in running.ask(fresh)

    folder = running.home / "sandbox" / PLATFORM
    write_certificate(folder / "next.pem", fresh.certificate)
    running.change_parties(PLATFORM, [f"sandbox/{PLATFORM}/cert.pem", f"sandbox/{PLATFORM}/next.pem"])

    for key in (old, fresh, old):
        assert running.signer_of_answer(key, known) == known[0]


def test_a_key_in_a_token_signs_and_its_successor_there_after_a_reload(tmp_path):
    home, label = tmp_path / "home", f"message-{uuid.uuid4()}"
    port = an_installation(home)
    old = SoftwareKey.load(home / "keys" / "exchange.key", home / "keys" / "exchange.pem")
    put_in_token(old, label)
    (home / "keys" / "exchange.key").unlink()  # it lives in the token alone now
    pin = home / "keys" / "pin"
    pin.write_text(f"{PIN}\n")
    pin.chmod(0o600)
    uri = f"pkcs11:token={TOKEN};object={label}?module-path={softhsm_module()}&pin-source={pin}"

    with an_exchange(home, port, DALEL_MESSAGE_KEY=uri) as running:
        peer, fresh = platform_key(home), issued(home)
        known = [old.certificate, fresh.certificate]
        assert running.signer_of_answer(peer, known) == old.certificate

        put_in_token(fresh, label)
        write_certificate(home / "next.pem", fresh.certificate)
        running.change_parties("dalel", ["keys/exchange.pem", "next.pem"])
        assert fresh.certificate.sha256[:16] in running.dalel("keys", "reload")
        assert running.signer_of_answer(peer, known) == fresh.certificate


def put_in_token(key: SoftwareKey, label: str) -> None:
    identifier = uuid.uuid4().bytes
    put_key(key, label, identifier)
    put_certificate(key.certificate, label, identifier)
