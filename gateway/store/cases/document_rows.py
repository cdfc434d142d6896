"""Rows of documents and of uploads on their way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select, tuple_, update

from contracts.header import DocumentId
from contracts.party import PartyId
from gateway.ports.documents import FindDocuments, FindGranted, StoredDocument, UploadProblem, UploadQuota
from gateway.store.engine.errors import WriteFailed
from gateway.store.engine.operations import serves
from gateway.store.engine.statements import AnyRow, AnySelect, Values, add_missing, select_among
from gateway.store.ledger.leaves import add_missing_proven, add_proven
from gateway.store.tables import document_grants, documents, lost_blobs, upload_parts, uploads
from gateway.store.tables.document import IS_UNFINISHED

UploadKey = tuple[PartyId, str]


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a part says about its whole. ``document`` carries the id that counts if this is the first part."""

    upload_id: str
    parts: int
    document: StoredDocument
    at: datetime

    @property
    def key(self) -> UploadKey:
        """Uploads are named by their owners."""
        return self.document.owner, self.upload_id


@dataclass(frozen=True, slots=True)
class PartJob:
    """One part, staged on disk."""

    announced: Announcement
    part: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class AddJob:
    """A document that came whole."""

    document: StoredDocument
    at: datetime


@dataclass(frozen=True, slots=True)
class ExpiryJob:
    """Uploads found to have been begun ``before``, and unfinished."""

    keys: Sequence[UploadKey]
    before: datetime


@dataclass(frozen=True, slots=True)
class StagedPart:
    """A part that is in."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload as it stands. ``parts``: those that are in, by their numbers; empty once complete."""

    document_id: DocumentId
    complete: bool
    parts: dict[int, StagedPart]

    @property
    def received_bytes(self) -> int:
        """Of all parts that are in."""
        return sum(part.size for part in self.parts.values())


Standing = Upload | UploadProblem | None
"""None: this would be the first part. A problem: it says otherwise than the first part said."""


def find_upload(connection: Connection, announced: Announcement) -> Standing:
    """Where the upload stands for a part that says this."""
    return _standings(connection, [announced], lock=False)[0]


def record_parts(connection: Connection, jobs: Sequence[PartJob]) -> list[Upload | UploadProblem]:
    """Count staged parts in; the first one opens the upload.

    The upload's row is locked, so that of two last parts on two nodes one sees the other.
    """
    announced = [job.announced for job in jobs]
    add_missing(connection, uploads, [_upload_row(one) for one in announced])
    agreed = _standings(connection, announced, lock=True)
    fitting = [job for job, standing in zip(jobs, agreed, strict=True) if _takes_parts(standing)]
    add_missing(connection, upload_parts, [_part_row(job) for job in fitting])
    return [
        _judged(job, standing) for job, standing in zip(jobs, _standings(connection, announced, lock=True), strict=True)
    ]


def complete(connection: Connection, jobs: Sequence[Announcement]) -> list[DocumentId | UploadProblem]:
    """The whole is on disk and is what was announced: it is a document now. Harmless when repeated."""
    add_missing(connection, uploads, [_upload_row(one) for one in jobs])
    standings = [_known(standing) for standing in _standings(connection, jobs, lock=True)]
    whole = {
        job.key: (job, standing.document_id)
        for job, standing in zip(jobs, standings, strict=True)
        if isinstance(standing, Upload)
    }
    if whole:
        connection.execute(delete(upload_parts).where(_among(upload_parts, whole)))
        connection.execute(update(uploads).where(_among(uploads, whole)).values(complete=True))
        rows = [_document_row(replace(job.document, document_id=minted), job.at) for job, minted in whole.values()]
        add_missing_proven(connection, documents, rows)
    return [standing.document_id if isinstance(standing, Upload) else standing for standing in standings]


def discard(connection: Connection, jobs: Sequence[UploadKey]) -> list[None]:
    """Forget uploads whose whole is not what was announced; the same names may be used anew."""
    unfinished = select(uploads.c.owner, uploads.c.upload_id).where(~uploads.c.complete)
    keys = {(row.owner, row.upload_id) for row in select_among(connection, unfinished, _UPLOAD_KEY, jobs)}
    if keys:
        connection.execute(delete(upload_parts).where(_among(upload_parts, keys)))
        connection.execute(delete(uploads).where(_among(uploads, keys)))
    return [None] * len(jobs)


def is_over(connection: Connection, announced: Announcement, quota: UploadQuota) -> bool:
    """Whether one more upload is more than its owner may have unfinished. A look before anything is staged.

    Parts that come at the same time see the same state, so the quota may be passed by what one party has in hand.
    """
    of_owner = (uploads.c.owner == announced.document.owner, IS_UNFINISHED)
    counted = select(func.count(), func.coalesce(func.sum(uploads.c.size), 0)).where(*of_owner)
    count, size = connection.execute(counted).one()
    return bool(count + 1 > quota.uploads or size + announced.document.size > quota.size_bytes)


def expired_uploads(connection: Connection, before: datetime, limit: int) -> tuple[UploadKey, ...]:
    """Uploads begun before and not finished, the oldest first."""
    expired = select(*_UPLOAD_KEY).where(IS_UNFINISHED, uploads.c.started_at < before)
    return tuple(
        (row.owner, row.upload_id) for row in connection.execute(expired.order_by(uploads.c.started_at).limit(limit))
    )


def discard_expired(connection: Connection, jobs: Sequence[ExpiryJob]) -> list[tuple[UploadKey, ...]]:
    """Forget those that are still unfinished; returns which. What was begun anew meanwhile stays."""
    found = []
    for job in jobs:
        expired = select(*_UPLOAD_KEY).where(IS_UNFINISHED, uploads.c.started_at < job.before).with_for_update()
        keys = tuple((row.owner, row.upload_id) for row in select_among(connection, expired, _UPLOAD_KEY, job.keys))
        if keys:
            connection.execute(delete(upload_parts).where(_among(upload_parts, keys)))
            connection.execute(delete(uploads).where(_among(uploads, keys)))
        found.append(keys)
    return found


def lost_bytes(connection: Connection, limit: int) -> dict[str, bool]:
    """Digests of bytes that are to go; whether a document has them after all, since they came anew."""
    found = connection.scalars(select(lost_blobs.c.sha256).order_by(lost_blobs.c.lost_at).limit(limit)).all()
    living = needed(connection, found)
    return {sha256: sha256 in living for sha256 in found}


def needed(connection: Connection, digests: Iterable[str]) -> frozenset[str]:
    """Which of these bytes some document has."""
    living = select(documents.c.sha256).where(documents.c.file_name != "")
    return frozenset(row.sha256 for row in select_among(connection, living, [documents.c.sha256], digests))


def settle_lost(connection: Connection, jobs: Sequence[Sequence[str]]) -> list[None]:
    """They are gone, or stay."""
    for digests in jobs:
        connection.execute(delete(lost_blobs).where(lost_blobs.c.sha256.in_(digests)))
    return [None] * len(jobs)


def add_documents(connection: Connection, jobs: Sequence[AddJob]) -> list[None]:
    """Documents that came whole."""
    add_proven(connection, documents, [_document_row(job.document, job.at) for job in jobs])
    return [None] * len(jobs)


def has_any(connection: Connection) -> bool:
    """Whether there is a complete document."""
    return connection.execute(select(documents.c.document_id).limit(1)).first() is not None


@serves(FindDocuments)
def find_documents(connection: Connection, wanted: FindDocuments) -> dict[DocumentId, StoredDocument]:
    """By id."""
    columns = [documents.c[field.name] for field in fields(StoredDocument)]
    statement: AnySelect = select(*columns).where(documents.c.file_name != "")
    found = (
        StoredDocument(*row)
        for row in select_among(connection, statement, [documents.c.document_id], wanted.document_ids)
    )
    return {document.document_id: document for document in found}


@serves(FindGranted)
def granted(connection: Connection, wanted: FindGranted) -> frozenset[DocumentId]:
    """From the indexes of owners and of grants."""
    own = select(documents.c.document_id).where(documents.c.owner == wanted.party)
    given = select(document_grants.c.document_id).where(document_grants.c.party_id == wanted.party)
    return frozenset(
        row.document_id
        for statement, column in ((own, documents.c.document_id), (given, document_grants.c.document_id))
        for row in select_among(connection, statement, [column], wanted.document_ids)
    )


_UPLOAD_KEY: Final = (uploads.c.owner, uploads.c.upload_id)


def _standings(connection: Connection, announced: Sequence[Announcement], *, lock: bool) -> list[Standing]:
    keys = {one.key for one in announced}
    statement: AnySelect = select(uploads)
    rows = select_among(connection, statement.with_for_update() if lock else statement, _UPLOAD_KEY, keys)
    found = {(row.owner, row.upload_id): row for row in rows}
    parts: dict[UploadKey, dict[int, StagedPart]] = defaultdict(dict)
    part_key = (upload_parts.c.owner, upload_parts.c.upload_id)
    for row in select_among(connection, select(upload_parts), part_key, keys):
        parts[row.owner, row.upload_id][row.part] = StagedPart(row.sha256, row.size)
    return [_standing(one, found.get(one.key), parts[one.key]) for one in announced]


def _standing(announced: Announcement, row: AnyRow | None, parts: dict[int, StagedPart]) -> Standing:
    if row is None:
        return None
    upload = _upload_row(announced)
    if any(getattr(row, name) != upload[name] for name in ("parts", "size", "sha256", "file_name", "media_type")):
        return UploadProblem.CONTRADICTS
    return Upload(row.document_id, row.complete, parts)


def _takes_parts(standing: Standing) -> bool:
    return isinstance(standing, Upload) and not standing.complete


def _judged(job: PartJob, standing: Standing) -> Upload | UploadProblem:
    """A part that was in already with other bytes contradicts too."""
    known = _known(standing)
    if isinstance(known, Upload) and not known.complete and known.parts[job.part].sha256 != job.sha256:
        return UploadProblem.CONTRADICTS
    return known


def _known(standing: Standing) -> Upload | UploadProblem:
    if standing is None:
        raise WriteFailed("the minted document id is taken")
    return standing


def _among(table: Table, keys: Iterable[UploadKey]) -> ColumnElement[bool]:
    return tuple_(table.c.owner, table.c.upload_id).in_(sorted(keys))


def _upload_row(announced: Announcement) -> Values:
    document = announced.document
    return {
        "owner": document.owner,
        "upload_id": announced.upload_id,
        "document_id": document.document_id,
        "parts": announced.parts,
        "size": document.size,
        "sha256": document.sha256,
        "file_name": document.file_name,
        "media_type": document.media_type,
        "complete": False,
        "started_at": announced.at,
    }


def _part_row(job: PartJob) -> Values:
    owner, upload_id = job.announced.key
    return {"owner": owner, "upload_id": upload_id, "part": job.part, "size": job.size, "sha256": job.sha256}


def _document_row(document: StoredDocument, at: datetime) -> Values:
    return {field.name: getattr(document, field.name) for field in fields(StoredDocument)} | {"created_at": at}
