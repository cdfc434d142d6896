"""Users of the console, for administrators: who there is, adding one, and everything that may be done to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import AwareDatetime, Field

from gateway.api.listed import list_operation
from gateway.api.models import ReasonBody
from gateway.api.operation import ApiCall, ApiOperation
from gateway.api.problems import ProblemType, RequestRefusal
from gateway.api.resources.deliveries import Done
from gateway.domain.people.access import Right, SignInMethod, UserRole
from gateway.domain.refusal import ActRefusal
from gateway.lists.models import EmptyParams, RequestModel, ResponseModel
from gateway.lists.users import USERS, Name
from gateway.ports.people.users import (
    AddUser,
    ChangeRole,
    DisableUser,
    EnableUser,
    EndSessions,
    FindUser,
    OpenEnrolment,
    RequireOidc,
    UnlockUser,
)
from gateway.ports.people.users import User as KeptUser
from gateway.reading.context import CONSOLE
from gateway.reading.users import CHANGES, UserAct, user_page
from gateway.service.authorise import audit_name
from gateway.service.people.users import UserChangeResult, add_as, change_as, link_as

TAG: Final = "users"


class UserPath(RequestModel):
    """Which user."""

    name: Name


class AddUserBody(ReasonBody):
    """Whom to add, as what."""

    name: Name = Field(description="One person, one name; never given twice.")
    role: UserRole
    signs_in: SignInMethod | None = Field(
        default=None, description="Where they prove who they are; here, unless nobody has a password here."
    )


class ChangeRoleBody(ReasonBody):
    """What the user is there for from now on."""

    role: UserRole


class UserModel(ResponseModel):
    """One person. Whoever is disabled stays, since the audit log names them."""

    user_id: int
    name: str
    role: UserRole
    created_at: AwareDatetime
    disabled_at: AwareDatetime | None
    locked_until: AwareDatetime | None = Field(description="By wrong passwords; null when it is not locked now.")
    signs_in: SignInMethod
    has_proof: bool = Field(description="Whether there is anything to sign in by yet.")
    enrol_until: AwareDatetime | None = Field(description="Until when the newest link is good; null without one.")


class OpenSession(ResponseModel):
    """Where the user is signed in. ``remote``, ``agent``: of whoever opened it."""

    opened_at: AwareDatetime
    seen_at: AwareDatetime
    remote: str
    agent: str


class OneUser(ResponseModel):
    """A user with what was done to the account, sign-ins too, the newest first."""

    user: UserModel
    acts: tuple[UserAct, ...] = Field(description="What this token may do to the user now.")
    sessions: tuple[OpenSession, ...]
    audit: tuple[Done, ...]


class Linked(ResponseModel):
    """It was carried out."""

    user: UserModel
    link: str | None = Field(
        description="Where the user sets a password, once, within three days, below the console's host. Told this "
        "once: null when the answer is asked for again, and for whoever signs in elsewhere."
    )


# --- reading --------------------------------------------------------------------------------------------------------


async def show_user(call: ApiCall[UserPath, EmptyParams, EmptyParams]) -> OneUser:
    """All that is known of one."""
    return await _whole(call)


async def _whole(call: ApiCall[UserPath, Any, Any]) -> OneUser:
    serving = call.context.serving
    now = serving.exchange.clock.now()
    found = await user_page(
        serving.reads,
        call.path.name,
        reader=call.token,
        takes_passwords=serving.login.takes_passwords,
        has_oidc=serving.oidc_login is not None,
        now=now,
    )
    if found is None:
        raise RequestRefusal(ProblemType.NOT_FOUND)
    return OneUser(
        user=_user(found.user, now),
        acts=found.acts,
        sessions=tuple(map(OpenSession.model_validate, found.sessions)),
        audit=tuple(map(Done.model_validate, found.done)),
    )


def _user(user: KeptUser, now: datetime) -> UserModel:
    copied = {name: getattr(user, name) for name in UserModel.model_fields if name != "locked_until"}
    return UserModel(**copied, locked_until=user.standing.locked_until if user.standing.is_locked(now) else None)


# --- acts -----------------------------------------------------------------------------------------------------------


async def add_user(call: ApiCall[EmptyParams, EmptyParams, AddUserBody]) -> Linked:
    """With a link to enrol by, unless they sign in elsewhere."""
    serving, body = call.context.serving, call.body
    takes_passwords = serving.login.takes_passwords
    signs_in = body.signs_in or (SignInMethod.HERE if takes_passwords else SignInMethod.ELSEWHERE)
    _require_place(call, signs_in)
    made = await add_as(serving.exchange, call.token, body.name, body.role, signs_in, reason=body.reason)
    return await _linked(call, body.name, made)


async def link_user(call: ApiCall[UserPath, EmptyParams, ReasonBody]) -> Linked:
    """For a password that was forgotten or never set; the old one holds until the link is used."""
    _require_place(call, SignInMethod.HERE)
    name = call.path.name
    made = await link_as(call.context.serving.exchange, call.token, name, reason=call.body.reason)
    return await _linked(call, name, made)


async def change_role(call: ApiCall[UserPath, EmptyParams, ChangeRoleBody]) -> OneUser:
    """Holds from the next page on, in sessions that are open, too."""
    body, now = call.body, call.context.serving.exchange.clock.now()
    change = ChangeRole(call.path.name, body.role, body.reason, audit_name(call.token), now)
    return await _changed(call, await change_as(call.context.serving.exchange, call.token, change))


def _doing(act: UserAct) -> Callable[[ApiCall[UserPath, EmptyParams, ReasonBody]], Awaitable[OneUser]]:
    async def handle(call: ApiCall[UserPath, EmptyParams, ReasonBody]) -> OneUser:
        if act is UserAct.ELSEWHERE:
            _require_place(call, SignInMethod.ELSEWHERE)
        exchange, name = call.context.serving.exchange, call.path.name
        change = CHANGES[act](name, call.body.reason, audit_name(call.token), exchange.clock.now())
        return await _changed(call, await change_as(exchange, call.token, change))

    return handle


def _require_place(call: ApiCall[Any, Any, Any], signs_in: SignInMethod) -> None:
    """Raises Refusal where nobody could sign in so."""
    serving = call.context.serving
    if signs_in is SignInMethod.ELSEWHERE and serving.oidc_login is None:
        raise RequestRefusal(ProblemType.REFUSED, reason="the settings name no identity provider")
    if signs_in is SignInMethod.HERE and not serving.login.takes_passwords:
        raise RequestRefusal(ProblemType.REFUSED, reason="nobody signs in by a password here")


async def _changed(call: ApiCall[UserPath, Any, Any], against: ActRefusal | None) -> OneUser:
    """Tried on nobody, it is in the audit log as well."""
    whole = await _whole(call)
    if against is not None:
        raise RequestRefusal(ProblemType.REFUSED, reason=against.text.en)
    return whole


async def _linked(call: ApiCall[Any, Any, Any], name: str, made: UserChangeResult) -> Linked:
    serving = call.context.serving
    user = await serving.reads.run(FindUser(name))
    if user is None:
        raise RequestRefusal(ProblemType.NOT_FOUND)
    if made.against is not None:
        raise RequestRefusal(ProblemType.REFUSED, reason=made.against.text.en)
    link = None if made.link is None else f"{CONSOLE}/enrol/{made.link}"
    return Linked(user=_user(user, serving.exchange.clock.now()), link=link)


def _without_link(answer: Linked) -> Linked:
    """What is kept of it; of a link only the digest is, in no other place."""
    return answer.model_copy(update={"link": None})


_OTHERS: Final[Mapping[UserAct, tuple[str, str, str]]] = {
    UserAct.ELSEWHERE: (
        "send_user_elsewhere", "Let them sign in at the identity provider only; the password is gone.",
        RequireOidc.act,
    ),
    UserAct.UNLOCK: ("unlock_user", "Open a name that wrong passwords locked.", UnlockUser.act),
    UserAct.SIGN_OUT: ("sign_user_out", "End all their sessions; they may sign in again.", EndSessions.act),
    UserAct.DISABLE: ("disable_user", "End all their sessions and links; they sign in no more.", DisableUser.act),
    UserAct.ENABLE: ("enable_user", "Let them sign in again as before.", EnableUser.act),
}  # fmt: skip
"""Name, summary, and how the audit log names it."""


def _on_one(act: UserAct) -> ApiOperation[UserPath, EmptyParams, ReasonBody]:
    name, summary, audited = _OTHERS[act]
    return ApiOperation(
        "POST", f"/users/{{name}}/{act}", name, TAG, summary, Right.USERS,
        OneUser, UserPath, EmptyParams, ReasonBody, _doing(act), _ACT, audited, is_once=True,
    )  # fmt: skip


_THERE: Final = frozenset({ProblemType.NOT_FOUND})
_ACT: Final = frozenset({ProblemType.NOT_FOUND, ProblemType.REFUSED})
OPERATIONS: Final[tuple[ApiOperation[Any, Any, Any], ...]] = (
    list_operation(USERS),
    ApiOperation(
        "POST", "/users", "add_user", TAG, "Add a user, with a link to set a password by.", Right.USERS,
        Linked, EmptyParams, EmptyParams, AddUserBody, add_user, frozenset({ProblemType.REFUSED}), AddUser.act,
        is_once=True,
        keeps=_without_link,
    ),
    ApiOperation(
        "GET", "/users/{name}", "show_user", TAG, "Show one user, where they are signed in, and what was done.",
        Right.USERS, OneUser, UserPath, EmptyParams, EmptyParams, show_user, _THERE,
    ),
    ApiOperation(
        "POST", f"/users/{{name}}/{UserAct.ROLE}", "change_role", TAG, "Give them another role; it holds at once.",
        Right.USERS, OneUser, UserPath, EmptyParams, ChangeRoleBody, change_role, _ACT, ChangeRole.act, is_once=True,
    ),
    ApiOperation(
        "POST", f"/users/{{name}}/{UserAct.LINK}", "link_user", TAG, "Make another link to set a password by.",
        Right.USERS, Linked, UserPath, EmptyParams, ReasonBody, link_user, _ACT, OpenEnrolment.act, is_once=True,
        keeps=_without_link,
    ),
    *map(_on_one, _OTHERS),
)  # fmt: skip
