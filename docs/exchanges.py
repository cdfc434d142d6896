"""The page with the whole XML of every exchange, written by the code that writes messages.

Keys, ids and times are fixed, and RSA signs the same bytes the same way: the page changes only when the wire does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree

from contracts import codec, soap, xmlsafe
from contracts.codes import Code
from contracts.header import Action, ConversationId, DocumentId, Header, Message, MessageId
from contracts.party import LocalText, PartyId
from contracts.payloads import (
    Accepted,
    Acknowledge,
    Answer,
    Deliver,
    DeliverAnswer,
    DocumentPart,
    DocumentStored,
    FetchedMessages,
    FetchMessages,
    ForwardDocuments,
    GetDocumentPart,
    MailboxItem,
    PutDocument,
    Request,
)
from contracts.receipt import ErrorSignal, Receipt
from contracts.remedies import FoundTrouble, Trouble
from signing.keys.keypair import Certificate, SoftwareKey
from signing.profile.writing import sign_envelope

KEYS: Final = Path(__file__).parents[1] / "tests" / "vectors" / "wss" / "keys"
NOW: Final = datetime(2026, 11, 24, 9, 0, 0, 123000, tzinfo=UTC)
THREAD: Final = ConversationId("5a1f1f0e-93bb-4a53-8f0f-6a1f5a4b6d20")
PARTY, ME = PartyId("akimat-almaty"), PartyId("dalel")
FILE: Final = "Жауап\n".encode()
DOCUMENT: Final = DocumentId("q3Zr0c1nq8yN4kUuX6bq2m1vJ0pT7sWdE5hLfA9gRzY")

_HEAD: Final = """# The whole XML of every exchange

<!-- Written by `make docs`; edit the code it is told by. -->

Each message here was built, signed and put into its envelope by the code of the exchange. It is indented for reading:
on the wire there is no white space between elements of a signed part, and a signature holds for the bytes as sent.
How messages go is told in [integrating.md](integrating.md); the XML of appeals, replies, complaints and the court's
questions stands there, too. Services lie at `https://EXCHANGE/soap/v1/SERVICE`.
"""


@dataclass(frozen=True)
class Shown:
    """One envelope, and what is said above it."""

    words: str
    envelope: bytes


def exchanges_page() -> str:
    """All of them, in the order in which a mailbox or an Inbox meets them."""
    return "\n".join([_HEAD, *(_section(heading, shown) for heading, shown in _exchanges())])


def _section(heading: str, shown: tuple[Shown, ...]) -> str:
    return f"## {heading}\n\n" + "\n".join(f"{each.words}\n\n```\n{_indented(each.envelope)}```\n" for each in shown)


def _indented(envelope: bytes) -> str:
    root = etree.fromstring(envelope)
    etree.indent(root)
    return etree.tostring(root, encoding="unicode") + "\n"


def _exchanges() -> Iterator[tuple[str, tuple[Shown, ...]]]:
    delivered, digest = _delivered()
    yield "FetchMessages", _fetch(delivered)
    yield "Deliver", _deliver(delivered, digest)
    yield "Acknowledge", _acknowledge(digest)
    yield "PutDocument", _put()
    yield "GetDocumentPart", _get()
    yield "A fault", (_fault(),)


def _fetch(delivered: bytes) -> tuple[Shown, ...]:
    item = MailboxItem(_id("d"), NOW + timedelta(minutes=5), delivered)
    return (
        Shown("To the Agency service, by a party with the channel `mailbox`:", _asked(FetchMessages(20), "1")),
        Shown(
            "The answer holds `Deliver` envelopes, whole and signed, in base64:",
            _answered("FetchMessages", FetchedMessages((item,), 0), "1"),
        ),
    )


def _deliver(delivered: bytes, digest: str) -> tuple[Shown, ...]:
    receipt = Receipt(_id("d"), digest, NOW)
    refused = ErrorSignal(
        _id("d"), digest, NOW, Code.NOT_YOUR_APPEAL, _text("Not ours."), "Appeal DL-2026-0000000042 is unknown here."
    )
    return (
        Shown("From the exchange to your Inbox, or out of your mailbox:", delivered),
        Shown("Taken, and durable: the answer is a receipt.", _answer_bytes(DeliverAnswer(receipt))),
        Shown("Refused for good: the answer is an error signal.", _answer_bytes(DeliverAnswer(refused))),
    )


def _acknowledge(digest: str) -> tuple[Shown, ...]:
    receipt = Receipt(_id("d"), digest, NOW)
    return (
        Shown(
            "To the Agency service (the court's and the platforms' have it too): receipts and error signals together.",
            _asked(Acknowledge((receipt,)), "2"),
        ),
        Shown("The answer:", _answered("Acknowledge", Accepted(_receipt_for("2")), "2")),
    )


def _put() -> tuple[Shown, ...]:
    sha256 = hashlib.sha256(FILE).hexdigest()
    put = PutDocument("upload-1", 1, 1, len(FILE), sha256, "zhauap.txt", "text/plain", FILE)
    stored = DocumentStored(_receipt_for("3"), DOCUMENT, complete=True)
    return (
        Shown("To the Documents service; `size` and `sha256` are those of the whole file:", _asked(put, "3")),
        Shown("The answer to the last part:", _answered("PutDocument", stored, "3")),
    )


def _get() -> tuple[Shown, ...]:
    sha256 = hashlib.sha256(FILE).hexdigest()
    part = DocumentPart(DOCUMENT, 1, 1, len(FILE), sha256, "zhauap.txt", "text/plain", FILE)
    return (
        Shown("To the Documents service:", _asked(GetDocumentPart(DOCUMENT, 1), "4")),
        Shown("The answer:", _answered("GetDocumentPart", part, "4")),
    )


def _fault() -> Shown:
    troubles = (
        FoundTrouble(Trouble.TIMESTAMP_MISSING, line=1, path="Envelope/Header/Security"),
        FoundTrouble(
            Trouble.DIGEST_METHOD,
            "http://www.w3.org/2000/09/xmldsig#sha1",
            1,
            "Envelope/Header/Security/Signature/SignedInfo/Reference/DigestMethod",
        ),
    )
    fault = soap.build_fault(Code.SIGNATURE_PROFILE, detail="the Timestamp is not there", troubles=troubles)
    return Shown("With HTTP 500, signed like every answer, naming all that is wrong:", _signed(fault, _exchange()))


# --- building ---------------------------------------------------------------------------------------------------------


def _delivered() -> tuple[bytes, str]:
    """The envelope, and the digest of its operation."""
    payload = Deliver(ForwardDocuments("DL-2026-0000000042", "Құжат қосылды.", ()))
    header = Header(_id("d"), THREAD, None, ME, PARTY, Action.of(ForwardDocuments), NOW)
    operation = codec.build_request(Message(header, payload))
    return _signed(operation, _exchange()), hashlib.sha256(operation).hexdigest()


def _operation(payload: Request, digit: str) -> bytes:
    header = Header(_id(digit), None, None, PARTY, ME, Action.of(type(payload)), NOW)
    return codec.build_request(Message(header, payload))


def _asked(payload: Request, digit: str) -> bytes:
    return _signed(_operation(payload, digit), _party())


def _answered(operation: str, payload: Answer, digit: str) -> bytes:
    header = Header(_id("a"), None, _id(digit), ME, PARTY, Action.of(Answer), NOW)
    return _signed(codec.build_answer(operation, Message(header, payload)), _exchange())


def _answer_bytes(payload: DeliverAnswer) -> bytes:
    header = Header(_id("b"), THREAD, _id("d"), PARTY, ME, Action.of(Answer), NOW)
    return _signed(codec.build_answer("Deliver", Message(header, payload)), _party())


def _receipt_for(digit: str) -> Receipt:
    return Receipt(_id(digit), "0" * 64, NOW)


def _signed(content: bytes, key: SoftwareKey) -> bytes:
    return xmlsafe.canonical(xmlsafe.parse(sign_envelope(content, key, now=NOW)))


def _id(digit: str) -> MessageId:
    return MessageId(f"0b0b54c4-7c52-7a4e-9d8e-1f0c6f0a8c1{digit}")


def _text(words: str) -> LocalText:
    return LocalText(words, words, words)


def _party() -> SoftwareKey:
    return _key("party")


def _exchange() -> SoftwareKey:
    return _key("stranger")


def _key(name: str) -> SoftwareKey:
    """Of the published vectors: nobody may ever register them."""
    private_key = load_pem_private_key((KEYS / f"{name}-rsa-2048.key").read_bytes(), None)
    if not isinstance(private_key, rsa.RSAPrivateKey):
        raise TypeError(f"{name}-rsa-2048.key is no RSA key")
    return SoftwareKey(private_key, Certificate.from_pem((KEYS / f"{name}-rsa-2048.pem").read_bytes()))
