"""For whom a list is made: what may be shown, in which language, as of when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from contracts.party import LocalText, PartyId
from gateway.domain.people.access import UserRole
from gateway.domain.people.persons import blotted_for, without_persons
from gateway.texts.language import Catalogues, PageLanguage


@dataclass(frozen=True, slots=True)
class Reader:
    """``name``: of the user or token. ``blotted``: words of others, without the persons that the role need not see.

    ``parties``: how they are called. ``names``: of users, as the logs of this page call them. ``address``: the query
    of this page, with some of it changed.
    """

    now: datetime
    language: PageLanguage
    role: UserRole
    name: str
    translate: Callable[[str], str]
    blotted: Callable[[str], str]
    parties: Mapping[PartyId, LocalText] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    address: Callable[..., str] = str

    @classmethod
    def of(
        cls,
        catalogues: Catalogues,
        language: PageLanguage,
        parties: Mapping[PartyId, LocalText],
        *,
        role: UserRole,
        name: str,
        now: datetime,
    ) -> Self:
        """As the role allows."""

        def translate(english: str) -> str:
            return catalogues.translate(language, english)

        return cls(now, language, role, name, translate, blotted_for(role), parties)

    def away(self) -> Self:
        """What is taken away in a file is without persons for everybody."""
        return replace(self, blotted=without_persons)

    def knowing(self, names: Mapping[str, str], address: Callable[..., str] = str) -> Self:
        """With the users of a page, and the page's own address."""
        return replace(self, names=names, address=address)
