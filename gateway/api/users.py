"""Users of the console, for administrators: who there is, adding one, and everything that may be done to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, Field, StringConstraints

from gateway.api.deliveries import Done
from gateway.api.models import Answer, Asking, Nothing, PageOf, Paging, Reasoned
from gateway.api.operation import Asked, Operation
from gateway.api.paging import paged
from gateway.api.problems import Problem, Refusal
from gateway.console.surroundings import PREFIX
from gateway.console.users.handlers import CHANGES
from gateway.console.users.views import user_page
from gateway.console.users.words import UserAct
from gateway.domain.access import USER_NAME, Right, Role, SignsIn
from gateway.ports.users import (
    AddUser,
    ChangeRole,
    DisableUser,
    EnableUser,
    EndSessions,
    OpenEnrolment,
    SendElsewhere,
    UnlockUser,
    UserRow,
    UsersLooked,
)
from gateway.ports.users import User as KeptUser
from gateway.service.operate import audit_name
from gateway.service.users import Made, add_as, change_as, link_as

TAG: Final = "users"
Name = Annotated[str, StringConstraints(pattern=rf"^{USER_NAME.pattern}$")]


class UserPath(Asking):
    """Which user."""

    name: Name


class UserQuery(Paging):
    """Which users; by name."""

    role: Role | None = None
    begin_at: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9._-]{0,39}$")] | None = Field(
        default=None, description="The name to begin at, or its first letters."
    )
    after: Name | None = Field(default=None, description="The user at which the page before ended.")


class AddAsked(Reasoned):
    """Whom to add, as what."""

    name: Name = Field(description="One person, one name; never given twice.")
    role: Role
    signs_in: SignsIn | None = Field(
        default=None, description="Where they prove who they are; here, unless nobody has a password here."
    )


class RoleAsked(Reasoned):
    """What the user is there for from now on."""

    role: Role


class User(Answer):
    """One person. Whoever is disabled stays, since the audit log names them."""

    user_id: int
    name: str
    role: Role
    created_at: AwareDatetime
    disabled_at: AwareDatetime | None
    locked_until: AwareDatetime | None = Field(description="By wrong passwords; null when it is not locked now.")
    signs_in: SignsIn
    has_proof: bool = Field(description="Whether there is anything to sign in by yet.")
    enrol_until: AwareDatetime | None = Field(description="Until when the newest link is good; null without one.")


class ListedUser(User):
    """``sessions``: how many are open; ``seen_at``: when one of them was used last."""

    sessions: int
    seen_at: AwareDatetime | None


class UserPage(PageOf[ListedUser]):
    """Users by name."""


class OpenSession(Answer):
    """Where the user is signed in. ``remote``, ``agent``: of whoever opened it."""

    opened_at: AwareDatetime
    seen_at: AwareDatetime
    remote: str
    agent: str


class OneUser(Answer):
    """A user with what was done to the account, sign-ins too, the newest first."""

    user: User
    acts: tuple[UserAct, ...] = Field(description="What this token may do to the user now.")
    sessions: tuple[OpenSession, ...]
    audit: tuple[Done, ...]


class Linked(Answer):
    """It was carried out."""

    user: User
    link: str | None = Field(
        description="Where the user sets a password, once, within three days, below the console's host. Told this "
        "once: null when the answer is asked for again, and for whoever signs in elsewhere."
    )


# --- reading --------------------------------------------------------------------------------------------------------


async def list_users(asked: Asked[Nothing, UserQuery, Nothing]) -> UserPage:
    """A page off an index."""
    query, around = asked.query, asked.behind.around
    now = around.exchange.clock.now()
    looked = UsersLooked(query.begin_at or "", query.role, query.after or "", query.limit + 1)
    found = await around.reads.look_for_users(looked, now)
    return paged(UserPage, "/users", query, found, told=lambda row: _listed(row, now), place=lambda row: row.user.name)


async def show_user(asked: Asked[UserPath, Nothing, Nothing]) -> OneUser:
    """All that is known of one."""
    return await _whole(asked)


async def _whole(asked: Asked[UserPath, Any, Any]) -> OneUser:
    around = asked.behind.around
    now = around.exchange.clock.now()
    found = await user_page(
        around.reads,
        asked.path.name,
        reader=asked.token,
        takes_passwords=around.desk.takes_passwords,
        has_elsewhere=around.elsewhere is not None,
        now=now,
    )
    if found is None:
        raise Refusal(Problem.NOT_FOUND)
    return OneUser(
        user=_user(found.user, now),
        acts=found.acts,
        sessions=tuple(map(OpenSession.model_validate, found.sessions)),
        audit=tuple(map(Done.model_validate, found.done)),
    )


def _listed(row: UserRow, now: datetime) -> ListedUser:
    return ListedUser(**dict(_user(row.user, now)), sessions=row.sessions, seen_at=row.seen_at)


def _user(user: KeptUser, now: datetime) -> User:
    copied = {name: getattr(user, name) for name in User.model_fields if name != "locked_until"}
    return User(**copied, locked_until=user.standing.locked_until if user.standing.is_locked(now) else None)


# --- acts -----------------------------------------------------------------------------------------------------------


async def add_user(asked: Asked[Nothing, Nothing, AddAsked]) -> Linked:
    """With a link to enrol by, unless they sign in elsewhere."""
    around, body = asked.behind.around, asked.body
    takes_passwords = around.desk.takes_passwords
    signs_in = body.signs_in or (SignsIn.HERE if takes_passwords else SignsIn.ELSEWHERE)
    _require_place(asked, signs_in)
    made = await add_as(around.exchange, asked.token, body.name, body.role, signs_in, reason=body.reason)
    return await _linked(asked, body.name, made)


async def link_user(asked: Asked[UserPath, Nothing, Reasoned]) -> Linked:
    """For a password that was forgotten or never set; the old one holds until the link is used."""
    _require_place(asked, SignsIn.HERE)
    name = asked.path.name
    made = await link_as(asked.behind.around.exchange, asked.token, name, reason=asked.body.reason)
    return await _linked(asked, name, made)


async def change_role(asked: Asked[UserPath, Nothing, RoleAsked]) -> OneUser:
    """Holds from the next page on, in sessions that are open, too."""
    body, now = asked.body, asked.behind.around.exchange.clock.now()
    change = ChangeRole(asked.path.name, body.role, body.reason, audit_name(asked.token), now)
    return await _changed(asked, await change_as(asked.behind.around.exchange, asked.token, change))


def _doing(act: UserAct) -> Callable[[Asked[UserPath, Nothing, Reasoned]], Awaitable[OneUser]]:
    async def handle(asked: Asked[UserPath, Nothing, Reasoned]) -> OneUser:
        if act is UserAct.ELSEWHERE:
            _require_place(asked, SignsIn.ELSEWHERE)
        exchange, name = asked.behind.around.exchange, asked.path.name
        change = CHANGES[act](name, asked.body.reason, audit_name(asked.token), exchange.clock.now())
        return await _changed(asked, await change_as(exchange, asked.token, change))

    return handle


def _require_place(asked: Asked[Any, Any, Any], signs_in: SignsIn) -> None:
    """Raises Refusal where nobody could sign in so."""
    around = asked.behind.around
    if signs_in is SignsIn.ELSEWHERE and around.elsewhere is None:
        raise Refusal(Problem.REFUSED, reason="the settings name no identity provider")
    if signs_in is SignsIn.HERE and not around.desk.takes_passwords:
        raise Refusal(Problem.REFUSED, reason="nobody signs in by a password here")


async def _changed(asked: Asked[UserPath, Any, Any], against: str | None) -> OneUser:
    """Tried on nobody, it is in the audit log as well."""
    whole = await _whole(asked)
    if against is not None:
        raise Refusal(Problem.REFUSED, reason=against)
    return whole


async def _linked(asked: Asked[Any, Any, Any], name: str, made: Made) -> Linked:
    around = asked.behind.around
    user = await around.reads.user_named(name)
    if user is None:
        raise Refusal(Problem.NOT_FOUND)
    if made.against is not None:
        raise Refusal(Problem.REFUSED, reason=made.against)
    link = None if made.link is None else f"{PREFIX}/enrol/{made.link}"
    return Linked(user=_user(user, around.exchange.clock.now()), link=link)


def _without_link(answer: Linked) -> Linked:
    """What is kept of it; of a link only the digest is, in no other place."""
    return answer.model_copy(update={"link": None})


_OTHERS: Final[Mapping[UserAct, tuple[str, str, str]]] = {
    UserAct.ELSEWHERE: (
        "send_user_elsewhere", "Let them sign in at the identity provider only; the password is gone.",
        SendElsewhere.act,
    ),
    UserAct.UNLOCK: ("unlock_user", "Open a name that wrong passwords locked.", UnlockUser.act),
    UserAct.SIGN_OUT: ("sign_user_out", "End all their sessions; they may sign in again.", EndSessions.act),
    UserAct.DISABLE: ("disable_user", "End all their sessions and links; they sign in no more.", DisableUser.act),
    UserAct.ENABLE: ("enable_user", "Let them sign in again as before.", EnableUser.act),
}  # fmt: skip
"""Name, summary, and how the audit log names it."""


def _on_one(act: UserAct) -> Operation[UserPath, Nothing, Reasoned]:
    name, summary, audited = _OTHERS[act]
    return Operation(
        "POST", f"/users/{{name}}/{act}", name, TAG, summary, Right.USERS,
        OneUser, UserPath, Nothing, Reasoned, _doing(act), _ACT, audited, is_once=True,
    )  # fmt: skip


_THERE: Final = frozenset({Problem.NOT_FOUND})
_ACT: Final = frozenset({Problem.NOT_FOUND, Problem.REFUSED})
OPERATIONS: Final[tuple[Operation[Any, Any, Any], ...]] = (
    Operation(
        "GET", "/users", "list_users", TAG, "List users of the console.", Right.USERS,
        UserPage, Nothing, UserQuery, Nothing, list_users,
    ),
    Operation(
        "POST", "/users", "add_user", TAG, "Add a user, with a link to set a password by.", Right.USERS,
        Linked, Nothing, Nothing, AddAsked, add_user, frozenset({Problem.REFUSED}), AddUser.act, is_once=True,
        keeps=_without_link,
    ),
    Operation(
        "GET", "/users/{name}", "show_user", TAG, "Show one user, where they are signed in, and what was done.",
        Right.USERS, OneUser, UserPath, Nothing, Nothing, show_user, _THERE,
    ),
    Operation(
        "POST", f"/users/{{name}}/{UserAct.ROLE}", "change_role", TAG, "Give them another role; it holds at once.",
        Right.USERS, OneUser, UserPath, Nothing, RoleAsked, change_role, _ACT, ChangeRole.act, is_once=True,
    ),
    Operation(
        "POST", f"/users/{{name}}/{UserAct.LINK}", "link_user", TAG, "Make another link to set a password by.",
        Right.USERS, Linked, UserPath, Nothing, Reasoned, link_user, _ACT, OpenEnrolment.act, is_once=True,
        keeps=_without_link,
    ),
    *map(_on_one, _OTHERS),
)  # fmt: skip
