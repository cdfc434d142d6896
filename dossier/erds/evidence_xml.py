"""``evidence.xml``: the evidence of one message, in the spirit of EN 319 522-3 and with its names (``evidence.xsd``).

Derived from the record alone, so that anybody who has the record can derive it again and demand the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from contracts.party import PartyId
from dossier.erds.derive import ErdsEvent, evidence_of
from dossier.erds.record import MessageRecord, PartyFacts
from dossier.erds.record_xml import NAMESPACE, envelope_path
from signing.profile.markup import element, leaf

SCHEMA: Final = Path(__file__).parent.parent / "xsd" / "evidence.xsd"
VERSION: Final = "1"

_SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"


def build_evidence(record: MessageRecord) -> bytes:
    """Canonical bytes: every event of the message, in order. ``record``: as read from or written to ``record.xml``."""
    parties = {party.party_id: party for party in record.parties}
    written = (_evidence(number, one, record, parties) for number, one in enumerate(evidence_of(record), 1))
    return element("ev:ERDSEvidences", *written, namespace=f' xmlns:ev="{NAMESPACE}"').encode()


def evidence_id(record: MessageRecord, number: int) -> str:
    """EvidenceIdentifier: stands for the event however often the file is made, as long as nothing earlier comes up."""
    return f"urn:dalel:evidence:{record.exchange}:{record.sender}:{record.message_id}:{number}"


def _evidence(number: int, one: ErdsEvent, record: MessageRecord, parties: dict[PartyId, PartyFacts]) -> str:
    return element(
        "ev:ERDSEvidence",
        leaf("ev:EvidenceIdentifier", evidence_id(record, number)),
        leaf("ev:EvidenceVersion", VERSION),
        leaf("ev:ERDSEventId", one.kind.uri),
        _reasons(one),
        leaf("ev:EventTime", _instant(one.at)),
        _party("ev:EvidenceIssuerDetails", record.exchange, parties),
        _party("ev:SenderDetails", record.sender, parties),
        _party("ev:RecipientDetails", record.message.recipient if record.message else record.exchange, parties),
        leaf("ev:MessageIdentifier", record.message_id),
        leaf("ev:SubmissionTime", _instant(record.receipt.at) if record.receipt else None),
        _content(record),
        *_proofs(one, record),
    )


def _reasons(one: ErdsEvent) -> str:
    if one.reason is None:
        return ""
    given = element("ev:EventReason", leaf("ev:Code", one.reason.uri), leaf("ev:Details", one.detail))
    return element("ev:EventReasons", given)


def _party(name: str, party_id: PartyId, parties: dict[PartyId, PartyFacts]) -> str:
    known = parties.get(party_id)
    if known is None:
        return element(name, leaf("ev:Identifier", party_id))
    names = (leaf("ev:Name", known.name.kk), leaf("ev:Name", known.name.ru), leaf("ev:Name", known.name.en))
    return element(name, leaf("ev:Identifier", party_id), leaf("ev:BIN", known.bin), *names)


def _content(record: MessageRecord) -> str:
    """UserContentInfo: what was sent, by the digest that its receipt names."""
    digests = [record.message.digest] if record.message else [refusal.digest for refusal in record.refusals]
    written = (
        element("ev:PartInfo", leaf("ev:DigestMethod", _SHA256), leaf("ev:DigestValue", digest))
        for digest in dict.fromkeys(digests)
    )
    return element("ev:UserContentInfo", *written)


def _proofs(one: ErdsEvent, record: MessageRecord) -> Iterator[str]:
    for digest in one.proofs:
        file = None if digest in record.absent else envelope_path(digest)
        yield element("ev:ProvedBy", leaf("ev:File", file), leaf("ev:SHA256", digest))


def _instant(at: datetime) -> str:
    """xs:dateTime in UTC, to the microsecond, as it is recorded."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
