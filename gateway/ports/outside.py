"""Who is called outside: parties, time-stamp authorities, those who know what was revoked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from connectors.ports.identity import Identity, LoginChallenge
from connectors.ports.notification import SendResult
from connectors.ports.outcome import Outcome
from connectors.ports.probe import Probed
from contracts.header import MessageId
from contracts.party import Agreement, Party
from gateway.domain.alarms.letter import Draft
from gateway.domain.trace import TraceContext
from signing.keys.keypair import Certificate
from signing.timestamps.token import TimestampToken
from signing.trust.answer import Inquiry


@dataclass(frozen=True, slots=True)
class OutgoingEnvelope:
    """What a connector sends: signed bytes, and what the answer must name.

    ``trace``: the span in which the recipient is waited for. It goes along outside of the signature.
    """

    party: Party
    agreement: Agreement
    message_id: MessageId
    digest: str
    envelope: bytes
    trace: TraceContext | None = None

    @property
    def trace_headers(self) -> Mapping[str, str]:
        """By which the recipient may go on with our trace."""
        return self.trace.headers if self.trace else {}


class Connector(Protocol):
    """Speaks to one kind of party. Never raises for what the peer or the network does: that is an Outcome."""

    async def send(self, outgoing: OutgoingEnvelope) -> Outcome: ...


class TimestampAuthority(Protocol):
    """Whoever stamps time for us; behind it may stand several authorities."""

    async def stamp(self, digest: bytes) -> TimestampToken:
        """A trusted token over a SHA-256 digest (32 bytes). Raises TimestampUnavailable in bounded time."""
        ...

    def is_away(self) -> bool:
        """Whether everyone who could give one failed a moment ago: ``stamp`` would raise at once."""
        ...


class RevocationAuthorities(Protocol):
    """Those who can say whether a certificate was revoked. Never raises for what they or the network do."""

    async def query(self, certificate: Certificate, issuer: Certificate) -> Inquiry: ...


class Prober(Protocol):
    """Knocks at an endpoint, step by step, without asking for anything. Never raises for what is met there."""

    async def probe(self, endpoint: str) -> Probed: ...


class IdentityProvider(Protocol):
    """Where people have an account elsewhere."""

    async def address(self, question: LoginChallenge) -> str:
        """Where the browser is sent to sign in. Raises ProviderAway."""
        ...

    async def identify(self, code: str, question: LoginChallenge) -> Identity:
        """Who came back with this code. Raises IdentityRefused, ProviderAway."""
        ...

    async def end_session(self, state: str, language: str) -> str | None:
        """Where the browser is sent to sign out there, too, and comes back from with ``state``; None for nowhere.

        ``language``: to be spoken to in, as RFC 5646 writes it. Raises ProviderAway.
        """
        ...


class Messenger(Protocol):
    """Hands messages about alarms to whoever they are for. Never raises for what is met there."""

    async def send(self, draft: Draft, *, letter_id: int, at: datetime) -> SendResult: ...
