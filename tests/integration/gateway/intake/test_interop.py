"""Independent judges: a zeep client made from our ``?wsdl``, and the ``xmlsec1`` program on what goes over the wire."""

import asyncio
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import xmlsec
import zeep
from lxml import etree
from zeep import ns
from zeep.wsse.signature import BinarySignature
from zeep.wsse.utils import get_security_header

from contracts.operations import Service
from contracts.payloads import DecisionKind, Reply
from signing.keys.files import write_pair
from tests.worlds.exchange.world import AKIMAT, ME, PLATFORM, World, an_appeal
from tests.worlds.xmlsec1 import require_xmlsec1

WSU = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}"


class TimestampedSignature:
    """zeep's own signature plugin over Body and a Timestamp, with SHA-256 in place of its SHA-1 default."""

    def __init__(self, key_file: Path, certificate_file: Path, now: datetime) -> None:
        self._signature = BinarySignature(
            str(key_file),
            str(certificate_file),
            signature_method=xmlsec.Transform.RSA_SHA256,
            digest_method=xmlsec.Transform.SHA256,
        )
        self._now = now
        self.requests: list[bytes] = []
        self.responses: list[bytes] = []

    def apply(self, envelope, headers):
        timestamp = etree.SubElement(get_security_header(envelope), f"{WSU}Timestamp")
        etree.SubElement(timestamp, f"{WSU}Created").text = f"{self._now:%Y-%m-%dT%H:%M:%SZ}"
        etree.SubElement(timestamp, f"{WSU}Expires").text = f"{self._now + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}"
        signed, headers = self._signature.apply(envelope, headers)
        self.requests.append(etree.tostring(signed))
        return signed, headers

    def verify(self, envelope):
        self.responses.append(etree.tostring(envelope))
        return envelope


def header_of(action: str, world: World, message_id: str, conversation_id: str | None = None) -> dict:
    return {
        "messageId": message_id,
        "conversationId": conversation_id,
        "sender": PLATFORM,
        "recipient": ME,
        "action": action,
        "createdAt": world.clock.now().isoformat(),
    }


def zeep_appeal(client: zeep.Client, world: World):
    appeal = an_appeal(world.clock)
    return client.service.RegisterAppeal(
        header=header_of("RegisterAppeal", world, "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"),
        kind="application",
        subject=appeal.subject,
        kato=appeal.kato,
        language="kk",
        channel="electronic",
        lodgedAt=world.clock.now().isoformat(),
        applicant={
            "kind": "person",
            "iinBin": appeal.applicant.iin_bin,
            "name": appeal.applicant.name,
            "address": appeal.applicant.address,
        },
        text=appeal.text,
    )


def zeep_disagree(client: zeep.Client, world: World, conversation_id: str):
    return client.service.Disagree(
        header=header_of("Disagree", world, "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb", conversation_id),
        claim="contest",
        text="Келіспеймін: бас тарту заңсыз",
        pressedAt=world.clock.now().isoformat(),
    )


async def test_a_zeep_client_made_from_our_wsdl_registers_an_appeal_and_disagrees(world, tmp_path):
    write_pair(tmp_path, "platform", world.keys[PLATFORM])
    wsse = TimestampedSignature(tmp_path / "platform.key", tmp_path / "platform.pem", world.clock.now())
    client = await asyncio.to_thread(zeep.Client, f"{world.url}/soap/v1/appeals?wsdl", wsse=wsse)

    registered = await asyncio.to_thread(zeep_appeal, client, world)
    again = await asyncio.to_thread(zeep_appeal, client, world)  # zeep mints another wsu:Id: still the same message

    assert registered.receipt.appealNumber.startswith("DL-2026-")
    assert again.receipt.appealNumber == registered.receipt.appealNumber
    conversation_id = registered.receipt.conversationId
    reply = Reply(DecisionKind.REFUSED, "1", world.clock.now().date(), "жоқ", (), None, None, "А. С.", ())
    await world.call(Service.AGENCY, AKIMAT, reply, conversation_id=conversation_id)
    disagreed = await asyncio.to_thread(zeep_disagree, client, world, conversation_id)
    assert disagreed.road.kind == "court"
    assert disagreed.receipt.messageId == "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"


def xmlsec1_verifies(program: str, certificate: Path, message: Path) -> bool:
    wsu = WSU.strip("{}")
    command = [program, "--verify", "--pubkey-cert-pem", str(certificate)]
    for node in (f"{ns.SOAP_ENV_11}:Body", f"{wsu}:Timestamp"):
        command += ["--id-attr:Id", node]
    return subprocess.run([*command, str(message)], capture_output=True, timeout=60, check=False).returncode == 0


async def test_xmlsec1_verifies_a_request_and_its_receipt_and_refuses_them_tampered(world, tmp_path):
    program = require_xmlsec1()
    request = world.envelope(PLATFORM, an_appeal(world.clock))
    receipt = (await world.post(Service.APPEALS, request)).envelope
    for party, name, envelope in ((PLATFORM, "request", request), (ME, "receipt", receipt)):
        write_pair(tmp_path, name, world.keys[party])
        certificate = tmp_path / f"{name}.pem"
        message = tmp_path / f"{name}.xml"
        message.write_bytes(envelope)
        assert xmlsec1_verifies(program, certificate, message), name
        message.write_bytes(envelope.replace(b"essageId>", b"essageId> ", 1))
        assert not xmlsec1_verifies(program, certificate, message), f"tampered {name}"


async def test_every_service_describes_itself_and_its_schema(world):
    for service in Service:
        async with world.http.get(f"{world.url}/soap/v1/{service.value}?wsdl") as response:
            assert response.status == 200
            wsdl = etree.fromstring(await response.read())
        (included,) = wsdl.iterfind(f".//{{{ns.XSD}}}import[@schemaLocation]")
        async with world.http.get(included.get("schemaLocation")) as response:
            assert etree.fromstring(await response.read()).tag == f"{{{ns.XSD}}}schema"
