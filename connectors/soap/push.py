"""Push: the exchange calls a party's Inbox, once per attempt, and says what came of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import aiohttp

from connectors.channel import OutgoingCall
from connectors.ports.clock import Clock
from connectors.ports.outcome import Deferred, Outcome, Transmission
from connectors.soap.judge import SentEnvelope, judge
from connectors.soap.transport import HttpAnswer, post
from contracts.party import PartyId
from signing.profile.offload import aside
from signing.profile.verification import PinnedCertificates


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

    async def send(self, outgoing: OutgoingCall) -> Outcome:
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
