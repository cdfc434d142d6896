"""Views of a list that people save: each has its owner, and others see those that are shared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from gateway.ports.operations import Read

MOST_VIEWS: Final = 50
"""Of one user; and so many shared ones are shown."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """``query``: what the list is narrowed to, as it stands in an address. ``owner``: name of the user."""

    view_id: int
    name: str
    query: str
    is_shared: bool
    owner: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class SaveView:
    """One that the owner has under this name already is replaced. ``by``: as the audit log names the owner."""

    user_id: int
    name: str
    query: str
    is_shared: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ForgetView:
    """Only the owner's."""

    user_id: int
    view_id: int
    by: str
    at: datetime


class Views(Protocol):
    """What people keep; each act has a line in the audit log."""

    async def save_view(self, job: SaveView) -> str | None:
        """What stands against it in words, None when it is done."""
        ...

    async def forget_view(self, job: ForgetView) -> bool:
        """Whether the user had it."""
        ...


@dataclass(frozen=True, slots=True)
class ListViews(Read[tuple[SavedView, ...]]):
    """The user's own by their names, then those that others share."""

    user_id: int
