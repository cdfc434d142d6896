"""What an assembly is given: the case, its messages and documents, and the salts of its commitments."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from contracts.party import LocalText, Party
from dossier.case.record import CaseDocument, KeptMessage
from dossier.ledger.merkle import LedgerEvidence
from dossier.procedure.decision import CaseFile
from signing.keys.keypair import Certificate
from signing.trust.revocation import RevocationValues


@dataclass(frozen=True, slots=True)
class Salt:
    """The 32-byte salt of one commitment; ``subject`` is the message_id or document_id committed to."""

    subject: str
    salt: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class DossierInput:
    """Everything one dossier is made from; the same input and RSA key give the same bytes.

    ``parties``: all whose messages are in it, the exchange among them, with the certificates they signed by.
    ``rules_label``: by which version of the law the terms were computed, shown on the first page. ``certificates``:
    of the seal, with those that issued it, as far as known. ``revocation``: what authorities said of certificates.
    ``ledger``: seals over the events, and their place in them; None when they were not ready in time.
    """

    case: CaseFile
    appeal_number: str
    dossier_no: int
    court: Party
    parties: tuple[Party, ...]
    messages: tuple[KeptMessage, ...]
    documents: tuple[CaseDocument, ...]
    salts: tuple[Salt, ...]
    rules_label: LocalText | None
    assembled_at: datetime
    certificates: tuple[Certificate, ...] = ()
    revocation: RevocationValues = field(default_factory=RevocationValues)
    ledger: LedgerEvidence | None = None
