"""Push: the exchange calls a party's Inbox, once per attempt, and says what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol

import aiohttp

from connectors.ports.outcome import Deferred, Outcome, Transmission
from connectors.soap.ambient import Clock
from connectors.soap.judge import SentEnvelope, judge
from connectors.soap.transport import HttpAnswer, post
from contracts.header import MessageId
from contracts.party import Agreement, Party, PartyId
from signing.profile.offload import aside
from signing.profile.verification import PinnedCertificates


class OutgoingPush(Protocol):
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


class PushConnector:
    """Delivers to parties with an endpoint. ``pinned`` is asked at every answer, so a new registry counts at once.

    The session is the caller's: its connector's limits bound how many sockets one party may hold.
    """

    def __init__(
        self, session: aiohttp.ClientSession, *, pinned: Callable[[], PinnedCertificates], me: PartyId, clock: Clock
    ) -> None:
        self._session = session
        self._pinned = pinned
        self._me = me
        self._clock = clock

    async def send(self, outgoing: OutgoingPush) -> Outcome:
        """One attempt within the agreement's own deadline. What the peer or the network does is an outcome."""
        party = outgoing.party
        if party.endpoint is None:
            return Deferred(f"{party.party_id} has no endpoint to call", Transmission(outgoing.envelope))
        answer = await post(
            self._session,
            party.endpoint,
            outgoing.envelope,
            within=outgoing.agreement.attempt_timeout,
            now=self._clock.now(),
            trace=outgoing.trace_headers,
        )
        sent = SentEnvelope(outgoing.message_id, outgoing.digest, party.party_id, self._me, outgoing.envelope)
        body = answer.body if isinstance(answer, HttpAnswer) else b""
        return await aside(body, partial(judge, answer, sent, self._pinned(), now=self._clock.now()))
