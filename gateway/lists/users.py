"""Users of the console, by name. Whoever is disabled stays, since the audit log names them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from pydantic import AwareDatetime, Field, StringConstraints

from gateway.domain.people.access import USER_NAME, Right, SignInMethod, UserRole
from gateway.lists.cell import Cell, Link, Local, Phrase, Styled, Words
from gateway.lists.column import Column
from gateway.lists.listing import FormField, ListAnswers, Listing, ListPage, ListSource, Widget
from gateway.lists.models import Paging
from gateway.lists.reader import Reader
from gateway.ports.people.users import SearchUsers, UserQuery, UserRow
from gateway.texts.codes import ROLES
from gateway.texts.language import marked

Name = Annotated[str, StringConstraints(pattern=rf"^{USER_NAME.pattern}$")]


class UserParams(Paging):
    """Which users; by name."""

    role: UserRole | None = None
    begin_at: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9._-]{0,39}$", to_lower=True)] | None = Field(
        default=None, description="The name to begin at, or its first letters."
    )
    after: Name | None = Field(default=None, description="The user at which the page before ended.")


async def _find(source: ListSource, params: UserParams, reader: Reader) -> ListPage[UserRow]:
    query = UserQuery(params.begin_at or "", params.role, params.after or "", params.limit)
    return ListPage(await source.reads.run(SearchUsers(query, reader.now)))


def _locked_until(row: UserRow, reader: Reader) -> datetime | None:
    standing = row.user.standing
    return standing.locked_until if standing.is_locked(reader.now) else None


def _stands(row: UserRow, reader: Reader) -> Cell:
    if row.user.disabled_at:
        return Styled("standing ended", Phrase(marked("disabled")))
    if row.user.standing.is_locked(reader.now):
        return Styled("standing urgent", Phrase(marked("locked")))
    if not row.user.has_proof:
        return Styled("standing soon", Phrase(marked("has not enrolled yet")))
    return Styled("standing good", Phrase(marked("may sign in")))


def _way(row: UserRow, _: Reader) -> Cell:
    is_here = row.user.signs_in is SignInMethod.HERE
    return Phrase(marked("by a password") if is_here else marked("at the identity provider"))


USERS: Final = Listing(
    key="users",
    name=marked("Users"),
    right=Right.USERS,
    params=UserParams,
    find=_find,
    place=lambda row: row.user.name,
    columns=(
        Column(key="user_id", json=int, of=lambda row, _: row.user.user_id),
        Column(
            key="name", json=str, label=marked("Name"), file="name", of=lambda row, _: row.user.name,
            cell=lambda row, _: Link(f"/users/{row.user.name}", Words(row.user.name)),
        ),
        Column(
            key="role", json=UserRole, label=marked("Role"), file="role", of=lambda row, _: row.user.role,
            cell=lambda row, _: Local(ROLES[row.user.role]),
        ),
        Column(
            key="disabled_at", json=AwareDatetime | None, label=marked("Stands"), file="disabled_almaty", cell=_stands,
            of=lambda row, _: row.user.disabled_at,
        ),
        Column(
            key="locked_until", json=AwareDatetime | None, of=_locked_until, file="locked_until_almaty",
            about="By wrong passwords; null when it is not locked now.",
        ),
        Column(
            key="signs_in", json=SignInMethod, label=marked("Signs in"), file="signs_in", cell=_way,
            of=lambda row, _: row.user.signs_in,
        ),
        Column(
            key="has_proof", json=bool, about="Whether there is anything to sign in by yet.",
            of=lambda row, _: row.user.has_proof,
        ),
        Column(
            key="enrol_until", json=AwareDatetime | None, of=lambda row, _: row.user.enrol_until,
            about="Until when the newest link is good; null without one.",
        ),
        Column(
            key="sessions", json=int, label=marked("Sessions"), css="n", file="sessions",
            cell=lambda row, _: Words(str(row.sessions)) if row.sessions else Styled("zero", Words("0")),
        ),
        Column(key="seen_at", json=AwareDatetime | None, label=marked("Last used"), file="last_used_almaty"),
        Column(
            key="created_at", json=AwareDatetime, label=marked("Added"), file="added_almaty",
            of=lambda row, _: row.user.created_at,
        ),
    ),
    answers=ListAnswers(
        "/users", "list_users", "users", "List users of the console.",
        ("ListedUser", "``sessions``: how many are open; ``seen_at``: when one of them was used last."),
        ("UserPage", "Users by name."),
    ),
    empty=marked("No user fits."),
    sheet="users",
    fields=(
        FormField("begin_at", marked("From this name on")),
        FormField(
            "role", marked("Role"), Widget.CHOICE, marked("any role"), {role: Local(ROLES[role]) for role in UserRole}
        ),
    ),
)  # fmt: skip
