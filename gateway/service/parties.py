"""What people do to a party as a whole: pause it, resume it, knock at its door; each leaves a line in the audit log."""

from __future__ import annotations

from typing import Final

from connectors.ports.probe import Probed
from contracts.party import Party, PartyId
from gateway.domain.people.access import Right
from gateway.domain.refusal import ActRefusal
from gateway.ports.outside import Prober
from gateway.ports.parties import Switch, SwitchJob
from gateway.ports.people.users import AuditNote
from gateway.service.authorise import Actor, AttemptedAct, audit_name, require
from gateway.service.exchange import Exchange

_PAST: Final = {Switch.PAUSE: "party.paused", Switch.RESUME: "party.resumed"}


async def switch(exchange: Exchange, to: Switch, party_id: PartyId, *, by: str, reason: str) -> ActRefusal | None:
    """Pause the party or resume it; what stands against it, None when it is done."""
    return await exchange.store.run(SwitchJob(to, party_id, by, reason, exchange.clock.now()))


async def switch_as(
    exchange: Exchange, user: Actor, to: Switch, party_id: PartyId, *, reason: str
) -> ActRefusal | None:
    """The same within the rights of the role. Raises NotAllowed."""
    await require(exchange, user, Right.PAUSE, AttemptedAct(_PAST[to], party_id, reason))
    return await switch(exchange, to, party_id, by=audit_name(user), reason=reason)


async def probe_as(exchange: Exchange, prober: Prober, user: Actor, party: Party) -> Probed | None:
    """Knock at the party's door; None for one that has none, whose mailbox is ours. Raises NotAllowed."""
    await require(exchange, user, Right.PROBE, AttemptedAct("party.probed", party.party_id))
    if party.endpoint is None:
        return None
    probed = await prober.probe(party.endpoint)
    note = AuditNote(audit_name(user), "party.probed", party.party_id, "", _result_of(probed), exchange.clock.now())
    await exchange.store.run(note)
    return probed


def _result_of(probed: Probed) -> str:
    """Without the peer's words, which may be anybody's."""
    took_s = sum(step.took.total_seconds() for step in probed.steps)
    if probed.is_good:
        return f"reached in {took_s:.2f} s"
    return f"not reached: {probed.steps[-1].step.value} failed after {took_s:.2f} s"
