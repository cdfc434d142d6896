"""The judgement as a table: what came back, and what it is worth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.ports.outcome import Acknowledged, Deferred, Delivered, Rejected, Unknown
from connectors.soap.judge import SentEnvelope, judge
from connectors.soap.transport import ConnectionFailed, HttpAnswer, NoResponse, parse_retry_after
from contracts.codec import build_answer
from contracts.codes import Code
from contracts.header import Action, ConversationId, Header, Message, MessageId
from contracts.party import PartyId
from contracts.payloads import Accepted, DeliverAnswer
from contracts.receipt import ErrorSignal, Receipt
from contracts.soap import SOAP_ENV, build_fault
from signing.profile.writing import sign_envelope
from tests.worlds.parties.world import EXCHANGE, KINDS, NOBODY, key_of, new_id, pinned

NOW = datetime.now(UTC)
PARTY, STRANGER = PartyId("akimat-almaty"), PartyId("jer-almaty")
OURS, OTHER = MessageId("11111111-1111-4111-8111-111111111111"), MessageId("22222222-2222-4222-8222-222222222222")
DIGEST = "a" * 64
SENT = SentEnvelope(OURS, DIGEST, PARTY, EXCHANGE, b"<envelope/>")

RECEIPT = Receipt(OURS, DIGEST, NOW)
REFUSAL = ErrorSignal(OURS, DIGEST, NOW, Code.WRONG_STATE, NOBODY, "no")


@dataclass(frozen=True)
class PartyAnswer:
    """A party's true answer; tests change one fact of it."""

    signal: Receipt | ErrorSignal = RECEIPT
    sender: PartyId = PARTY
    recipient: PartyId = EXCHANGE
    ref: MessageId | None = OURS
    signer: str = PARTY
    signed_at: datetime = NOW

    def envelope(self) -> bytes:
        header = Header(new_id(), ConversationId(OTHER), self.ref, self.sender, self.recipient, Action.ANSWER, NOW)
        operation = build_answer("Deliver", Message(header, DeliverAnswer(self.signal)))
        return sign_envelope(operation, key_of(self.signer), now=self.signed_at)


TRUE = PartyAnswer()


def unsigned(content: bytes) -> bytes:
    opening = f'<soapenv:Envelope xmlns:soapenv="{SOAP_ENV}"><soapenv:Body>'.encode()
    return opening + content + b"</soapenv:Body></soapenv:Envelope>"


def answer_to_something_else() -> bytes:
    header = Header(new_id(), None, OURS, PARTY, EXCHANGE, Action.ANSWER, NOW)
    return sign_envelope(build_answer("Reply", Message(header, Accepted(RECEIPT))), key_of(PARTY), now=NOW)


FAULT = build_fault(Code.DOSSIER_REFUSED, detail="we will not have it")
OPERATION = build_answer(
    "Deliver", Message(Header(new_id(), None, OURS, PARTY, EXCHANGE, Action.ANSWER, NOW), DeliverAnswer(RECEIPT))
)

TABLE = {
    "a receipt for our message and digest": (200, TRUE.envelope(), Acknowledged),
    "an error signal for our message and digest": (200, replace(TRUE, signal=REFUSAL).envelope(), Rejected),
    "an error signal with status 500": (500, replace(TRUE, signal=REFUSAL).envelope(), Rejected),
    "202 and nothing": (202, b"", Delivered),
    "202 and white space": (202, b"\r\n", Delivered),
    "200 and nothing": (200, b"", Unknown),
    "a receipt for another message": (
        200,
        replace(TRUE, signal=replace(RECEIPT, message_id=OTHER)).envelope(),
        Unknown,
    ),
    "a receipt for another digest": (200, replace(TRUE, signal=replace(RECEIPT, digest="b" * 64)).envelope(), Unknown),
    "an error signal for another digest": (
        200,
        replace(TRUE, signal=replace(REFUSAL, digest="b" * 64)).envelope(),
        Unknown,
    ),
    "an answer that refers to another message": (200, replace(TRUE, ref=OTHER).envelope(), Unknown),
    "an answer that refers to nothing": (200, replace(TRUE, ref=None).envelope(), Unknown),
    "an answer to another recipient": (200, replace(TRUE, recipient=STRANGER).envelope(), Unknown),
    "a stranger's own answer": (200, replace(TRUE, sender=STRANGER, signer=STRANGER).envelope(), Unknown),
    "an answer in the party's name signed by a stranger": (200, replace(TRUE, signer=STRANGER).envelope(), Unknown),
    "an answer in a stranger's name signed by the party": (200, replace(TRUE, sender=STRANGER).envelope(), Unknown),
    "an answer signed by nobody we know": (200, replace(TRUE, signer="unknown").envelope(), Unknown),
    "an answer signed long ago": (200, replace(TRUE, signed_at=NOW - timedelta(hours=2)).envelope(), Unknown),
    "an answer changed on the way": (200, TRUE.envelope().replace(DIGEST.encode(), b"b" * 64), Unknown),
    "an unsigned receipt": (200, unsigned(OPERATION), Unknown),
    "the answer to another operation": (200, answer_to_something_else(), Unknown),
    "an unsigned fault": (500, unsigned(FAULT), Deferred),
    "an unsigned fault with status 200": (200, unsigned(FAULT), Deferred),
    "a signed fault": (500, sign_envelope(FAULT, key_of(PARTY), now=NOW), Deferred),
    "a page": (200, b"<html>It works!</html>", Unknown),
    "no XML": (200, b"OK", Unknown),
    "a DOCTYPE": (200, b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>', Unknown),
    "a proxy that cannot reach the party": (502, b"<html>Bad Gateway</html>", Unknown),
    "a proxy that gave up waiting": (504, b"", Unknown),
    "a busy server": (503, b"busy", Deferred),
    "too many requests": (429, b"", Deferred),
    "a wrong path": (404, b"<html>Not Found</html>", Deferred),
    "a redirect": (302, b"", Deferred),
}


@pytest.mark.parametrize(("status", "body", "expected"), TABLE.values(), ids=TABLE.keys())
def test_an_answer_is_judged(status, body, expected):
    outcome = judge(HttpAnswer(status, body), SENT, pinned(*KINDS), now=NOW)

    assert type(outcome) is expected, outcome
    assert (outcome.transmission.request, outcome.transmission.response) == (SENT.envelope, body)
    assert outcome.transmission.http_status == status


def test_what_was_never_sent_is_deferred_and_what_was_never_heard_is_unknown():
    assert isinstance(judge(ConnectionFailed("refused"), SENT, pinned(*KINDS), now=NOW), Deferred)
    assert isinstance(judge(NoResponse("timed out"), SENT, pinned(*KINDS), now=NOW), Unknown)


def test_no_flipped_byte_of_a_receipt_is_taken_for_another_outcome():
    """Damage may leave the outcome unknown, or be outside what is read; it never makes an error signal of a receipt."""
    envelope = TRUE.envelope()
    for position in range(0, len(envelope), 17):
        damaged = bytearray(envelope)
        damaged[position] ^= 0x01
        outcome = judge(HttpAnswer(200, bytes(damaged)), SENT, pinned(*KINDS), now=NOW)
        if isinstance(outcome, Acknowledged):
            assert (outcome.receipt.message_id, outcome.receipt.digest) == (OURS, DIGEST)
        else:
            assert isinstance(outcome, Unknown), (position, outcome)


RETRY_AFTER = {
    "120": timedelta(seconds=120),
    " 0 ": timedelta(0),
    "99999999999999999999": timedelta(seconds=10**8),
    "Tue, 24 Nov 2026 10:00:30 GMT": timedelta(seconds=30),
    "Tue, 24 Nov 2026 09:00:00 GMT": None,
    "-5": None,
    "1.5": None,
    "soon": None,
    "٣": None,
    "Tue, 24 Nov 2026 99999999999999999999:00:00 GMT": None,
    "Tue, 99999999999999999999 Nov 2026 00:00:00 GMT": None,
}


@pytest.mark.parametrize(("text", "expected"), RETRY_AFTER.items())
def test_retry_after_is_read_in_both_forms(text, expected):
    assert parse_retry_after(text, now=datetime(2026, 11, 24, 10, tzinfo=UTC)) == expected


def test_a_busy_party_may_say_when_to_come_again():
    busy = HttpAnswer(503, b"", timedelta(seconds=9))

    outcome = judge(busy, SENT, pinned(*KINDS), now=NOW)

    assert isinstance(outcome, Deferred)
    assert outcome.retry_after == timedelta(seconds=9)
