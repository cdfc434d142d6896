"""What a list is narrowed to, as it stands in the address: one can send it to a colleague."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from contracts.header import Action
from contracts.party import PartyId
from gateway.domain.delivery.states import CLAIMABLE, OPEN, DeliveryState
from gateway.ports.console import DeliveryQuery, InstantPeriod
from gateway.texts.language import marked
from gateway.texts.times import ALMATY

GROUPS: Final[Mapping[str, frozenset[DeliveryState]]] = {"open": OPEN, "waiting": CLAIMABLE}
GROUP_WORDS: Final[Mapping[str, str]] = {
    "open": marked("all that have not ended"),
    "waiting": marked("waiting: queued or to be repeated"),
}
AGES: Final[Mapping[str, timedelta]] = {
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "6h": timedelta(hours=6),
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
}
PERIODS: Final[Mapping[str, str]] = {"made": marked("made"), "ended": marked("ended")}
"""What of a delivery a period is about."""
PAGE: Final = 50
_LONGEST: Final = 100
_STATES: Final = frozenset(map(str, DeliveryState))
_ACTIONS: Final = frozenset(map(str, Action))
_MINUTE: Final = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class Filter:
    """As read from an address; what it does not know is as if it were not said.

    ``since``, ``until``: minutes in Almaty, as a browser's field spells them, of the time that ``period`` names.
    """

    number: str = ""
    state: str = ""
    party: str = ""
    older: str = ""
    oldest_first: bool = False
    after: int | None = None
    action: str = ""
    code: str = ""
    period: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Filter:
        """Of a query string."""
        state, older, after = query.get("state", ""), query.get("older", ""), query.get("after", "")
        action, period = query.get("action", ""), query.get("period", "made")
        since, until = _minute(query.get("from", "")), _minute(query.get("until", ""))
        return cls(
            number=words_of(query.get("number", "")),
            state=state if state in GROUPS or state in _STATES else "",
            party=words_of(query.get("party", "")),
            older=older if older in AGES else "",
            oldest_first=query.get("order", "") == "oldest",
            after=int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None,
            action=action if action in _ACTIONS else "",
            code=words_of(query.get("code", "")),
            period=period if period in PERIODS and (since or until) else "",
            since=since,
            until=until,
        )

    @property
    def is_narrow(self) -> bool:
        """Whether it says anything but an order."""
        return replace(self, oldest_first=False, after=None) != Filter()

    @property
    def states(self) -> frozenset[DeliveryState]:
        """Empty for any."""
        return GROUPS.get(self.state) or (frozenset({DeliveryState(self.state)}) if self.state else frozenset())

    def spans(self, of: str) -> InstantPeriod | None:
        """The period, if it is about this."""
        return InstantPeriod(_instant(self.since), _instant(self.until)) if self.period == of else None

    def to_query(self, now: datetime, *, limit: int = PAGE) -> DeliveryQuery:
        """In terms of the store."""
        return DeliveryQuery(
            number=self.number,
            states=self.states,
            recipient=PartyId(self.party) if self.party else None,
            action=Action(self.action) if self.action else None,
            code=self.code,
            made_before=now - AGES[self.older] if self.older else None,
            made=self.spans("made"),
            ended=self.spans("ended"),
            oldest_first=self.oldest_first,
            after=self.after,
            limit=limit,
        )

    def address(self, **changes: object) -> str:
        """The query string, with some of it changed."""
        filtered = replace(self, **changes)  # type: ignore[arg-type]
        named = {
            "number": filtered.number,
            "state": filtered.state,
            "party": filtered.party,
            "action": filtered.action,
            "code": filtered.code,
            "older": filtered.older,
            "period": filtered.period if filtered.since or filtered.until else "",
            "from": filtered.since,
            "until": filtered.until,
            "order": "oldest" if filtered.oldest_first else "",
            "after": str(filtered.after) if filtered.after is not None else "",
        }
        return urlencode({name: value for name, value in named.items() if value})


def minute_of(instant: datetime) -> str:
    """As it stands in an address."""
    return instant.astimezone(ALMATY).strftime(_MINUTE)


def _minute(value: str) -> str:
    """Spelled as we do; "" for what is none."""
    try:
        return datetime.strptime(value[:16], _MINUTE).strftime(_MINUTE)  # noqa: DTZ007 - a minute of the wall clock
    except ValueError:
        return ""


def _instant(minute: str) -> datetime | None:
    return datetime.strptime(minute, _MINUTE).replace(tzinfo=ALMATY).astimezone(UTC) if minute else None


def words_of(value: str, *, longest: int = _LONGEST) -> str:
    """What somebody typed or pasted, without what no key makes and no database takes."""
    return "".join(letter for letter in value[:longest] if letter.isprintable()).strip()
