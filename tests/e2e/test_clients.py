"""The sample clients of the guide do what it says, against an exchange that runs: with one file and no help each."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from contracts import codec
from contracts.header import Action, Header, Message, MessageId
from contracts.party import PartyId
from contracts.payloads import (
    AppealKind,
    Applicant,
    ApplicantKind,
    IntakeChannel,
    Language,
    RegisterAppeal,
)
from signing.profile.writing import sign_envelope
from tests.e2e.running import PLATFORM, RunningExchange, an_exchange, an_installation, platform_key

CLIENTS = Path(__file__).parents[2] / "docs" / "clients"
BODY = PartyId("akimat-almaty")
NODE, PHP, GO, JAVA = "node", "php", "go", "java"


@dataclass(frozen=True)
class Body:
    """An exchange, and a party of it that fetches."""

    running: RunningExchange
    key: Path
    certificate: Path
    exchange: Path
    built: Path

    def command(self, name: str) -> list[str]:
        """How the client is started; compiled once where it must be."""
        file = CLIENTS / name
        match file.suffix:
            case ".py":
                return [sys.executable, str(file)]
            case ".mjs":
                return [NODE, str(file)]
            case ".php":
                return [PHP, str(file)]
            case ".java":
                self.build(["javac", "-d", str(self.built), str(file)], "Client.class")
                return [JAVA, "-cp", str(self.built), file.stem]
            case _:
                self.build([GO, "build", "-o", str(self.built / "client"), str(file)], "client")
                return [str(self.built / "client")]

    def build(self, command: list[str], result: str) -> None:
        """Once."""
        if not (self.built / result).exists():
            subprocess.run(command, check=True, timeout=300)

    def run(self, name: str, exchange: Path | None = None) -> subprocess.CompletedProcess[str]:
        words = [self.running.url, BODY, self.key, self.certificate, exchange or self.exchange]
        command = [*self.command(name), *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=dict(os.environ))

    def register(self) -> None:
        """An appeal that goes to the body."""
        now = datetime.now(UTC)
        applicant = Applicant(ApplicantKind.PERSON, "900101300017", "Әбілқасымова Гүлнұр", "Алматы", None, None)
        appeal = RegisterAppeal(
            AppealKind.APPLICATION, "HOUSING-QUEUE", "751110000", Language.KK, IntakeChannel.ELECTRONIC, now,
            applicant, None, None, "Кезекке қоюды сұраймын.", (), None,
        )  # fmt: skip
        header = Header(
            MessageId(str(uuid.uuid4())), None, None, PLATFORM, PartyId("dalel"), Action.of(RegisterAppeal), now
        )
        envelope = sign_envelope(codec.build_request(Message(header, appeal)), platform_key(self.running.home), now=now)
        question = urllib.request.Request(
            f"{self.running.url}/soap/v1/appeals", data=envelope, headers={"Content-Type": "text/xml"}
        )
        with urllib.request.urlopen(question, timeout=30) as answer:
            assert answer.status == 200


@pytest.fixture(scope="module")
def body(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Body]:
    folder = tmp_path_factory.mktemp("clients")
    home = folder / "home"
    port = an_installation(home)
    with an_exchange(home, port) as running:
        file = home / "parties.yaml"
        form = yaml.safe_load(file.read_text(encoding="utf-8"))
        (entry,) = [party for party in form["parties"] if party["party_id"] == BODY]
        entry["channel"] = "mailbox"
        entry.pop("endpoint", None)
        file.write_text(yaml.safe_dump(form, allow_unicode=True), encoding="utf-8")
        running.dalel("parties", "apply", str(file))
        certificate = folder / "exchange.pem"
        with urllib.request.urlopen(f"{running.url}/soap/v1/agency?certificate", timeout=30) as answer:
            certificate.write_bytes(answer.read())
        party = home / "sandbox" / BODY
        yield Body(running, party / "key.pem", party / "cert.pem", certificate, folder)


def require(name: str) -> None:
    program = {".mjs": NODE, ".php": PHP, ".go": GO, ".java": "javac"}.get(Path(name).suffix)
    assert program is None or shutil.which(program), f"{program} is missing: `make clients` installs it"


@pytest.mark.parametrize("name", ["client.py", "client.mjs", "client.php", "client.go", "Client.java"])
def test_the_client_uploads_fetches_verifies_and_acknowledges(body: Body, name: str):
    require(name)
    body.register()

    wrong = body.run(name, exchange=body.certificate)
    assert wrong.returncode != 0, "an answer that another certificate would prove is not believed"

    done = body.run(name)
    assert done.returncode == 0, done.stdout + done.stderr
    first = json.loads(done.stdout.splitlines()[-1])
    assert first["complete"] is True
    assert len(first["document"]) == 43
    assert first["acknowledged"]

    again = json.loads(body.run(name).stdout.splitlines()[-1])
    assert not set(again["acknowledged"]) & set(first["acknowledged"]), "what was acknowledged does not come again"
