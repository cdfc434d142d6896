"""The citizen's own signature under an appeal: told by dalel eds, from what was kept, by NCANode or by ourselves."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from connectors.sandbox.authorities.ca import SandboxAuthority
from contracts.payloads import ElectronicSignature, SignatureFormat
from gateway.bootstrap.creation import InstallationPlan, make_installation
from signing.keys.keypair import Certificate, SoftwareKey
from signing.timestamps.cms_signature import sign_data
from signing.xades.document import sign_document
from tests.simulators.ncanode import NcaNodeSimulator
from tests.worlds.exchange.world import a_world
from tests.worlds.sqlite import migrated

IIN, STRANGER = "900101300017", "850315300019"
TEXT = "Тұрғын үй кезегіне қоюды сұраймын. Прошу поставить в очередь."


def a_citizen(authority: SandboxAuthority, iin: str, *, now: datetime | None = None) -> SoftwareKey:
    """A person's signing key as НУЦ РК certifies it: IIN in SERIALNUMBER, nonRepudiation, the role of an individual.

    ``now``: by a stepped clock, where whoever judges has one.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = [(NameOID.COMMON_NAME, "ӘБІЛҚАСЫМОВА ГҮЛНҰР"), (NameOID.SERIAL_NUMBER, f"IIN{iin}")]
    now = now or datetime.now(UTC)
    root = x509.load_der_x509_certificate(authority.key.certificate.der)
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only"), False
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(oid, text) for oid, text in name]))
        .issuer_name(root.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, content_commitment=True, decipher_only=False, **usage), critical=True
        )
        .add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.2.398.3.3.4.1.1")]), critical=False)
    )
    signed = builder.sign(authority.key.private_key, SHA256()).public_bytes(Encoding.DER)
    return SoftwareKey(key, Certificate.from_der(signed))


@dataclass
class CommandResult:
    """How the command ended."""

    code: int
    out: str
    err: str


@dataclass
class EdsOffice:
    """An installation with its authority, and the command asked of it."""

    home: Path
    authority: SandboxAuthority

    async def register(self, signature: ElectronicSignature | None, text: str = TEXT) -> str:
        """An appeal that the exchange has taken; its number."""
        async with a_world(self.home, database_url=migrated(self.home)) as world:
            _, number = await world.register(text=text, authentication=signature)
        return number

    async def eds(self, number: str, *words: str, ncanode: str | None = None) -> CommandResult:
        environment = os.environ | {"COLUMNS": "200"} | ({"DALEL_NCANODE_URL": ncanode} if ncanode else {})
        command = [sys.executable, "-m", "gateway.cli", "eds", number, *words, "--home", str(self.home)]
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(*command, env=environment, stdout=pipe, stderr=pipe)
        out, err = await child.communicate()
        return CommandResult(child.returncode or 0, out.decode(), err.decode())

    def simulator(self) -> NcaNodeSimulator:
        return NcaNodeSimulator([self.authority.key.certificate], lambda: datetime.now(UTC))


@pytest.fixture
def office(tmp_path) -> EdsOffice:
    home = tmp_path / "home"
    make_installation_in_thread(home)
    return EdsOffice(home, SandboxAuthority.load(home / "ca"))


def make_installation_in_thread(home: Path) -> None:
    """It runs a loop of its own."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as thread:
        thread.submit(make_installation, InstallationPlan(home, sandbox=False), now=datetime.now(UTC)).result()


def cms(key: SoftwareKey, text: str = TEXT) -> ElectronicSignature:
    return ElectronicSignature(SignatureFormat.CMS, sign_data(text.encode(), key, at=datetime.now(UTC)))


def xades(key: SoftwareKey, text: str = TEXT) -> ElectronicSignature:
    return ElectronicSignature(SignatureFormat.XADES, sign_document(f"<text>{text}</text>".encode(), key))


@pytest.mark.parametrize("sign", [cms, xades])
async def test_ncanode_tells_that_the_applicants_signature_holds(office, sign):
    number = await office.register(sign(a_citizen(office.authority, IIN)))

    async with TestServer(office.simulator().app()) as server:
        reported = await office.eds(number, "--json", ncanode=str(server.make_url("")))

    assert reported.code == 0, reported.out + reported.err
    (judged,) = json.loads(reported.out)
    assert judged["opinion"]["verdict"] == "holds"
    assert judged["opinion"]["holders"][0]["iin"] == IIN


async def test_without_ncanode_nobody_was_asked_about_revocation_and_it_says_so(office):
    number = await office.register(cms(a_citizen(office.authority, IIN)))

    reported = await office.eds(number, "--lang", "kk")

    assert reported.code == 3, reported.out + reported.err
    assert "анықталмады" in reported.out


@pytest.mark.parametrize(
    ("sign", "words"),
    [
        (lambda authority: cms(a_citizen(authority, STRANGER)), "neither the applicant's nor the"),
        (lambda authority: cms(a_citizen(authority, IIN), TEXT + "!"), "not of these bytes"),
        (lambda authority: xades(a_citizen(authority, IIN), "Басқа мәтін"), "another text"),
        (lambda _: ElectronicSignature(SignatureFormat.CMS, b"garbage"), "not readable"),
    ],
)
async def test_a_signature_that_proves_nothing_fails_with_its_reason(office, sign, words):
    number = await office.register(sign(office.authority))

    reported = await office.eds(number, "--json")

    assert reported.code == 1, reported.out + reported.err
    (judged,) = json.loads(reported.out)
    assert words in judged["opinion"]["detail"]


async def test_an_appeal_without_a_signature_is_told_as_such(office):
    number = await office.register(None)

    reported = await office.eds(number, "--lang", "ru")

    assert reported.code == 3
    assert "подписи не было" in reported.out


async def test_a_revoked_certificate_fails_and_a_dead_ncanode_is_told(office):
    citizen = a_citizen(office.authority, IIN)
    number = await office.register(cms(citizen))
    simulator = office.simulator()
    simulator.revoked[citizen.certificate.serial] = datetime.now(UTC)

    async with TestServer(simulator.app()) as server:
        url = str(server.make_url(""))
        assert (await office.eds(number, "--json", ncanode=url)).code == 1
    away = await office.eds(number, ncanode=url)

    assert away.code == 4
    assert "Ask again when it is up" in away.err


async def test_an_unknown_number_is_told(office):
    reported = await office.eds("DL-2026-0000000001")

    assert reported.code == 1
    assert "No appeal has the number" in reported.err


async def test_the_doctor_asks_ncanode_and_tells_when_it_is_away(office):
    async def doctor(url: str) -> dict[str, str]:
        pipe = asyncio.subprocess.PIPE
        command = [sys.executable, "-m", "gateway.cli", "doctor", "--json", "--home", str(office.home)]
        environment = os.environ | {"DALEL_NCANODE_URL": url}
        child = await asyncio.create_subprocess_exec(*command, env=environment, stdout=pipe, stderr=pipe)
        out, _ = await child.communicate()
        return {finding["subject"]: finding["health"] for finding in json.loads(out)}

    async with TestServer(office.simulator().app()) as server:
        url = str(server.make_url(""))
        assert (await doctor(url))["NCANode"] == "ok"
    assert (await doctor(url))["NCANode"] == "fail"
