"""What a connector that carries messages says of itself, and what it is given when the exchange calls through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import aiohttp

from connectors.ports.clock import Clock
from connectors.ports.outcome import Outcome
from contracts.header import MessageId
from contracts.party import Agreement, Channel, Party, PartyId
from signing.profile.verification import PinnedCertificates


class OutgoingCall(Protocol):
    """The signed message to send; ``gateway.ports.outside.OutgoingEnvelope`` has this shape."""

    @property
    def party(self) -> Party: ...
    @property
    def agreement(self) -> Agreement: ...
    @property
    def message_id(self) -> MessageId: ...
    @property
    def digest(self) -> str: ...
    @property
    def envelope(self) -> bytes: ...
    @property
    def trace_headers(self) -> Mapping[str, str]: ...


class Caller(Protocol):
    """Calls parties of one channel; what the party or the network does is an outcome."""

    async def send(self, outgoing: OutgoingCall) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class CallContext:
    """What callers share. ``pinned`` is asked at every answer, so that a new registry counts at once."""

    session: aiohttp.ClientSession
    pinned: Callable[[], PinnedCertificates]
    me: PartyId
    clock: Clock


@dataclass(frozen=True, slots=True)
class ChannelConnector:
    """A connector registers by a ``CONNECTOR`` in its folder's ``channel.py``. ``open``: None where the party comes."""

    channel: Channel
    open: Callable[[CallContext], Caller] | None = None
