"""Keys change while the exchange runs: its own and a party's; whoever knows both certificates never notices."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from contracts import codec
from contracts.header import Action, Header, MessageId
from contracts.operations import Message
from contracts.party import PartyId
from contracts.payloads import GetHistory
from gateway.cli.demo.processes import free_ports
from gateway.installation import EXCHANGE_BIN, Plan, make_installation
from gateway.sandbox_parties import AUTHORITIES, CAST, Ports
from signing.authority import SandboxAuthority, Usage, write_certificate, write_pair
from signing.envelope import ReadEnvelope
from signing.keys import Certificate, SoftwareKey, load_certificate
from signing.pinned import PinnedCertificates
from signing.verification import verify_envelope
from signing.wss import sign_envelope

DALEL = (sys.executable, "-m", "gateway.cli")
PLATFORM = PartyId("eotinish")
WITHIN_S = 20.0


@dataclass(frozen=True)
class Running:
    """An exchange that is running, and what its peers see of it."""

    home: Path
    url: str
    child: subprocess.Popen[bytes]

    def dalel(self, *words: str) -> str:
        command = [*DALEL, *words, "--home", str(self.home)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def registry(self) -> dict[str, list[Certificate]]:
        parties = json.loads(self.dalel("parties", "list", "--json"))["parties"]
        return {
            party["party_id"]: [Certificate.from_der(bytes.fromhex(der)) for der in party["certificates"]]
            for party in parties
        }

    def ask(self, key: SoftwareKey) -> bytes:
        """Any signed question: the answer, fault or not, is signed by the exchange."""
        now = datetime.now(UTC)
        header = Header(
            MessageId(str(uuid.uuid4())), None, None, PLATFORM, PartyId("dalel"), Action.GET_HISTORY, now
        )  # fmt: skip
        request = codec.build_request(Message(header, GetHistory(appeal_number="DL-2026-0000000000")))
        question = urllib.request.Request(
            f"{self.url}/soap/v1/appeals",
            data=sign_envelope(request, key, now=now),
            headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'},
        )
        try:
            with urllib.request.urlopen(question, timeout=10) as answer:
                return answer.read()
        except urllib.error.HTTPError as fault:
            return fault.read()

    def signer_of_answer(self, key: SoftwareKey, known: list[Certificate]) -> Certificate:
        """Who signed the answer, as a peer judges it that has pinned the certificates ``known``."""
        pinned = PinnedCertificates(("dalel", certificate) for certificate in known)
        answer = ReadEnvelope.of(self.ask(key))
        verified = verify_envelope(answer, pinned, now=datetime.now(UTC))
        assert b"UnknownSigner" not in verified.content, verified.content
        return verified.certificate


@pytest.fixture
def running(tmp_path) -> Iterator[Running]:
    names = [*(party.party_id for party in CAST), AUTHORITIES]
    port, *rest = free_ports(1 + 2 * len(names))
    ports = {name: Ports(*pair) for name, pair in zip(names, zip(rest[::2], rest[1::2], strict=True), strict=True)}
    home = tmp_path / "home"
    make_installation(Plan(home, port, "sandbox-seconds", ports=ports), now=datetime.now(UTC))
    url = f"http://127.0.0.1:{port}"
    with (tmp_path / "log").open("wb") as log:
        child = subprocess.Popen([*DALEL, "serve", "--home", str(home)], stdout=log, stderr=log)
        try:
            until(lambda: is_answering(f"{url}/health/ready"))
            yield Running(home, url, child)
        finally:
            child.terminate()
            child.wait(10)


def until(is_so) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not is_so():
        assert time.monotonic() < deadline, "it has not come about"
        time.sleep(0.1)  # another process: nothing to wait on but its answer


def is_answering(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError:
        raise
    except urllib.error.URLError:
        return False


def platform_key(home: Path) -> SoftwareKey:
    folder = home / "sandbox" / PLATFORM
    return SoftwareKey.load(folder / "key.pem", folder / "cert.pem")


def ours(home: Path) -> Certificate:
    return load_certificate(home / "keys" / "exchange.pem")


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
    peer, old, now = platform_key(running.home), ours(running.home), datetime.now(UTC)
    authority = SandboxAuthority.load(running.home / "ca")
    fresh = authority.issue("Dälel", bin=EXCHANGE_BIN, usage=Usage.MESSAGE, now=now)
    write_certificate(running.home / "old.pem", old)
    write_pair(running.home / "keys", "exchange", fresh)

    def trouble() -> str:
        return json.loads(running.dalel("keys", "list", "--json"))[0]["trouble"] or ""

    until(lambda: "not registered as ours" in trouble())
    assert running.signer_of_answer(peer, [old, fresh.certificate]) == old

    change_parties(running, "dalel", ["old.pem", "keys/exchange.pem"])
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
    change_parties(running, PLATFORM, [f"sandbox/{PLATFORM}/cert.pem", f"sandbox/{PLATFORM}/next.pem"])

    for key in (old, fresh, old):
        assert running.signer_of_answer(key, known) == known[0]


def change_parties(running: Running, party_id: str, certificates: list[str]) -> None:
    """As an operator edits the file."""
    file = running.home / "parties.yaml"
    form = yaml.safe_load(file.read_text(encoding="utf-8"))
    (entry,) = [party for party in form["parties"] if party["party_id"] == party_id]
    entry["certificates"] = certificates
    file.write_text(yaml.safe_dump(form, allow_unicode=True), encoding="utf-8")
    running.dalel("parties", "apply", str(file))
