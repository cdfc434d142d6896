"""What people do to a party as a whole: pause it, resume it, knock at its door; each leaves a line in the audit log."""

from __future__ import annotations

from typing import Final

from connectors.ports.probe import Probed
from contracts.party import Party, PartyId
from gateway.domain.people.access import Right, may
from gateway.ports.outside import Prober
from gateway.ports.parties import Switch, SwitchJob
from gateway.ports.users import AuditNote
from gateway.service.exchange import Exchange
from gateway.service.operate import Actor, NotAllowed, audit_name

_PAST: Final = {Switch.PAUSE: "party.paused", Switch.RESUME: "party.resumed"}


async def switch(exchange: Exchange, to: Switch, party_id: PartyId, *, by: str, reason: str) -> str | None:
    """Pause the party or resume it; what stands against it in words, None when it is done."""
    return await exchange.store.switch_party(SwitchJob(to, party_id, by, reason, exchange.clock.now()))


async def switch_as(exchange: Exchange, user: Actor, to: Switch, party_id: PartyId, *, reason: str) -> str | None:
    """The same within the rights of the role. Raises NotAllowed."""
    await _require(exchange, user, Right.PAUSE, _PAST[to], party_id, reason)
    return await switch(exchange, to, party_id, by=audit_name(user), reason=reason)


async def probe_as(exchange: Exchange, prober: Prober, user: Actor, party: Party) -> Probed | None:
    """Knock at the party's door; None for one that has none, whose mailbox is ours. Raises NotAllowed."""
    await _require(exchange, user, Right.PROBE, "party.probed", party.party_id, "")
    if party.endpoint is None:
        return None
    probed = await prober.probe(party.endpoint)
    await _note(exchange, user, "party.probed", party.party_id, "", _result_of(probed))
    return probed


def _result_of(probed: Probed) -> str:
    """Without the peer's words, which may be anybody's."""
    took_s = sum(step.took.total_seconds() for step in probed.steps)
    if probed.is_good:
        return f"reached in {took_s:.2f} s"
    return f"not reached: {probed.steps[-1].step.value} failed after {took_s:.2f} s"


async def _require(exchange: Exchange, user: Actor, right: Right, act: str, party_id: PartyId, reason: str) -> None:
    if not may(user.role, right):
        result = f"refused: the role {user.role} may not"
        await _note(exchange, user, act, party_id, reason, result)
        raise NotAllowed(result)


async def _note(exchange: Exchange, user: Actor, act: str, party_id: PartyId, reason: str, result: str) -> None:
    await exchange.store.note(AuditNote(audit_name(user), act, party_id, reason, result, exchange.clock.now()))
