"""One user of the console as administrators see them, and what they may do to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from gateway.domain.people.access import SignInMethod
from gateway.ports.operations import Reads
from gateway.ports.people.users import (
    AuditNote,
    DisableUser,
    EnableUser,
    EndSessions,
    FindUser,
    ListActsOnUser,
    ListSessions,
    RequireOidc,
    UnlockUser,
    User,
    UserChange,
    UserSession,
)
from gateway.service.authorise import Actor, audit_name


class UserAct(StrEnum):
    """What an administrator may do to another user."""

    ROLE = "role"
    LINK = "link"
    ELSEWHERE = "elsewhere"
    UNLOCK = "unlock"
    SIGN_OUT = "sign-out"
    DISABLE = "disable"
    ENABLE = "enable"


CHANGES: Final[Mapping[UserAct, Callable[[str, str, str, datetime], UserChange]]] = {
    UserAct.ELSEWHERE: RequireOidc,
    UserAct.UNLOCK: UnlockUser,
    UserAct.SIGN_OUT: EndSessions,
    UserAct.DISABLE: DisableUser,
    UserAct.ENABLE: EnableUser,
}


@dataclass(frozen=True, slots=True)
class UserView:
    """``acts``: what the reader may do to the user now; none to oneself."""

    user: User
    sessions: tuple[UserSession, ...]
    done: tuple[AuditNote, ...]
    acts: tuple[UserAct, ...]
    is_oneself: bool
    now: datetime


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
