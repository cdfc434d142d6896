"""What a user does to their own account: enrol by a link, change the password, end the sessions left open elsewhere."""

from __future__ import annotations

from enum import StrEnum

from gateway.domain.people.access import LONGEST_PASSWORD, PasswordTrouble, password_trouble
from gateway.ports.people.users import (
    EndSessions,
    Enrol,
    FailedLogin,
    FindCredentials,
    FindUserByLink,
    SetPassword,
    User,
    UserSession,
)
from gateway.service.authorise import audit_name
from gateway.service.people.login import LoginService, token_digest


class PasswordChangeRefusal(StrEnum):
    """Why nothing was changed, apart from what is wrong with the new password."""

    LINK = "the link was used, has ended, or gave way to a newer one"
    OLD = "the old password is wrong, or the name is locked"


async def user_of_link(login: LoginService, link: str) -> User | None:
    """Who may set a password by it now."""
    user = await login.users.run(FindUserByLink(token_digest(link))) if login.takes_passwords else None
    if user is None or user.disabled_at is not None or user.enrol_until is None:
        return None
    return user if login.clock.now() < user.enrol_until else None


async def enrol(login: LoginService, link: str, password: str) -> PasswordTrouble | PasswordChangeRefusal | None:
    """Set the password that the link is for; None when it is done, and the link is used up."""
    user = await user_of_link(login, link)
    if user is None:
        return PasswordChangeRefusal.LINK
    if (trouble := password_trouble(password, user.name)) is not None:
        return trouble
    made = await login.judge.hashed(password)
    change = Enrol(user.name, token_digest(link), made, audit_name(user), login.clock.now())
    return None if await login.users.run(change) is None else PasswordChangeRefusal.LINK


async def change_password(
    login: LoginService, session: UserSession, old: str, new: str, *, remote: str
) -> PasswordTrouble | PasswordChangeRefusal | None:
    """Ends all other sessions. Wrong old passwords count as at the login: a session left open guesses no better."""
    user, now = session.user, login.clock.now()
    if not await _is_own(login, user, old):
        await login.users.run(FailedLogin(user.user_id, "wrong old password", remote, now))
        return PasswordChangeRefusal.OLD
    if (trouble := password_trouble(new, user.name)) is not None:
        return trouble
    made = await login.judge.hashed(new)
    change = SetPassword(user.name, made, audit_name(user), now, keep=session.token_sha256)
    return None if await login.users.run(change) is None else PasswordChangeRefusal.OLD


async def end_others(login: LoginService, session: UserSession) -> None:
    """All sessions of the user but this one."""
    name = audit_name(session.user)
    await login.users.run(EndSessions(session.user.name, "", name, login.clock.now(), keep=session.token_sha256))


async def _is_own(login: LoginService, user: User, password: str) -> bool:
    known = await login.users.run(FindCredentials(user.name))
    is_open = known is not None and not known.user.standing.is_locked(login.clock.now())
    to_fit = known.password_hash if known and is_open and len(password) <= LONGEST_PASSWORD else None
    return await login.judge.fits(to_fit, password[:LONGEST_PASSWORD])
