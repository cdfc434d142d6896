"""An authority takes a certificate back while everything runs: as an operator of the sandbox sees it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from contracts import codec, soap, xmlsafe
from contracts.codes import Code
from contracts.header import Action, Header, Message, MessageId
from contracts.party import PartyId
from contracts.payloads import GetHistory
from gateway.bootstrap.creation import InstallationPlan, make_installation
from gateway.bootstrap.sandbox_parties import AUTHORITIES, CAST, Ports
from gateway.cli.demo.processes import free_ports
from signing.keys.keypair import SoftwareKey
from signing.profile.writing import sign_envelope

DALEL = (sys.executable, "-m", "gateway.cli")
PLATFORM = "eotinish"
WITHIN_S = 300.0


@dataclass(frozen=True)
class RunningWithAuthorities:
    """An exchange and the sandbox's authorities, two processes."""

    home: Path
    url: str
    control: str

    def code(self) -> Code:
        """What the platform's question about an unknown appeal is refused with."""
        now = datetime.now(UTC)
        header = Header(
            MessageId(str(uuid.uuid4())), None, None, PartyId(PLATFORM), PartyId("dalel"), Action.GET_HISTORY, now
        )  # fmt: skip
        request = codec.build_request(Message(header, GetHistory(appeal_number="DL-2026-0000000000")))
        folder = self.home / "sandbox" / PLATFORM
        key = SoftwareKey.load(folder / "key.pem", folder / "cert.pem")
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
        question = urllib.request.Request(
            f"{self.url}/soap/v1/appeals", data=sign_envelope(request, key, now=now), headers=headers
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(question, timeout=10)
        fault = soap.parse_fault(soap.body_of(xmlsafe.parse(refused.value.read()))[0])
        assert fault is not None
        return fault.code

    def tell(self, act: str, **entry: object) -> dict[str, Any]:
        """Press a button of the authorities."""
        requested = urllib.request.Request(
            f"{self.control}/{act}", data=json.dumps(entry).encode(), headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(requested, timeout=10) as answer:
            return json.load(answer)

    def certificate(self) -> str:
        return (self.home / "sandbox" / PLATFORM / "cert.pem").read_text()

    def shown(self) -> dict[str, str]:
        command = [*DALEL, "parties", "show", PLATFORM, "--json", "--home", str(self.home)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
        (row,) = json.loads(done.stdout)
        return row


@pytest.fixture
def running(tmp_path, monkeypatch) -> Iterator[RunningWithAuthorities]:
    names = [*(party.party_id for party in CAST), AUTHORITIES]
    port, *rest = free_ports(1 + 2 * len(names))
    ports = {name: Ports(*pair) for name, pair in zip(names, zip(rest[::2], rest[1::2], strict=True), strict=True)}
    home = tmp_path / "home"
    make_installation(InstallationPlan(home, port, "sandbox-seconds", ports=ports), now=datetime.now(UTC))
    for name, seconds in (("EVERY", "0.3"), ("REST", "0.3"), ("TIMEOUT", "1")):
        monkeypatch.setenv(f"DALEL_REVOCATION_{name}_S", seconds)
    with (tmp_path / "log").open("wb") as log:
        children = [
            subprocess.Popen([*DALEL, *words, "--home", str(home)], stdout=log, stderr=log)
            for words in (("serve",), ("sandbox", AUTHORITIES))
        ]
        try:
            control = f"http://127.0.0.1:{ports[AUTHORITIES].control}/control"
            for url in (f"http://127.0.0.1:{port}/health/ready", f"{control}/state"):
                until(lambda url=url: _answers(url))
            yield RunningWithAuthorities(home, f"http://127.0.0.1:{port}", control)
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(10)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.URLError:
        return False


def until(holds: Callable[[], bool]) -> None:
    """Other processes: nothing to wait on but what they answer."""
    deadline = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_certificate_is_taken_back_and_given_back_while_everything_runs(running: RunningWithAuthorities):
    until(lambda: running.shown()["revocation"].startswith("good"))
    assert running.code() is Code.UNKNOWN_CONVERSATION
    assert running.shown()["standing"] == "trusted"

    assert len(running.tell("revoke", certificate=running.certificate(), reason="certificateHold")["revoked"]) == 1
    until(lambda: running.code() is Code.CERTIFICATE_REVOKED)
    assert running.shown()["revocation"].startswith("revoked")

    running.tell("bend", service="ocsp", kind="silent")
    running.tell("bend", service="crl", kind="broken")
    running.tell("restore", certificate=running.certificate())
    assert running.code() is Code.CERTIFICATE_REVOKED, "silence does not lift a revocation"

    running.tell("bend", kind="straight")
    until(lambda: running.code() is Code.UNKNOWN_CONVERSATION)
