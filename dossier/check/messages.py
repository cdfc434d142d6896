"""Whether every message kept in a dossier is what its sender signed, and every receipt is about its message.

Verified as at the time of each envelope's own Timestamp, by the certificates that ``dossier.xml`` shows for the
parties: that these are theirs is what the seal over the dossier states.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from lxml import etree

from contracts import codec, xmlsafe
from contracts.codes import Code
from contracts.errors import ContractError
from contracts.header import Message
from contracts.party import PartyId
from contracts.payloads import (
    Accepted,
    Acknowledge,
    Answer,
    AppealAccepted,
    DeliverAnswer,
    DisagreementAccepted,
    DocumentStored,
    Request,
)
from contracts.receipt import ErrorSignal, Receipt
from contracts.soap import WSU
from dossier.check import wording
from dossier.check.report import InspectionFinding, StepVerdict, SubIndication
from dossier.packaging.container import Container, ContainerError
from dossier.packaging.description import DossierDescription, MessageEntry, MessageFile, MessageForm
from signing.errors import KeyUnusable, SignatureRefused
from signing.keys.keypair import Certificate
from signing.profile.verification import PinnedCertificates, ReadEnvelope, verify_envelope
from signing.trust.proof import TrustInputs, known_revocations

MESSAGE_LIMIT_BYTES: Final = 8 * 1024 * 1024
NONE_REVOKED: Final[Mapping[str, datetime]] = MappingProxyType({})


class UnprovenMessage(Exception):
    """One kept message does not prove what it must."""

    def __init__(self, sub: SubIndication, key: str, *, undecided: bool = False, **values: object) -> None:
        super().__init__(key)
        self.verdict = StepVerdict.INDETERMINATE if undecided else StepVerdict.FAILED
        self.sub_indication = sub
        self.text = wording.finding_text(key, **values)


@dataclass(frozen=True, slots=True)
class Signers:
    """Whose certificate is whose, and since when some count no more, by their digest (hex)."""

    pinned: PinnedCertificates
    revoked: Mapping[str, datetime]


def check_messages(
    container: Container, description: DossierDescription, trust_inputs: TrustInputs
) -> tuple[tuple[InspectionFinding, ...], int]:
    """All that does not hold, and how many signed envelopes were looked at."""
    try:
        signers = _signers(description, trust_inputs)
    except KeyUnusable as error:
        text = wording.finding_text("unreadable", detail=error)
        return (InspectionFinding("dossier.xml", StepVerdict.FAILED, SubIndication.FORMAT_FAILURE, text),), 0
    findings = tuple(finding for entry in description.messages for finding in _check_entry(container, entry, signers))
    files = (file for entry in description.messages for file in (entry.message, entry.receipt) if file)
    return findings, sum(1 for file in files if file.form is MessageForm.ENVELOPE)


def _signers(description: DossierDescription, trust_inputs: TrustInputs) -> Signers:
    owned = [(party.party_id, Certificate.from_der(der)) for party in description.parties for der in party.certificates]
    return Signers(
        PinnedCertificates(owned), known_revocations([certificate for _, certificate in owned], trust_inputs)
    )


def _check_entry(container: Container, entry: MessageEntry, signers: Signers) -> Iterator[InspectionFinding]:
    for file, check in ((entry.message, _check_message), (entry.receipt, _check_receipt)):
        if file is None or not container.holds(file.file):
            continue  # the agreement says what is missing
        signer = entry.sender if check is _check_message else entry.recipient
        try:
            check(entry, _read(container, file, signer, signers))
        except UnprovenMessage as unproven:
            yield InspectionFinding(file.file, unproven.verdict, unproven.sub_indication, unproven.text)


def _check_message(entry: MessageEntry, content: bytes) -> None:
    if hashlib.sha256(content).hexdigest() != entry.digest:
        raise UnprovenMessage(SubIndication.HASH_FAILURE, "message_digest")
    header = parse_kept(content).header
    stated = (entry.message_id, entry.action, entry.sender, entry.recipient)
    if (header.message_id, header.action, header.sender, header.recipient) != stated:
        raise UnprovenMessage(SubIndication.FORMAT_FAILURE, "message_header")


def _check_receipt(entry: MessageEntry, content: bytes) -> None:
    for signal in signals_in(parse_kept(content).payload):
        if (signal.message_id, signal.digest) == (entry.message_id, entry.digest):
            return
    raise UnprovenMessage(SubIndication.FORMAT_FAILURE, "receipt_other")


def signals_in(payload: Request | Answer) -> tuple[Receipt | ErrorSignal, ...]:
    """Every receipt and error signal that a message carries."""
    match payload:
        case Accepted() | AppealAccepted() | DisagreementAccepted() | DocumentStored():
            return (payload.receipt,)
        case DeliverAnswer(signal):
            return (signal,)
        case Acknowledge(signals):
            return signals
        case _:
            return ()


# --- one file -------------------------------------------------------------------------------------------------------


def _read(container: Container, file: MessageFile, signer: PartyId, signers: Signers) -> bytes:
    """The operation in canonical form: as its signer signed it, or as it lies there alone."""
    try:
        data = container.read(file.file, limit_bytes=MESSAGE_LIMIT_BYTES)
        if file.form is MessageForm.OPERATION:
            return xmlsafe.canonical(xmlsafe.parse(data, limit_bytes=MESSAGE_LIMIT_BYTES))
    except (ContainerError, ContractError) as error:
        raise UnprovenMessage(SubIndication.FORMAT_FAILURE, "unreadable", detail=error) from error
    return proven_content(data, signer, signers.pinned, signers.revoked)


def proven_content(
    envelope: bytes, signer: PartyId, pinned: PinnedCertificates, revoked: Mapping[str, datetime] = NONE_REVOKED
) -> bytes:
    """What ``signer`` signed in this envelope, canonical, judged as at its own Timestamp. Raises ``Unproven``."""
    try:
        read = ReadEnvelope.of(envelope, limit_bytes=MESSAGE_LIMIT_BYTES)
        verified = verify_envelope(read, pinned, now=_created(read.root))
    except SignatureRefused as error:
        raise _refused(error) from error
    except ContractError as error:
        raise UnprovenMessage(SubIndication.FORMAT_FAILURE, "unreadable", detail=error) from error
    if verified.owner != signer:
        raise UnprovenMessage(
            SubIndication.FORMAT_FAILURE, "message_wrong_signer", owner=verified.owner, expected=signer
        )
    since = revoked.get(verified.certificate.sha256)
    if since is not None and since <= verified.created_at:
        details = {"owner": verified.owner, "revoked": since, "at": verified.created_at}
        raise UnprovenMessage(SubIndication.REVOKED_NO_POE, "message_revoked", undecided=True, **details)
    return verified.content


def _refused(error: SignatureRefused) -> UnprovenMessage:
    if error.code is Code.UNKNOWN_SIGNER:  # the party may have changed its certificate since
        return UnprovenMessage(SubIndication.NO_SIGNING_CERTIFICATE_FOUND, "message_unknown_signer", undecided=True)
    sub = SubIndication.HASH_FAILURE if error.code is Code.BODY_TAMPERED else SubIndication.SIG_CRYPTO_FAILURE
    return UnprovenMessage(sub, "message_signature", detail=error.detail)


def _created(root: etree._Element) -> datetime:
    """When the envelope says it was made: only the moment to judge for, the Timestamp itself is verified after."""
    written = root.findtext(f".//{{{WSU}}}Timestamp/{{{WSU}}}Created", "").strip()
    try:
        created = datetime.fromisoformat(written)
    except ValueError as error:
        raise UnprovenMessage(SubIndication.FORMAT_FAILURE, "unreadable", detail="no Timestamp") from error
    if created.tzinfo is None:
        raise UnprovenMessage(SubIndication.FORMAT_FAILURE, "unreadable", detail="a Timestamp without offset")
    return created


def parse_kept(content: bytes) -> Message:
    """The message in proven content. Raises ``Unproven``."""
    try:
        return codec.parse_operation(content)
    except ContractError as error:
        raise UnprovenMessage(SubIndication.FORMAT_FAILURE, "unreadable", detail=error.detail) from error
