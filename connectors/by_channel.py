"""Connectors found by channel: each folder beside this file that carries messages registers in its ``channel.py``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from connectors.channel import CallContext, Caller, ChannelConnector, OutgoingCall
from connectors.ports.outcome import Deferred, Outcome, Transmission
from contracts.party import Channel

_HERE = Path(__file__).parent


@cache
def registered() -> Mapping[Channel, ChannelConnector]:
    """All of them. Raises LookupError when a channel has none or two, or one that calls where nobody is called."""
    found: dict[Channel, ChannelConnector] = {}
    for one in _found():
        if one.channel in found:
            raise LookupError(f"two connectors register for {one.channel}")
        if (one.open is not None) != one.channel.is_called:
            raise LookupError(f"the connector of {one.channel} must{'' if one.channel.is_called else ' not'} call")
        found[one.channel] = one
    if missing := [channel.value for channel in Channel if channel not in found]:
        raise LookupError(f"no connector registers for {', '.join(missing)}")
    return MappingProxyType(found)


class CallersByChannel:
    """Hands each message to the caller of its party's channel."""

    def __init__(self, context: CallContext) -> None:
        connectors = registered().values()
        self._callers: Mapping[Channel, Caller] = {one.channel: one.open(context) for one in connectors if one.open}

    async def send(self, outgoing: OutgoingCall) -> Outcome:
        """One attempt; a party that became one that fetches in the meantime is left to its next claim."""
        party = outgoing.party
        caller = self._callers.get(party.channel)
        if caller is None:
            return Deferred(f"{party.party_id} is not called, it fetches", Transmission(outgoing.envelope))
        return await caller.send(outgoing)


def _found() -> Iterator[ChannelConnector]:
    for path in sorted(_HERE.glob("*/channel.py")):
        yield import_module(f"connectors.{path.parent.name}.channel").CONNECTOR
