"""What people did and what was read, as the console looks for it: lines of two logs with their places in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.ports.operations import Read, Write


@dataclass(frozen=True, slots=True)
class RecordLeaf:
    """A record's leaf. ``position``: in the tree; None while it waits for the next seal."""

    position: int | None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What somebody did, whether it worked or not. ``leaf``: None where the ledger knows nothing of the line."""

    audit_id: int
    at: datetime
    by: str
    act: str
    subject: str
    reason: str
    result: str
    leaf: RecordLeaf | None


@dataclass(frozen=True, slots=True)
class RecordAccess(Write[None]):
    """Somebody read something; ``about``: number of the appeal that it is about."""

    reader: str
    what: str
    subject: str
    at: datetime
    about: str | None = None


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """What somebody read. ``reader``: ``user:7``, or a party. ``about``: the appeal, where that is known."""

    access_id: int
    at: datetime
    reader: str
    what: str
    subject: str
    about: str | None
    leaf: RecordLeaf | None


@dataclass(frozen=True, slots=True)
class AuditQuery(Read[tuple[AuditEntry, ...]]):
    """Which acts are looked for; what is empty or None narrows nothing. ``by``: any of these names.

    ``since``: that instant included, ``until``: not included. ``after``: the audit_id at which the page before ended.

    A page, newest first but for ``oldest_first``; from an index, however long the log is.
    """

    by: tuple[str, ...] = ()
    act: str = ""
    subject: str = ""
    refused: bool = False
    since: datetime | None = None
    until: datetime | None = None
    after: int | None = None
    limit: int = 50
    oldest_first: bool = False


@dataclass(frozen=True, slots=True)
class AccessQuery(Read[tuple[AccessEntry, ...]]):
    """Which looks are looked for. ``about``: at any of these appeals, or with such a subject.

    ``ours``: people and programs of the house only, no parties. ``after``: the access_id at which the last page ended.

    A page, newest first but for ``oldest_first``. Fetches of mailboxes are not among them.
    """

    reader: str = ""
    what: str = ""
    about: tuple[str, ...] = ()
    ours: bool = True
    since: datetime | None = None
    until: datetime | None = None
    after: int | None = None
    limit: int = 50
    oldest_first: bool = False
