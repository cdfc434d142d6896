"""Views of a list that people save: each has its owner, and others see those that are shared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.domain.refusal import ActRefusal
from gateway.ports.operations import Read, Write

MOST_VIEWS: Final = 50
"""Of one user, of all lists; and so many shared ones of a list are shown."""


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
class SaveView(Write[ActRefusal | None]):
    """One of that list that the owner has under this name already is replaced.

    ``by``: as the audit log names the owner. Returns what stands against it in words, None when it is done.
    """

    user_id: int
    list_key: str
    name: str
    query: str
    is_shared: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ForgetView(Write[bool]):
    """Only the owner's. Returns whether there was one."""

    user_id: int
    view_id: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ListViews(Read[tuple[SavedView, ...]]):
    """Of one list the user's own by their names, then those that others share."""

    user_id: int
    list_key: str
