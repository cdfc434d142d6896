"""Step 13: whether every envelope in a file of evidence is signed by whom the record says, and says what it says.

Judged as at the time of each envelope's own Timestamp, by the certificates that lie in the file under the names of
the parties: that these are theirs is what the seal over the file states. What a party answered without a signature
that counts is kept as it came and proves nothing; it is not looked into.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts import xmlsafe
from contracts.errors import ContractError
from contracts.header import MessageId
from contracts.party import PartyId
from contracts.receipt import ErrorSignal, Receipt
from contracts.soap import parse_fault
from dossier.check.messages import MESSAGE_LIMIT_BYTES, UnprovenMessage, parse_kept, proven_content, signals_in
from dossier.check.report import InspectionFinding
from dossier.check.report import SubIndication as Sub
from dossier.check.wording import failed
from dossier.erds.record import AttemptFacts, AttemptOutcome, MessageFacts, MessageRecord, RefusalFacts, Signalled
from dossier.erds.record_xml import envelope_path
from dossier.packaging import layout
from dossier.packaging.container import Container, ContainerError
from signing.errors import KeyUnusable
from signing.keys.keypair import Certificate
from signing.profile.verification import PinnedCertificates

_CERTIFICATE_LIMIT_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class _Claim:
    """What the record says of one envelope: who signed it, and a check of the content that raises ``Unproven``."""

    envelope: str
    signer: PartyId
    holds: Callable[[bytes], None]


def check_envelopes(container: Container, record: MessageRecord) -> tuple[tuple[InspectionFinding, ...], int]:
    """All that does not hold, and how many signed envelopes were looked into."""
    claims = list(_claims(record))
    try:
        pinned = _pinned(container, record)
    except (KeyUnusable, ContainerError) as error:
        return (failed(layout.CERTIFICATES, Sub.FORMAT_FAILURE, "unreadable", detail=error),), 0
    findings = (
        _finding(container, claim, pinned) for claim in claims if container.holds(envelope_path(claim.envelope))
    )
    return tuple(filter(None, findings)), len(claims)


def _finding(container: Container, claim: _Claim, pinned: PinnedCertificates) -> InspectionFinding | None:
    name = envelope_path(claim.envelope)
    try:
        envelope = container.read(name, limit_bytes=MESSAGE_LIMIT_BYTES)
        claim.holds(proven_content(envelope, claim.signer, pinned))
    except ContainerError as error:
        return failed(name, Sub.FORMAT_FAILURE, "unreadable", detail=error)
    except UnprovenMessage as unproven:
        return InspectionFinding(name, unproven.verdict, unproven.sub_indication, unproven.text)
    return None


def _pinned(container: Container, record: MessageRecord) -> PinnedCertificates:
    """Raises KeyUnusable when a file is no certificate, or not the one that its name says."""
    return PinnedCertificates(
        (party.party_id, _certificate(container, digest))
        for party in record.parties
        for digest in party.certificates
        if container.holds(layout.certificate_path(digest))
    )


def _certificate(container: Container, digest: str) -> Certificate:
    name = layout.certificate_path(digest)
    certificate = Certificate.from_pem(container.read(name, limit_bytes=_CERTIFICATE_LIMIT_BYTES))
    if certificate.sha256 != digest:
        raise KeyUnusable(f"{name} is another certificate than its name says")
    return certificate


# --- what the record says ---


def _claims(record: MessageRecord) -> Iterator[_Claim]:
    message = record.message
    if message is not None:
        yield from _message_claims(record, message)
        for attempt in record.attempts:
            yield from _attempt_claims(record, message, attempt)
        for signal in record.signals:
            if signal.envelope:
                check = _says(record.message_id, message.digest, signal.said, signal.code)
                yield _Claim(signal.envelope, message.recipient, check)
    for refusal in record.refusals:
        if refusal.fault:
            yield _Claim(refusal.fault, record.exchange, _refuses(record.message_id, refusal))


def _message_claims(record: MessageRecord, message: MessageFacts) -> Iterator[_Claim]:
    if message.envelope:
        yield _Claim(message.envelope, record.sender, _is_message(record, message))
    if record.receipt and record.receipt.envelope:
        check = _says(record.message_id, message.digest, Signalled.RECEIPT, None, at=record.receipt.at)
        yield _Claim(record.receipt.envelope, record.exchange, check)


def _attempt_claims(record: MessageRecord, message: MessageFacts, attempt: AttemptFacts) -> Iterator[_Claim]:
    if attempt.request:
        yield _Claim(attempt.request, record.sender, _is_message(record, message))
    claimed = _SIGNAL_OF.get(attempt.outcome)
    if attempt.response and claimed:
        check = _says(record.message_id, message.digest, claimed, attempt.code)
        yield _Claim(attempt.response, message.recipient, check)


_SIGNAL_OF: Final = {AttemptOutcome.ACKNOWLEDGED: Signalled.RECEIPT, AttemptOutcome.REJECTED: Signalled.ERROR}


def _is_message(record: MessageRecord, message: MessageFacts) -> Callable[[bytes], None]:
    def holds(content: bytes) -> None:
        if hashlib.sha256(content).hexdigest() != message.digest:
            raise UnprovenMessage(Sub.HASH_FAILURE, "message_digest")
        header = parse_kept(content).header
        stated = (record.message_id, message.action, record.sender, message.recipient)
        if (header.message_id, header.action, header.sender, header.recipient) != stated:
            raise UnprovenMessage(Sub.FORMAT_FAILURE, "message_header")

    return holds


def _says(
    message_id: MessageId, digest: str, claimed: Signalled, code: str | None, *, at: datetime | None = None
) -> Callable[[bytes], None]:
    """``at``: of our own receipt, whose time is the event's."""

    def holds(content: bytes) -> None:
        for signal in signals_in(parse_kept(content).payload):
            named = (signal.message_id, signal.digest) == (message_id, digest)
            if named and _is(signal, claimed, code) and (at is None or _time_of(signal) == at):
                return
        raise UnprovenMessage(Sub.FORMAT_FAILURE, "receipt_other")

    return holds


def _is(signal: Receipt | ErrorSignal, claimed: Signalled, code: str | None) -> bool:
    if isinstance(signal, Receipt):
        return claimed is Signalled.RECEIPT
    return claimed is Signalled.ERROR and signal.code.value == code


def _time_of(signal: Receipt | ErrorSignal) -> datetime:
    return signal.accepted_at if isinstance(signal, Receipt) else signal.refused_at


def _refuses(message_id: MessageId, refusal: RefusalFacts) -> Callable[[bytes], None]:
    def holds(content: bytes) -> None:
        try:
            fault = parse_fault(xmlsafe.parse(content, limit_bytes=MESSAGE_LIMIT_BYTES))
        except ContractError as error:
            raise UnprovenMessage(Sub.FORMAT_FAILURE, "unreadable", detail=error.detail) from error
        if fault is None or fault.code is None or (fault.code.value, fault.message_id) != (refusal.code, message_id):
            raise UnprovenMessage(Sub.FORMAT_FAILURE, "fault_other")

    return holds
