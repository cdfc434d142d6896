"""Messages of the sizes that X-Road sees: most small, a few large; the large ones as documents by parts.

Sizes are those of the operation or of the document; WS-Security adds 3.6 kB to each envelope, base64 a third to a part.
"""

from __future__ import annotations

import hashlib
import random
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from contracts import xmlsafe
from contracts.codec import build_request, parse_operation
from contracts.header import Action, DocumentId, Message, MessageId
from contracts.payloads import PART_BYTES, DocumentKind, DocumentRef, DocumentStored, PutDocument, RegisterAppeal
from contracts.soap import operation_of
from signing.profile.writing import sign_envelope
from tests.bench.cast import PLATFORM, Keys, make_keys
from tests.bench.figures import Named
from tests.bench.generator import Load, Send, generator
from tests.bench.groups.accepting import CALLERS, KINDS, AcceptingLoad, measured, register
from tests.bench.message import register_appeal
from tests.bench.messages import appeals
from tests.bench.processes import MB, BenchExchange, databases, serving

INLINE: Final = {2_000: 300, 10_000: 600, 100_000: 90}
AS_DOCUMENTS: Final = {2_000_000: 9, 10_000_000: 1}
"""How many of a thousand messages have so many bytes."""
WRAPPING_BYTES: Final = 3_555
"""Of an envelope, around its operation: Timestamp, certificate, signature."""
WARM: Final = 300


@dataclass(frozen=True, slots=True)
class RandomDocument:
    """What is uploaded: random bytes, as scans look once they are compressed."""

    content: bytes
    upload_id: str

    @property
    def parts(self) -> list[bytes]:
        return [self.content[at : at + PART_BYTES] for at in range(0, len(self.content), PART_BYTES)]


def mix(thousands: float = 1, kinds: tuple[str, ...] = KINDS) -> Named:
    """Messages per core, a document with the appeal that names it counted as one; and the bytes of both."""
    keys = make_keys()
    inline = {size: int(count * thousands) for size, count in INLINE.items()}
    documents = [
        RandomDocument(random.randbytes(size), str(uuid.uuid4()))
        for size, count in AS_DOCUMENTS.items()
        for _ in range(round(count * thousands))
    ]
    count = sum(inline.values()) + len(documents)
    total_mb = (sum(size * many for size, many in inline.items()) + sum(len(one.content) for one in documents)) / MB
    with generator() as send, databases(kinds) as started:
        for database in started:
            with serving(database, keys) as exchange:
                register(exchange, send, keys, WARM)
                uploaded = _upload(exchange, send, keys, documents)
                sent = _send_all(exchange, send, keys, inline, _refs(documents, uploaded.answered.answers))
                spent_s = uploaded.spent.gateway_s + sent.spent.gateway_s
                yield f"mix_{database.kind}", (count / spent_s, "1/s")
                yield f"mix_{database.kind}_bytes", (total_mb / spent_s, "MB/s")


def _upload(exchange: BenchExchange, send: Send, keys: Keys, documents: list[RandomDocument]) -> AcceptingLoad:
    """All parts of all documents; the parts of one may overtake each other, as in earnest."""
    parts = [part for document in documents for part in _parts(document, keys)]
    return measured(exchange, send, Load(exchange.paths("documents"), parts, callers=4, keep=True))


def _send_all(
    exchange: BenchExchange, send: Send, keys: Keys, inline: dict[int, int], refs: list[DocumentRef]
) -> AcceptingLoad:
    """Small, large and naming messages in a random order, the same in every run."""
    messages = [
        envelope
        for size, count in inline.items()
        for envelope in appeals(keys, count, wire_bytes=size + WRAPPING_BYTES)
    ]
    messages += [_naming(ref, keys) for ref in refs]
    random.Random(0).shuffle(messages)
    return measured(exchange, send, Load(exchange.paths("appeals"), messages, CALLERS))


def _parts(document: RandomDocument, keys: Keys) -> list[bytes]:
    parts, sha256 = document.parts, hashlib.sha256(document.content).hexdigest()
    whole = PutDocument(
        upload_id=document.upload_id,
        part=1,
        parts=len(parts),
        size=len(document.content),
        sha256=sha256,
        file_name="scan.pdf",
        media_type="application/pdf",
        content=b"",
    )
    numbered = enumerate(parts, start=1)
    return [_signed(Action.PUT_DOCUMENT, replace(whole, part=number, content=part), keys) for number, part in numbered]


def _refs(documents: list[RandomDocument], answers: tuple[bytes, ...]) -> list[DocumentRef]:
    """As the answers to the last-stored parts name them."""
    ids: list[DocumentId] = []
    for answer in answers:
        stored = parse_operation(xmlsafe.canonical(operation_of(xmlsafe.parse(answer)))).payload
        if not isinstance(stored, DocumentStored):
            raise TypeError(f"the answer to a part is a {type(stored).__name__}")
        if stored.document_id not in ids:
            ids.append(stored.document_id)
    return [
        DocumentRef(
            document_id, DocumentKind.ATTACHMENT, "Скан", "scan.pdf", "application/pdf",
            len(document.content), hashlib.sha256(document.content).hexdigest(),
        )
        for document, document_id in zip(documents, ids, strict=True)
    ]  # fmt: skip


def _naming(ref: DocumentRef, keys: Keys) -> bytes:
    appeal = register_appeal(datetime.now(UTC)).payload
    if not isinstance(appeal, RegisterAppeal):
        raise TypeError(type(appeal))
    return _signed(Action.REGISTER_APPEAL, replace(appeal, documents=(ref,)), keys)


def _signed(action: Action, payload: PutDocument | RegisterAppeal, keys: Keys) -> bytes:
    now = datetime.now(UTC)
    header = replace(register_appeal(now).header, message_id=MessageId(str(uuid.uuid4())), action=action)
    return sign_envelope(build_request(Message(header, payload)), keys[PLATFORM], now=now)
