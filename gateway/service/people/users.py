"""What an administrator does to others: adds them, says what each may do, lets in and shuts out; nothing to oneself."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from gateway.domain.people.access import ENROL_WITHIN, Right, SignInMethod, UserRole, authorise
from gateway.domain.people.audit_result import refused
from gateway.domain.refusal import ActRefusal, RefusalReason, refusal_of
from gateway.ports.people.users import AddUser, AuditNote, Enrolment, FindCredentials, OpenEnrolment, User, UserChange
from gateway.service.authorise import Actor, AttemptedAct, audit_name, require
from gateway.service.exchange import Exchange
from gateway.service.people.login import token_digest


@dataclass(frozen=True, slots=True)
class UserChangeResult:
    """``against``: None when it is done. ``link``: what the link says, told this once; None without one."""

    against: ActRefusal | None
    link: str | None = field(default=None, repr=False)


async def add_as(
    exchange: Exchange, by: Actor, name: str, role: UserRole, signs_in: SignInMethod, *, reason: str
) -> UserChangeResult:
    """Add a user, with a link to enrol by unless they sign in elsewhere. Raises NotAllowed."""
    token, now = secrets.token_urlsafe(32), exchange.clock.now()
    link = Enrolment(token_digest(token), now + ENROL_WITHIN) if signs_in is SignInMethod.HERE else None
    change = AddUser(name, role, "", audit_name(by), now, reason, signs_in, link)
    against = await change_as(exchange, by, change)
    return UserChangeResult(against, token if against is None and link else None)


async def link_as(exchange: Exchange, by: Actor, name: str, *, reason: str) -> UserChangeResult:
    """Another link, for a password that was forgotten or never set. Raises NotAllowed."""
    token, now = secrets.token_urlsafe(32), exchange.clock.now()
    link = Enrolment(token_digest(token), now + ENROL_WITHIN)
    against = await change_as(exchange, by, OpenEnrolment(name, link, reason, audit_name(by), now))
    return UserChangeResult(against, token if against is None else None)


async def change_as(exchange: Exchange, by: Actor, change: UserChange) -> ActRefusal | None:
    """A change of another user, within the rights of the role; in the audit log either way. Raises NotAllowed.

    A program has no account here, so that nothing is done to itself; the last administrator is kept by the store.
    """
    if not authorise(by.role, Right.USERS).is_allowed:
        await require(exchange, by, Right.USERS, await _attempt(exchange, change))
    if isinstance(by, User) and change.name == by.name:
        tried, refusal = await _attempt(exchange, change), refusal_of(RefusalReason.OWN_ACCOUNT, name=change.name)
        note = AuditNote(audit_name(by), tried.act, tried.subject, tried.reason, refused(refusal.line), change.at)
        await exchange.store.run(note)
        return refusal
    return await exchange.store.run(change)


async def _attempt(exchange: Exchange, change: UserChange) -> AttemptedAct:
    known = await exchange.store.run(FindCredentials(change.name))
    subject = f"user:{known.user.user_id}" if known else "user:none"
    return AttemptedAct(change.act, subject, getattr(change, "reason", ""))
