"""Rights of who acts: what a role does not give is noted in the audit log, and ends the act."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.domain.delivery.acts import Act
from gateway.domain.people.access import Authorisation, Right, authorise
from gateway.domain.people.audit_result import without_right
from gateway.ports.people.tokens import ApiToken
from gateway.ports.people.users import AuditNote, User
from gateway.service.exchange import Exchange

Actor = User | ApiToken
"""A person at the console, or a program that was given a token."""


class NotAllowed(Exception):
    """The user's role does not give the right; that it was tried is in the audit log."""

    def __init__(self, authorisation: Authorisation) -> None:
        super().__init__(authorisation.value)
        self.authorisation = authorisation


@dataclass(frozen=True, slots=True)
class AttemptedAct:
    """How the audit log calls what is tried: the act, what it is done to, and why. Names no person."""

    act: str
    subject: str
    reason: str = ""


def audit_name(actor: Actor) -> str:
    """How the audit log names who acts; without a prefix it is a login name of the machine."""
    return f"token:{actor.name}" if isinstance(actor, ApiToken) else f"console:{actor.name}"


async def authorise_attempt(
    exchange: Exchange, actor: Actor, wanted: Right | Act, attempt: AttemptedAct
) -> Authorisation:
    """Whether the role gives it; where it does not, the attempt is in the audit log."""
    authorisation = authorise(actor.role, wanted)
    if not authorisation.is_allowed:
        result, now = without_right(actor.role), exchange.clock.now()
        note = AuditNote(audit_name(actor), attempt.act, attempt.subject, attempt.reason, result, now)
        await exchange.store.run(note)
    return authorisation


async def require(exchange: Exchange, actor: Actor, wanted: Right | Act, attempt: AttemptedAct) -> None:
    """Raises NotAllowed where the role does not give it."""
    authorisation = await authorise_attempt(exchange, actor, wanted, attempt)
    if not authorisation.is_allowed:
        raise NotAllowed(authorisation)
