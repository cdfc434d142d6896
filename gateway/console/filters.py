"""What a list is narrowed to, as it stands in the address: one can send it to a colleague."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from contracts.party import PartyId
from gateway.console.language import marked
from gateway.domain.delivery import CLAIMABLE, OPEN, DeliveryState
from gateway.ports.console import Looked

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
PAGE: Final = 50
_LONGEST: Final = 100
_STATES: Final = frozenset(map(str, DeliveryState))


@dataclass(frozen=True, slots=True)
class Filter:
    """As read from an address; what it does not know is as if it were not said."""

    number: str = ""
    state: str = ""
    party: str = ""
    older: str = ""
    oldest_first: bool = False
    after: int | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Filter:
        """Of a query string."""
        state, older, after = query.get("state", ""), query.get("older", ""), query.get("after", "")
        return cls(
            number=words_of(query.get("number", "")),
            state=state if state in GROUPS or state in _STATES else "",
            party=words_of(query.get("party", "")),
            older=older if older in AGES else "",
            oldest_first=query.get("order", "") == "oldest",
            after=int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None,
        )

    def looked(self, now: datetime, *, limit: int) -> Looked:
        """In terms of the store."""
        states = GROUPS.get(self.state) or (frozenset({DeliveryState(self.state)}) if self.state else frozenset())
        made_before = now - AGES[self.older] if self.older else None
        party = PartyId(self.party) if self.party else None
        return Looked(self.number, states, party, made_before, self.oldest_first, self.after, limit)

    def address(self, **changes: object) -> str:
        """The query string, with some of it changed."""
        filtered = replace(self, **changes)  # type: ignore[arg-type]
        named = {
            "number": filtered.number,
            "state": filtered.state,
            "party": filtered.party,
            "older": filtered.older,
            "order": "oldest" if filtered.oldest_first else "",
            "after": str(filtered.after) if filtered.after is not None else "",
        }
        return urlencode({name: value for name, value in named.items() if value})


def words_of(asked: str, *, longest: int = _LONGEST) -> str:
    """What somebody typed or pasted, without what no key makes and no database takes."""
    return "".join(letter for letter in asked[:longest] if letter.isprintable()).strip()
