from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import codec, xmlsafe
from contracts import payloads as p
from contracts.errors import NotRepresentable, NotValid
from contracts.header import Action, ConversationId, Header, Message, MessageId
from contracts.party import PartyId
from contracts.receipt import Receipt
from contracts.validate import validate_operation
from tests.unit.contracts.strategies import answers, requests

ID = MessageId("0c9f6a52-5d3c-4f6e-9a53-0d1f0a5b7c11")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def header(action: Action) -> Header:
    return Header(ID, None, None, PartyId("eotinish"), PartyId("dalel"), action, NOW)


def add_documents(note: str) -> Message:
    return Message(header(Action.ADD_DOCUMENTS), p.AddDocuments(note, ()))


@settings(max_examples=150, deadline=None)
@given(requests())
def test_every_request_is_canonical_valid_and_read_back_equal(message):
    operation = codec.build_request(message)

    root = xmlsafe.parse(operation)
    validate_operation(root)
    assert xmlsafe.canonical(root) == operation
    assert codec.parse_operation(root) == message


@settings(max_examples=150, deadline=None)
@given(answers())
def test_every_answer_is_canonical_valid_and_read_back_equal(answer):
    name, message = answer
    operation = codec.build_answer(name, message)

    root = xmlsafe.parse(operation)
    validate_operation(root)
    assert root.tag.endswith(f"}}{name}Response")
    assert xmlsafe.canonical(root) == operation
    assert codec.parse_operation(operation) == message


def test_the_operation_is_written_as_agreed():
    message = Message(
        header(Action.ACKNOWLEDGE), p.Acknowledge((Receipt(ID, "ab" * 32, NOW, ConversationId(ID), "2026-1"),))
    )

    assert codec.build_request(message).decode() == (
        '<d:Acknowledge xmlns:d="urn:dalel:exchange:v1"><d:header>'
        f"<d:messageId>{ID}</d:messageId><d:sender>eotinish</d:sender><d:recipient>dalel</d:recipient>"
        "<d:action>Acknowledge</d:action><d:createdAt>2026-11-24T10:00:00Z</d:createdAt></d:header>"
        f"<d:receipt><d:messageId>{ID}</d:messageId><d:digest>{'ab' * 32}</d:digest>"
        f"<d:acceptedAt>2026-11-24T10:00:00Z</d:acceptedAt><d:conversationId>{ID}</d:conversationId>"
        "<d:appealNumber>2026-1</d:appealNumber></d:receipt></d:Acknowledge>"
    )


def test_a_time_in_almaty_is_written_in_utc():
    almaty = datetime(2026, 11, 24, 15, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=5)))
    message = Message(replace(header(Action.ADD_DOCUMENTS), created_at=almaty), p.AddDocuments("", ()))

    operation = codec.build_request(message)

    assert b"<d:createdAt>2026-11-24T10:00:00.250000Z</d:createdAt>" in operation
    assert codec.parse_operation(operation) == message


@pytest.mark.parametrize(
    "written", ["2026-11-24T15:00:00+05:00", "2026-11-24T10:00:00.000Z", " 2026-11-24T10:00:00Z\n"]
)
def test_a_time_is_read_with_any_offset(written):
    operation = codec.build_request(add_documents("")).replace(b"2026-11-24T10:00:00Z", written.encode())

    assert codec.parse_operation(operation).header.created_at == NOW


def test_base64_may_be_broken_into_lines():
    put = p.PutDocument("u", 1, 1, 6, "0" * 64, "a.pdf", "application/pdf", b"abcdef")
    operation = codec.build_request(Message(header(Action.PUT_DOCUMENT), put))

    assert codec.parse_operation(operation.replace(b"YWJjZGVm", b"\r\nYWJj\n\tZGVm\n")).payload == put


@pytest.mark.parametrize("illegal", ["\x00", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_a_character_without_xml_form_is_our_mistake(illegal):
    with pytest.raises(NotRepresentable):
        codec.build_request(add_documents(f"a{illegal}b"))


@pytest.mark.parametrize(
    "payload",
    [
        p.AddDocuments(None, ()),  # type: ignore[arg-type]
        p.AddDocuments("x", None),  # type: ignore[arg-type]
        p.AddDocuments(7, ()),  # type: ignore[arg-type]
        p.FetchMessages("ten"),  # type: ignore[arg-type]
        p.Deliver("x"),  # type: ignore[arg-type]
    ],
)
def test_a_value_of_the_wrong_type_is_our_mistake(payload):
    with pytest.raises(NotRepresentable):
        codec.build_request(Message(header(Action.ADD_DOCUMENTS), payload))


def test_a_time_without_offset_is_our_mistake():
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(NotRepresentable):
        codec.build_request(Message(replace(header(Action.ADD_DOCUMENTS), created_at=naive), p.AddDocuments("", ())))


def test_an_answer_is_no_request_and_a_request_no_answer():
    accepted = Message(header(Action.ANSWER), p.Accepted(Receipt(ID, "0" * 64, NOW)))

    with pytest.raises(NotRepresentable):
        codec.build_request(accepted)
    with pytest.raises(NotRepresentable):
        codec.build_answer("GetHistory", accepted)
    with pytest.raises(NotRepresentable):
        codec.build_answer("Foo", accepted)


@pytest.mark.parametrize(
    ("cut", "put"),
    [
        (b"<d:note></d:note>", b""),
        (b"<d:note></d:note>", b"<d:note></d:note><d:note></d:note>"),
        (b"<d:note></d:note>", b"<d:note><d:b></d:b></d:note>"),
        (b"<d:note></d:note>", b"<d:note></d:note><d:more></d:more>"),
        (b"2026-11-24T10:00:00Z", b"2026-11-24T10:00:00"),
        (b"2026-11-24T10:00:00Z", b"0001-01-01T00:00:00+14:00"),
        (b"2026-11-24T10:00:00Z", b"yesterday"),
        (b">AddDocuments<", b">Dance<"),
        (b"<d:header>", b"<d:heading></d:heading><d:header>"),
        (b'"urn:dalel:exchange:v1"', b'"urn:other"'),
    ],
)
def test_what_does_not_decode_is_refused_and_never_crashes(cut, put):
    operation = codec.build_request(add_documents(""))
    assert cut in operation

    with pytest.raises(NotValid):
        codec.parse_operation(operation.replace(cut, put))


@settings(max_examples=100, deadline=None)
@given(requests(), st.data())
def test_a_message_with_a_child_removed_is_read_or_refused(message, data):
    root = xmlsafe.parse(codec.build_request(message))
    victim = data.draw(st.sampled_from(list(root.iter())[1:]))
    victim.getparent().remove(victim)

    try:
        read = codec.parse_operation(root)
    except NotValid:
        return
    assert read != message
