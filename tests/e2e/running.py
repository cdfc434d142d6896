"""An exchange in a process of its own, asked by a peer that judges its answers by the certificates it has pinned."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from contracts import codec
from contracts.header import Action, Header, Message, MessageId
from contracts.party import PartyId
from contracts.payloads import GetHistory
from gateway.bootstrap.creation import InstallationPlan, make_installation
from gateway.bootstrap.sandbox_parties import AUTHORITIES, CAST, Ports
from gateway.cli.demo.processes import free_ports
from signing.keys.keypair import Certificate, SoftwareKey
from signing.keys.pinned import PinnedCertificates
from signing.profile.envelope import ReadEnvelope
from signing.profile.verification import verify_envelope
from signing.profile.writing import sign_envelope

DALEL = (sys.executable, "-m", "gateway.cli")
PLATFORM = PartyId("eotinish")
WITHIN_S = 300.0


@dataclass(frozen=True)
class RunningExchange:
    """An exchange that is running, and what its peers see of it."""

    home: Path
    url: str
    child: subprocess.Popen[bytes]
    environment: Mapping[str, str]

    def dalel(self, *words: str) -> str:
        command = [*DALEL, *words, "--home", str(self.home)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=300, check=False, env=dict(self.environment)
        )
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
        message_id = MessageId(str(uuid.uuid4()))
        header = Header(message_id, None, None, PLATFORM, PartyId("dalel"), Action.GET_HISTORY, now)
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
        verified = verify_envelope(ReadEnvelope.of(self.ask(key)), pinned, now=datetime.now(UTC))
        assert b"UnknownSigner" not in verified.content, verified.content
        return verified.certificate

    def change_parties(self, party_id: str, certificates: list[str]) -> None:
        """As an operator edits the file."""
        file = self.home / "parties.yaml"
        form = yaml.safe_load(file.read_text(encoding="utf-8"))
        (entry,) = [party for party in form["parties"] if party["party_id"] == party_id]
        entry["certificates"] = certificates
        file.write_text(yaml.safe_dump(form, allow_unicode=True), encoding="utf-8")
        self.dalel("parties", "apply", str(file))


def an_installation(home: Path) -> int:
    """A sandbox of its own on free ports; returns the exchange's."""
    names = [*(party.party_id for party in CAST), AUTHORITIES]
    port, *rest = free_ports(1 + 2 * len(names))
    ports = {name: Ports(*pair) for name, pair in zip(names, zip(rest[::2], rest[1::2], strict=True), strict=True)}
    make_installation(InstallationPlan(home, port, "sandbox-seconds", ports=ports), now=datetime.now(UTC))
    return port


@contextmanager
def an_exchange(home: Path, port: int, *, answering: str = "ready", **variables: str) -> Iterator[RunningExchange]:
    """``dalel serve`` on ``home``, with ``variables`` in its environment, until the block ends.

    It begins when ``/health/`` with this name ``answering`` says yes.
    """
    url, environment = f"http://127.0.0.1:{port}", os.environ | variables
    with (home.parent / "log").open("wb") as log:
        child = subprocess.Popen([*DALEL, "serve", "--home", str(home)], stdout=log, stderr=log, env=environment)
        try:
            until(lambda: is_answering(f"{url}/health/{answering}"))
            yield RunningExchange(home, url, child, environment)
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
