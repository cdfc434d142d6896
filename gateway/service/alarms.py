"""What people do about alarms: take one up, with a reason; it leaves a line in the audit log."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from gateway.domain.alarms.kinds import AlarmLimits
from gateway.domain.people.access import Right
from gateway.domain.refusal import ActRefusal
from gateway.ports.alarms import AckJob, ListFailingChannels, UndeliveredAlarms
from gateway.ports.operations import Reads
from gateway.ports.people.users import User
from gateway.service.authorise import AttemptedAct, audit_name, require
from gateway.service.exchange import Exchange

UNHEARD_FOR: Final = timedelta(days=1)
"""A message that was given up is told of for so long."""


async def failing_channels(store: Reads, limits: AlarmLimits, now: datetime) -> tuple[UndeliveredAlarms, ...]:
    """Channels by which messages about alarms do not arrive."""
    return await store.run(ListFailingChannels(tries=limits.failing_tries, since=now - UNHEARD_FOR))


async def probe_channels(exchange: Exchange) -> str:
    """For ``/health/ready``, which a mail server does not make unready: parties have nothing to do with it."""
    found = await failing_channels(exchange.store, exchange.alarm_limits, exchange.clock.now())
    undelivered = "; ".join(f"{one.count} by {one.channel} since {one.since:%Y-%m-%d %H:%M} UTC" for one in found)
    return f"messages that nobody takes: {undelivered}" if undelivered else "told"


async def acknowledge(exchange: Exchange, alarm_id: int, *, by: str, reason: str) -> ActRefusal | None:
    """What stands against it; None when it is done."""
    return await exchange.store.run(AckJob(alarm_id, by, reason, exchange.clock.now()))


async def acknowledge_as(exchange: Exchange, user: User, alarm_id: int, *, reason: str) -> ActRefusal | None:
    """The same by a user of the console, within the rights of the role. Raises NotAllowed."""
    await require(exchange, user, Right.ACKNOWLEDGE, AttemptedAct("alarm.acknowledged", f"alarm:{alarm_id}", reason))
    return await acknowledge(exchange, alarm_id, by=audit_name(user), reason=reason)
