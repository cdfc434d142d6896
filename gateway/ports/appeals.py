"""Appeals and terms as the console lists and finds them, and what the loop that lists them reads and writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from contracts.header import ConversationId
from contracts.party import PartyId
from dossier.case.appeal import Status
from gateway.domain.reports.figures import CountedAs
from gateway.ports.operations import Read, Write


@dataclass(frozen=True, slots=True)
class AppealRow:
    """One line of a list. ``status`` and what follows it: None or empty until the appeal has been listed.

    ``missed``: how many terms were let pass. ``next_due_at``: when the first of its open terms is due.
    """

    appeal_number: str
    conversation_id: ConversationId
    opened_at: datetime
    erased_at: datetime | None
    status: Status | None
    subject: str
    body: PartyId | None
    case_number: str | None
    disagreed: bool
    missed: int
    next_due_at: datetime | None


class TermsOf(StrEnum):
    """Which terms are looked for."""

    TODAY = "today"  # open, due by the end of today or past
    NEAR = "near"  # open, due within a week
    OPEN = "open"  # all that run
    BREACHED_LATELY = "breached_day"  # missed in the last 24 hours, and not met since
    BREACHED = "breached"  # missed, and not met since
    MET_LATE = "met_late"  # missed, and met since


@dataclass(frozen=True, slots=True)
class TermRow:
    """A term with the appeal that it runs in. ``article`` and ``rules_version``: empty where its event is gone.

    ``breached_at``: when it was known that it was missed; it stays, also once the duty is done. ``met_at``: when the
    duty was done too late.
    """

    conversation_id: ConversationId
    term_id: str
    appeal_number: str
    duty: str
    party: PartyId
    due_at: datetime
    breached_at: datetime | None
    met_at: datetime | None
    article: str
    rules_version: str

    @property
    def late_by(self) -> timedelta | None:
        """How long after its due instant the duty was done; None while it is not."""
        return None if self.met_at is None else max(timedelta(0), self.met_at - self.due_at)


# --- the loop that lists ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unread:
    """A case to be listed as its bytes: events in their order; ``registration``: the operation, None once erased."""

    conversation_id: ConversationId
    opened_at: datetime
    events: tuple[bytes, ...]
    registration: bytes | None


@dataclass(frozen=True, slots=True)
class ListedAppeal:
    """What a history comes to. ``persons``: keyed digests of whom it is about; ``counted``: what reports count."""

    conversation_id: ConversationId
    opened_at: datetime
    seq: int
    status: Status
    subject: str
    body: PartyId | None
    case_number: str | None
    disagreed: bool
    missed: int
    counted: CountedAs
    persons_key: str | None
    persons: frozenset[str]


@dataclass(frozen=True, slots=True)
class ListingWrite(Write[None]):
    """One commit of the loop. ``leaf_id``: how far it has followed what happened."""

    appeals: tuple[ListedAppeal, ...]
    leaf_id: int
    persons_key: str | None


@dataclass(frozen=True, slots=True)
class Recount(Write[None]):
    """Sums of reports anew from what appeals count as, and each of them to be read off its history once more."""


@dataclass(frozen=True, slots=True)
class ListingProgress:
    """Where the loop stands."""

    leaf_id: int = 0
    persons_key: str | None = None


@dataclass(frozen=True, slots=True)
class MovedHistories:
    """Cases that happened to differ from their list, and where to go on; ``leaf_id``: all before it are settled."""

    ids: tuple[ConversationId, ...]
    leaf_id: int


@dataclass(frozen=True, slots=True)
class AppealQuery(Read[tuple[AppealRow, ...]]):
    """Which appeals are looked for; what is empty or None narrows nothing.

    ``missed``: only those in which a term was let pass. ``opened_before``: that instant included. ``after``: the number
    of the appeal at which the page before ended.

    A page by the time of opening; from an index whatever was registered before.
    """

    statuses: frozenset[Status] = frozenset()
    body: PartyId | None = None
    missed: bool = False
    disagreed: bool = False
    opened_before: datetime | None = None
    oldest_first: bool = False
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class ListAppeals(Read[tuple[AppealRow, ...]]):
    """These appeals, newest first, also those that are not listed yet."""

    ids: tuple[ConversationId, ...]


@dataclass(frozen=True, slots=True)
class FindConversations(Read[tuple[ConversationId, ...]]):
    """By the number of an appeal, a conversation, a court case, a message or a delivery, whichever it is."""

    number: str


@dataclass(frozen=True, slots=True)
class FindConversationsOfPerson(Read[tuple[ConversationId, ...]]):
    """Newest first, 200 at most."""

    digest: str


@dataclass(frozen=True, slots=True)
class LoadPersonsKey(Read[str | None]):
    """Which key digests of persons are made with; None while none are."""


@dataclass(frozen=True, slots=True)
class LoadAppealVersion(Read[str | None]):
    """Words that differ whenever something has happened to the appeal or a delivery of it."""

    conversation_id: ConversationId


@dataclass(frozen=True, slots=True)
class TermQuery(Read[tuple[TermRow, ...]]):
    """``until``: due by then; ``since``: missed from then on; each of the one kind of list only.

    ``breached``: those that were missed, by when that was known; ``met``: of these those that were met since, late.
    ``after``: conversation and term at which the page before ended.
    """

    breached: bool
    met: bool = False
    until: datetime | None = None
    since: datetime | None = None
    party: PartyId | None = None
    duty: str | None = None
    after: tuple[ConversationId, str] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class LoadListing(Read[ListingProgress]):
    """Where the loop that lists stands."""


@dataclass(frozen=True, slots=True)
class ListMovedHistories(Read[MovedHistories]):
    """Cases that have moved since their list was written, from a leaf on."""

    leaf_id: int
    settled_before: datetime
    limit: int


@dataclass(frozen=True, slots=True)
class ListUnlisted(Read[tuple[tuple[ConversationId, ...], str]]):
    """Cases among the next ones that are not listed as they are; and where to go on, "" at the end."""

    after: str
    persons_key: str | None
    look_at: int
    limit: int


@dataclass(frozen=True, slots=True)
class ListUnread(Read[tuple[Unread, ...]]):
    """These cases as their bytes, to be listed."""

    ids: tuple[ConversationId, ...]
