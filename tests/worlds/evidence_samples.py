"""One message of each direction with its record, by the keys of the dossier builder."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from contracts.party import Channel, PartyId
from dossier.case.record import KeptMessage
from dossier.erds.pack import Traced, files_of, pack
from dossier.erds.record import (
    FORM,
    AttemptFacts,
    AttemptOutcome,
    DeliveryFacts,
    Ending,
    MessageFacts,
    MessageRecord,
    PartyFacts,
    ReceiptFacts,
)
from dossier.packaging import layout
from dossier.packaging.container import ContainerWriter
from dossier.packaging.manifest import CONTAINER_TYPE, build_manifest, media_type_of
from signing.keys.keypair import SigningKey
from signing.xades.container import SignedFile, build_signature
from tests.worlds.dossiers import (  # fmt: skip
    AKIMAT,
    APPEAL,
    ASSEMBLED_AT,
    CONVERSATION,
    EXCHANGE,
    PLATFORM,
    START,
    DossierStory,
    message_key,
    party,
    seal_key,
    story,
)

MINUTE = timedelta(minutes=1)


def submitted() -> Traced:
    """The platform's appeal, accepted."""
    kept = DossierStory().incoming(901, PLATFORM, APPEAL, START)
    record = _record(kept, receipt=ReceiptFacts(kept.at, _sha256(kept.receipt)))
    return _traced(record, kept)


def relayed() -> Traced:
    """Ours to the akimat: silence first, then its signed receipt."""
    kept = next(one for one in story().messages if one.outgoing and one.recipient == AKIMAT and one.receipt)
    tried, taken = (
        _attempt(1, kept, AttemptOutcome.UNKNOWN, None),
        _attempt(2, kept, AttemptOutcome.ACKNOWLEDGED, kept.receipt),
    )
    delivery = DeliveryFacts(
        AKIMAT, Channel.PUSH, Ending.ACKNOWLEDGED, kept.at, taken.finished_at, _sha256(kept.receipt)
    )
    return _traced(_record(kept, delivery=delivery, attempts=(tried, taken)), kept)


def _record(kept: KeptMessage, **changes: object) -> MessageRecord:
    envelope = None if kept.outgoing else _sha256(kept.envelope)
    message = MessageFacts(
        kept.recipient, CONVERSATION, None, kept.action, kept.outgoing, kept.at, kept.digest, envelope
    )
    other = kept.recipient if kept.outgoing else kept.sender
    whole = MessageRecord(
        form=FORM, exchange=EXCHANGE, sender=kept.sender, message_id=kept.message_id, message=message, receipt=None,
        refusals=(), delivery=None, attempts=(), left_out=0, signals=(), absent=(),
        parties=tuple(map(_party, (other, EXCHANGE))), made_at=ASSEMBLED_AT,
    )  # fmt: skip
    return replace(whole, **changes)


def _attempt(number: int, kept: KeptMessage, outcome: AttemptOutcome, response: bytes | None) -> AttemptFacts:
    at = kept.at + number * MINUTE
    detail = "TimeoutError" if outcome is AttemptOutcome.UNKNOWN else None
    return AttemptFacts(
        number, at, at + MINUTE / 2, outcome, None, detail, None, _sha256(kept.envelope), _sha256(response)
    )


def _party(party_id: PartyId) -> PartyFacts:
    known = party(party_id)
    digests = tuple(hashlib.sha256(der).hexdigest() for der in known.certificates)
    return PartyFacts(known.party_id, known.role, known.bin, known.name, digests)


def _traced(record: MessageRecord, kept: KeptMessage) -> Traced:
    envelopes = {_sha256(one): one for one in (kept.envelope, kept.receipt) if one}
    certificates = (message_key(one.party_id).certificate for one in record.parties)
    return Traced(record, envelopes, tuple(certificates))


def _sha256(data: bytes | None) -> str | None:
    return hashlib.sha256(data).hexdigest() if data else None


# --- files ----------------------------------------------------------------------------------------------------------


def written(traced: Traced, folder: Path) -> Path:
    path = folder / "evidence.asice"
    with path.open("w+b") as stream:
        pack(stream, traced, seal_key())
    return path


def resealed(files: Mapping[str, bytes], folder: Path, key: SigningKey | None = None) -> Path:
    """What somebody who holds the seal key could make of other contents."""
    stream = io.BytesIO()
    writer = ContainerWriter(stream)
    writer.add(layout.MIMETYPE, CONTAINER_TYPE.encode())
    signed = [SignedFile(name, media_type_of(name), writer.add(name, data)) for name, data in files.items()]
    writer.add(layout.MANIFEST, build_manifest(files))
    writer.add(layout.SIGNATURE, build_signature(signed, key or seal_key(), signed_at=ASSEMBLED_AT))
    writer.close()
    path = folder / "resealed.asice"
    path.write_bytes(stream.getvalue())
    return path


def contents(traced: Traced) -> dict[str, bytes]:
    return dict(files_of(traced))
