"""What a user does to their own account: enrol by a link, change the password, end the sessions left open elsewhere."""

from __future__ import annotations

from enum import StrEnum

from gateway.domain.access import LONGEST_PASSWORD, PasswordTrouble, password_trouble
from gateway.ports.users import EndSessions, Enrol, FailedLogin, Session, SetPassword, User
from gateway.service.operate import audit_name
from gateway.service.signin import Desk, token_digest


class Stale(StrEnum):
    """Why nothing was changed, apart from what is wrong with the new password."""

    LINK = "the link was used, has ended, or gave way to a newer one"
    OLD = "the old password is wrong, or the name is locked"


async def user_of_link(desk: Desk, link: str) -> User | None:
    """Who may set a password by it now."""
    user = await desk.users.user_by_link(token_digest(link)) if desk.takes_passwords else None
    if user is None or user.disabled_at is not None or user.enrol_until is None:
        return None
    return user if desk.clock.now() < user.enrol_until else None


async def enrol(desk: Desk, link: str, password: str) -> PasswordTrouble | Stale | None:
    """Set the password that the link is for; None when it is done, and the link is used up."""
    user = await user_of_link(desk, link)
    if user is None:
        return Stale.LINK
    if (trouble := password_trouble(password, user.name)) is not None:
        return trouble
    made = await desk.judge.hashed(password)
    change = Enrol(user.name, token_digest(link), made, audit_name(user), desk.clock.now())
    return None if await desk.users.change_user(change) is None else Stale.LINK


async def change_password(
    desk: Desk, session: Session, old: str, new: str, *, remote: str
) -> PasswordTrouble | Stale | None:
    """Ends all other sessions. Wrong old passwords count as at the login: a session left open guesses no better."""
    user, now = session.user, desk.clock.now()
    if not await _is_own(desk, user, old):
        await desk.users.fail_login(FailedLogin(user.user_id, "wrong old password", remote, now))
        return Stale.OLD
    if (trouble := password_trouble(new, user.name)) is not None:
        return trouble
    made = await desk.judge.hashed(new)
    change = SetPassword(user.name, made, audit_name(user), now, keep=session.token_sha256)
    return None if await desk.users.change_user(change) is None else Stale.OLD


async def end_others(desk: Desk, session: Session) -> None:
    """All sessions of the user but this one."""
    name = audit_name(session.user)
    await desk.users.change_user(EndSessions(session.user.name, "", name, desk.clock.now(), keep=session.token_sha256))


async def _is_own(desk: Desk, user: User, password: str) -> bool:
    known = await desk.users.credentials_of(user.name)
    is_open = known is not None and not known.user.standing.is_locked(desk.clock.now())
    to_fit = known.password_hash if known and is_open and len(password) <= LONGEST_PASSWORD else None
    return await desk.judge.fits(to_fit, password[:LONGEST_PASSWORD])
