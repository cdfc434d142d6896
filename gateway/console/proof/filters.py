"""What the pages of acts and of looks are narrowed to, as it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from gateway.console.filters import words_of
from gateway.console.pages import ALMATY
from gateway.domain.people.persons import is_person_number
from gateway.ports.audit import AccessQuery, AuditQuery

EVERYBODY: Final = "all"
_EVERYWHERE: Final = ("", "console:", "token:")
"""How the audit log may call one who has this name: on a machine, in the console, a program."""


@dataclass(frozen=True, slots=True)
class ActFilter:
    """As read from an address; what it does not know is as if it were not said. ``since``, ``until``: Almaty's days."""

    who: str = ""
    act: str = ""
    subject: str = ""
    refused: bool = False
    since: date | None = None
    until: date | None = None
    after: int | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> ActFilter:
        """Of a query string."""
        return cls(
            who=_words(query, "who"),
            act=_words(query, "act"),
            subject=_words(query, "subject"),
            refused=query.get("refused", "") == "1",
            since=_day(query.get("since", "")),
            until=_day(query.get("until", "")),
            after=_number(query.get("after", "")),
        )

    def to_query(self, *, limit: int) -> AuditQuery:
        """In terms of the store."""
        names = (self.who,) if ":" in self.who else tuple(place + self.who for place in _EVERYWHERE)
        since, until = _period(self.since, self.until)
        by = names if self.who else ()
        return AuditQuery(by, self.act, self.subject, self.refused, since, until, self.after, limit)

    def address(self, **changes: object) -> str:
        """The query string, with some of it changed."""
        filtered = replace(self, **changes)  # type: ignore[arg-type]
        return _address(
            who=filtered.who,
            act=filtered.act,
            subject=filtered.subject,
            refused="1" if filtered.refused else "",
            since=filtered.since,
            until=filtered.until,
            after=filtered.after,
        )


@dataclass(frozen=True, slots=True)
class AccessFilter:
    """The same for looks. ``about``: number of an appeal; ``scope``: ours, or also the signed reads of parties."""

    who: str = ""
    what: str = ""
    about: str = ""
    scope: str = ""
    since: date | None = None
    until: date | None = None
    after: int | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> AccessFilter:
        """Of a query string."""
        return cls(
            who=_words(query, "who"),
            what=_words(query, "what"),
            about=_words(query, "about"),
            scope=EVERYBODY if query.get("scope", "") == EVERYBODY else "",
            since=_day(query.get("since", "")),
            until=_day(query.get("until", "")),
            after=_number(query.get("after", "")),
        )

    def to_query(self, reader: str, about: tuple[str, ...], *, limit: int) -> AccessQuery:
        """In terms of the store. ``reader``: what the log calls ``who``."""
        since, until = _period(self.since, self.until)
        return AccessQuery(reader, self.what, about, self.scope != EVERYBODY, since, until, self.after, limit)

    def address(self, **changes: object) -> str:
        """The query string, with some of it changed."""
        filtered = replace(self, **changes)  # type: ignore[arg-type]
        return _address(
            who=filtered.who,
            what=filtered.what,
            about=filtered.about,
            scope=filtered.scope,
            since=filtered.since,
            until=filtered.until,
            after=filtered.after,
        )


def names_a_person(query: Mapping[str, str]) -> bool:
    """Somebody's own link holds an IIN or BIN: nothing is looked for by it, and it is not shown again."""
    return any(is_person_number(words_of(value)) for value in query.values())


def _words(query: Mapping[str, str], name: str) -> str:
    return words_of(query.get(name, ""))


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if len(value) == 10 else None
    except ValueError:
        return None


def _number(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


def _period(since: date | None, until: date | None) -> tuple[datetime | None, datetime | None]:
    """Whole days, the last one included."""
    last = until + timedelta(days=1) if until and until < date.max else None
    return _midnight(since), _midnight(last)


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), ALMATY) if day else None


def _address(**named: object) -> str:
    return urlencode({name: str(value) for name, value in named.items() if value not in {None, ""}})
