"""What pages about users show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self
from urllib.parse import urlencode

from gateway.console.users.words import UserAct
from gateway.domain.people.access import USER_NAME, SignInMethod, UserRole
from gateway.ports.operations import Reads
from gateway.ports.users import (
    AuditNote,
    FindUser,
    ListActsOnUser,
    ListSessions,
    SearchUsers,
    User,
    UserQuery,
    UserRow,
    UserSession,
)
from gateway.service.authorise import Actor, audit_name

PAGE: Final = 50
_ROLES: Final = frozenset(map(str, UserRole))


@dataclass(frozen=True, slots=True)
class UserFilter:
    """As read from an address; what it does not know is as if it were not said. ``since``: the name to begin at."""

    since: str = ""
    role: str = ""
    after: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        since, after, role = query.get("since", "").strip().lower(), query.get("after", ""), query.get("role", "")
        return cls(since[:40], role if role in _ROLES else "", after if USER_NAME.fullmatch(after) else "")

    def address(self, *, after: str) -> str:
        """The query of a page of the list."""
        query = replace(self, after=after)
        named = (("since", query.since), ("role", query.role), ("after", query.after))
        return urlencode([(name, value) for name, value in named if value])


@dataclass(frozen=True, slots=True)
class UserList:
    """A page of them. ``next_after``: empty on the last."""

    filters: UserFilter
    rows: tuple[UserRow, ...]
    next_after: str
    now: datetime


@dataclass(frozen=True, slots=True)
class UserView:
    """``acts``: what the reader may do to the user now; none to oneself."""

    user: User
    sessions: tuple[UserSession, ...]
    done: tuple[AuditNote, ...]
    acts: tuple[UserAct, ...]
    is_oneself: bool
    now: datetime


async def user_list(reads: Reads, filters: UserFilter, now: datetime) -> UserList:
    """One more than a page is read, to know whether another follows."""
    role = UserRole(filters.role) if filters.role else None
    rows = await reads.run(SearchUsers(UserQuery(filters.since, role, filters.after, PAGE + 1), now))
    return UserList(filters, rows[:PAGE], rows[PAGE - 1].user.name if len(rows) > PAGE else "", now)


async def user_page(
    reads: Reads, name: str, *, reader: Actor, takes_passwords: bool, has_oidc: bool, now: datetime
) -> UserView | None:
    """All that is known of one; None when nobody has the name."""
    user = await reads.run(FindUser(name))
    if user is None:
        return None
    open_now = await reads.run(ListSessions(user.user_id, now))
    is_oneself = isinstance(reader, User) and user.user_id == reader.user_id
    offered = _acts(user, open_now, takes_passwords=takes_passwords, has_oidc=has_oidc, now=now)
    done = await reads.run(ListActsOnUser(user.user_id))
    return UserView(user, open_now, done, () if is_oneself else offered, is_oneself, now)


def result_of(page: UserView, reader: User, act: str) -> AuditNote | None:
    """What the audit log says came of the act just now; None when the newest such line is not the reader's."""
    newest = next((one for one in page.done if one.by == audit_name(reader)), None)
    return newest if newest is not None and newest.act == act else None


def _acts(
    user: User, open_now: tuple[UserSession, ...], *, takes_passwords: bool, has_oidc: bool, now: datetime
) -> tuple[UserAct, ...]:
    if user.disabled_at is not None:
        return (UserAct.ENABLE,)
    offered = {
        UserAct.ROLE: True,
        UserAct.LINK: takes_passwords,
        UserAct.ELSEWHERE: has_oidc and user.signs_in is SignInMethod.HERE,
        UserAct.UNLOCK: user.standing.is_locked(now),
        UserAct.SIGN_OUT: bool(open_now),
        UserAct.DISABLE: True,
    }
    return tuple(act for act, is_offered in offered.items() if is_offered)
