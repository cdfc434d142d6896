from datetime import UTC, datetime
from pathlib import Path

import pytest
import zeep
from lxml import etree
from zeep.exceptions import ValidationError

from contracts import codec, schema, xmlsafe
from contracts import payloads as p
from contracts.header import Action
from contracts.operations import NAMESPACE, OPERATIONS, Service
from contracts.soap import operation_of
from contracts.validate import validate_operation
from contracts.wsdl import schema_bytes, wsdl_of

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
HEADER = {
    "messageId": "0c9f6a52-5d3c-4f6e-9a53-0d1f0a5b7c11",
    "sender": "eotinish",
    "recipient": "dalel",
    "createdAt": NOW,
}


def location(service: Service) -> str:
    return f"https://exchange.example/soap/v1/{service.value}"


def document(service: Service) -> etree._Element:
    return xmlsafe.parse(wsdl_of(service, location(service)))


@pytest.fixture
def clients(tmp_path: Path):
    """zeep clients generated from files on disk, as an integrator would have them."""
    (tmp_path / "exchange.xsd").write_bytes(schema_bytes())

    def client(service: Service) -> zeep.Client:
        wsdl = wsdl_of(service, location(service))
        served = f"{location(service)}?xsd=exchange".encode()
        assert wsdl.count(served) == 1
        path = tmp_path / f"{service.value}.wsdl"
        path.write_bytes(wsdl.replace(served, b"exchange.xsd"))
        return zeep.Client(str(path), settings=zeep.Settings(forbid_dtd=True, forbid_external=True))

    return client


@pytest.mark.parametrize("service", list(Service))
def test_a_wsdl_has_the_operations_of_its_service(service):
    root = document(service)

    for parent in ("portType", "binding"):
        names = [each.get("name") for each in root.findall(f"{WSDL}{parent}/{WSDL}operation")]
        assert names == list(OPERATIONS[service])
    assert [each.get("soapAction") for each in root.iter(f"{SOAP}operation")] == [
        f"{NAMESPACE}/{name}" for name in OPERATIONS[service]
    ]
    assert [each.get("location") for each in root.iter(f"{SOAP}address")] == [location(service)]
    assert root.find(f"{WSDL}service").get("name") == f"{service.value.capitalize()}Service"
    assert root.find(f"{WSDL}service/{WSDL}port").get("name") == f"{service.value.capitalize()}Port"


@pytest.mark.parametrize("service", list(Service))
def test_every_operation_is_wrapped_documented_and_declares_the_fault(service):
    root = document(service)
    elements = {
        message.get("name"): message.find(f"{WSDL}part").get("element") for message in root.iter(f"{WSDL}message")
    }

    for operation in root.iterfind(f"{WSDL}portType/{WSDL}operation"):
        name = operation.get("name")
        assert operation.findtext(f"{WSDL}documentation").strip()
        assert elements[f"{name}Request"] == f"d:{name}"
        assert elements[f"{name}Response"] == f"d:{name}Response"
        fault = operation.find(f"{WSDL}fault").get("message").removeprefix("tns:")
        assert elements[fault] == "d:ExchangeFault"


def test_a_location_is_written_as_an_attribute_value():
    root = xmlsafe.parse(wsdl_of(Service.COURT, 'http://h/a?b=1&c="2"'))

    assert [each.get("location") for each in root.iter(f"{SOAP}address")] == ['http://h/a?b=1&c="2"']


@pytest.mark.parametrize("service", list(Service))
def test_zeep_generates_a_client_of_every_service(service, clients):
    client = clients(service)

    assert sorted(client.service._operations) == sorted(OPERATIONS[service])


def test_an_appeal_registered_by_zeep_is_valid_and_read(clients):
    client = clients(Service.APPEALS)
    appeal = {
        "header": {**HEADER, "action": "RegisterAppeal"},
        "kind": "complaint",
        "subject": "housing",
        "kato": "750000000",
        "language": "kk",
        "channel": "electronic",
        "lodgedAt": NOW,
        "applicant": {"kind": "person", "iinBin": "870314300126", "name": "Әсел", "address": "Алматы"},
        "text": "Үйде жылу жоқ <екі апта> & одан көп",
        "documents": [
            {
                "documentId": "A" * 43,
                "kind": "attachment",
                "title": "Акт",
                "fileName": "акт.pdf",
                "mediaType": "application/pdf",
                "size": 3,
                "sha256": "ab" * 32,
            }
        ],
        "identification": {"method": "EDS", "reference": "1", "identifiedAt": NOW},
    }

    envelope = etree.tostring(client.create_message(client.service, "RegisterAppeal", **appeal))
    operation = operation_of(xmlsafe.parse(envelope))

    validate_operation(operation)
    message = codec.parse_operation(operation)
    assert message.header.action is Action.REGISTER_APPEAL
    assert message.header.created_at == NOW
    assert isinstance(message.payload, p.RegisterAppeal)
    assert message.payload.text == appeal["text"]
    assert message.payload.documents[0].title == "Акт"
    assert message.payload.authentication == p.Identification("EDS", "1", NOW)


def test_zeep_reads_our_answer(clients):
    from contracts.header import Header, Message, MessageId
    from contracts.party import LocalText, PartyId
    from contracts.receipt import Receipt

    client = clients(Service.APPEALS)
    message_id = MessageId(HEADER["messageId"])
    header = Header(message_id, None, message_id, PartyId("dalel"), PartyId("eotinish"), Action.ANSWER, NOW)
    road = p.Road(p.RoadKind.COURT, "АППК 9", None, LocalText("сот", "суд", "court"))
    answer = codec.build_answer(
        "Disagree", Message(header, p.DisagreementAccepted(Receipt(message_id, "ab" * 32, NOW), road))
    )
    element = client.get_element(f"{{{NAMESPACE}}}DisagreeResponse")

    value = element.parse(xmlsafe.parse(answer), client.wsdl.types)

    assert value.receipt.digest == "ab" * 32
    assert value.road.reason.kk == "сот"


def test_zeep_knows_what_is_missing(clients):
    client = clients(Service.APPEALS)

    with pytest.raises(ValidationError, match="note"):
        client.create_message(client.service, "AddDocuments", header={**HEADER, "action": "AddDocuments"})


def test_the_schema_handed_out_is_the_schema_we_validate_by():
    assert schema_bytes() == schema.schema_bytes()
