"""What the lists of appeals and of terms are narrowed to, as it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from contracts.header import ConversationId
from contracts.party import PartyId
from dossier.case.appeal import Status
from gateway.console.filters import words_of
from gateway.console.language import marked
from gateway.console.pages import ALMATY
from gateway.ports.appeals import AppealQuery, TermQuery, TermsOf

DISAGREED: Final = "disagreed"
IN_COURT: Final = frozenset(
    {
        Status.DOSSIER_FILED,
        Status.AT_COURT,
        Status.COURT_REFUSED,
        Status.CASE_OPEN,
        Status.LEFT_WITHOUT_MOVEMENT,
        Status.RETURNED,
        Status.CLOSED,
    }
)
GROUPS: Final[Mapping[str, frozenset[Status]]] = {DISAGREED: frozenset(), "court": IN_COURT}
GROUP_WORDS: Final[Mapping[str, str]] = {
    DISAGREED: marked("the applicant disagreed"),
    "court": marked("filed with the court or further"),
}
AGES: Final[Mapping[str, timedelta]] = {
    "1d": timedelta(days=1),
    "7d": timedelta(days=7),
    "15d": timedelta(days=15),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
    "365d": timedelta(days=365),
}
NEAR: Final = timedelta(days=7)
_STATUSES: Final = frozenset(map(str, Status))
_KINDS: Final = frozenset(map(str, TermsOf))
_BETWEEN: Final = "~"


@dataclass(frozen=True, slots=True)
class AppealFilter:
    """As read from an address; what it does not know is as if it were not said. ``after``: number of an appeal."""

    number: str = ""
    status: str = ""
    body: str = ""
    older: str = ""
    missed: bool = False
    oldest_first: bool = False
    after: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> AppealFilter:
        """Of a query string."""
        status, older = query.get("status", ""), query.get("older", "")
        return cls(
            number=words_of(query.get("number", "")),
            status=status if status in GROUPS or status in _STATUSES else "",
            body=words_of(query.get("body", "")),
            older=older if older in AGES else "",
            missed=query.get("missed", "") == "1",
            oldest_first=query.get("order", "") == "oldest",
            after=words_of(query.get("after", "")),
        )

    def to_query(self, now: datetime, *, limit: int) -> AppealQuery:
        """In terms of the store."""
        one = frozenset({Status(self.status)}) if self.status in _STATUSES else frozenset()
        return AppealQuery(
            statuses=GROUPS.get(self.status, one),
            body=PartyId(self.body) if self.body else None,
            missed=self.missed,
            disagreed=self.status == DISAGREED,
            opened_before=now - AGES[self.older] if self.older else None,
            oldest_first=self.oldest_first,
            after=self.after or None,
            limit=limit,
        )

    def address(self, **changes: object) -> str:
        """The query string, with some of it changed."""
        filtered = replace(self, **changes)  # type: ignore[arg-type]
        named = {
            "number": filtered.number,
            "status": filtered.status,
            "body": filtered.body,
            "older": filtered.older,
            "missed": "1" if filtered.missed else "",
            "order": "oldest" if filtered.oldest_first else "",
            "after": filtered.after,
        }
        return urlencode({name: value for name, value in named.items() if value})


@dataclass(frozen=True, slots=True)
class TermFilter:
    """The same for terms. ``after``: conversation and term, with a tilde between them."""

    which: TermsOf = TermsOf.TODAY
    body: str = ""
    duty: str = ""
    after: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> TermFilter:
        """Of a query string."""
        which = query.get("which", "")
        return cls(
            which=TermsOf(which) if which in _KINDS else TermsOf.TODAY,
            body=words_of(query.get("body", "")),
            duty=words_of(query.get("duty", "")),
            after=words_of(query.get("after", ""), longest=300),
        )

    def to_query(self, now: datetime, *, limit: int) -> TermQuery:
        """In terms of the store."""
        of, _, term = self.after.partition(_BETWEEN)
        until = {TermsOf.TODAY: end_of_day(now), TermsOf.NEAR: now + NEAR}
        return TermQuery(
            breached=self.which in {TermsOf.BREACHED, TermsOf.BREACHED_LATELY, TermsOf.MET_LATE},
            met=self.which is TermsOf.MET_LATE,
            until=until.get(self.which),
            since=now - timedelta(days=1) if self.which is TermsOf.BREACHED_LATELY else None,
            party=PartyId(self.body) if self.body else None,
            duty=self.duty or None,
            after=(ConversationId(of), term) if term else None,
            limit=limit,
        )

    def address(self, **changes: object) -> str:
        """The query string, with some of it changed."""
        filtered = replace(self, **changes)  # type: ignore[arg-type]
        named = {
            "which": filtered.which.value,
            "body": filtered.body,
            "duty": filtered.duty,
            "after": filtered.after,
        }
        return urlencode({name: value for name, value in named.items() if value})


def place_of(conversation_id: ConversationId, term_id: str) -> str:
    """``TermFilter.after`` for the page behind this term."""
    return f"{conversation_id}{_BETWEEN}{term_id}"


def end_of_day(now: datetime) -> datetime:
    """In Almaty, where terms are counted."""
    tomorrow = now.astimezone(ALMATY).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), ALMATY)
