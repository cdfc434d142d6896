"""What is wrong with a party: since when, whose fault it is, and what helps. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts.party import Agreement, Party
from gateway.domain.delivery.circuit import Circuit, CircuitState
from gateway.ports.deliveries import Backlog
from gateway.ports.parties import AttemptCounts, Pause
from gateway.reading.certificates import USABLE, CertificateLine, RegisteredStanding
from gateway.texts.language import marked

UNFETCHED_AFTER: Final = timedelta(hours=1)
"""A mailbox in which something waits is fetched from more often than that, or its program stands still."""
FEW: Final = 5
"""Attempts within an hour, below which a share of them says nothing."""


class TroubleKind(StrEnum):
    """What may be wrong, the worst first: a list of parties is in this order."""

    REVOKED = "revoked"
    NO_CERTIFICATE = "no_certificate"
    SILENT = "silent"
    UNFETCHED = "unfetched"
    DEAD_LETTERS = "dead_letters"
    LATE = "late"
    FAILING = "failing"
    PAUSED = "paused"
    ENDING = "ending"


@dataclass(frozen=True, slots=True)
class TroubleText:
    """English words of the catalogue: what it is, whose fault, what helps."""

    what: str
    fault: str
    cure: str


_THEIRS: Final = marked("The party's.")
_BETWEEN: Final = marked("The party's, or of the network between us: a test ping tells which.")

TROUBLE_TEXTS: Final[Mapping[TroubleKind, TroubleText]] = {
    TroubleKind.REVOKED: TroubleText(
        marked("A certificate of it was revoked"),
        _THEIRS,
        marked("Call its security officer. What it signs with that key is refused; register the new certificate."),
    ),
    TroubleKind.NO_CERTIFICATE: TroubleText(
        marked("None of its certificates is in force"),
        _THEIRS,
        marked("Nothing it signs is believed. Get its new certificate and register it; how is told below."),
    ),
    TroubleKind.SILENT: TroubleText(
        marked("Nobody answers there"),
        _BETWEEN,
        marked("Call them with what the test ping says. One message is tried by itself at the end of each rest; if it will last, pause the party and say so to those who wait."),  # noqa: E501 - one sentence
    ),
    TroubleKind.UNFETCHED: TroubleText(
        marked("It does not fetch what waits in its mailbox"),
        _THEIRS,
        marked("Call them: the program that fetches has stopped or lost its key. Nothing is lost meanwhile."),
    ),
    TroubleKind.DEAD_LETTERS: TroubleText(
        marked("Messages to it cannot be built or signed here"),
        marked("Ours."),
        marked("Open the dead letters, mend the cause that they name, then resend them."),
    ),
    TroubleKind.LATE: TroubleText(
        marked("The oldest message waits longer than agreed"),
        marked("The party's: it has not acknowledged it. Its last words tell why."),
        marked("Read the last words of the oldest delivery to the party, and call them with these."),
    ),
    TroubleKind.FAILING: TroubleText(
        marked("It answered fewer than half of the attempts of the last hour"),
        _BETWEEN,
        marked("Read its own words below: overload, a gateway in front of it, or one message that it cannot bear."),
    ),
    TroubleKind.PAUSED: TroubleText(
        marked("Paused: nothing new goes out to it"),
        marked("Nobody's: a person wanted it so, for the reason below."),
        marked("Resume it when that reason is over."),
    ),
    TroubleKind.ENDING: TroubleText(
        marked("A certificate ends soon, and none follows"),
        _THEIRS,
        marked("Ask for the next one now: an order at the authority takes days. How to register it is told below."),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PartyTrouble:
    """One trouble. ``since``: None where no moment is known."""

    trouble: TroubleKind
    since: datetime | None

    @property
    def text(self) -> TroubleText:
        return TROUBLE_TEXTS[self.trouble]


@dataclass(frozen=True, slots=True)
class PartyKnowledge:
    """What is known of one party now."""

    party: Party
    terms: Agreement
    circuit: Circuit | None
    pause: Pause | None
    backlog: Backlog | None
    tried: AttemptCounts
    receipt_at: datetime | None
    fetched_at: datetime | None
    certificates: tuple[CertificateLine, ...]

    @property
    def waits(self) -> int:
        """What was not acknowledged: for a mailbox its depth, handed out or not."""
        return self.backlog.waiting + self.backlog.in_flight + self.backlog.handed_out if self.backlog else 0

    @property
    def oldest_at(self) -> datetime | None:
        """When the oldest was made that nobody parked."""
        return self.backlog.oldest_at if self.backlog else None

    @property
    def circuit_state(self) -> CircuitState:
        """Closed where nothing was ever tried in vain."""
        return self.circuit.state if self.circuit else CircuitState.CLOSED


def troubles_of(known: PartyKnowledge, *, now: datetime) -> tuple[PartyTrouble, ...]:
    """All of them, the worst first."""
    order = list(TroubleKind)
    found = [*_of_certificates(known.certificates), *_of_calls(known), *_of_waiting(known, now)]
    return tuple(sorted(found, key=lambda one: order.index(one.trouble)))


def _of_certificates(lines: Iterable[CertificateLine]) -> Iterator[PartyTrouble]:
    ones = list(lines)
    if any(line.standing is RegisteredStanding.REVOKED for line in ones):
        yield PartyTrouble(TroubleKind.REVOKED, None)
    if not any(line.standing in USABLE for line in ones):
        yield PartyTrouble(TroubleKind.NO_CERTIFICATE, max((line.certificate.not_after for line in ones), default=None))
    elif any(line.is_left_alone and line.standing in USABLE for line in ones):
        yield PartyTrouble(TroubleKind.ENDING, None)


def _of_calls(known: PartyKnowledge) -> Iterator[PartyTrouble]:
    if known.pause is not None:
        yield PartyTrouble(TroubleKind.PAUSED, known.pause.since)
    if known.circuit is not None and known.circuit.state is not CircuitState.CLOSED:
        yield PartyTrouble(TroubleKind.SILENT, known.circuit.since)
    elif known.tried.in_hour >= FEW and known.tried.answered_in_hour * 2 < known.tried.in_hour:
        yield PartyTrouble(TroubleKind.FAILING, None)


def _of_waiting(known: PartyKnowledge, now: datetime) -> Iterator[PartyTrouble]:
    if known.backlog is not None and known.backlog.dead_lettered:
        yield PartyTrouble(TroubleKind.DEAD_LETTERS, None)
    if known.oldest_at is None:
        return
    heard_at = max(filter(None, (known.fetched_at, known.oldest_at)))
    if not known.party.is_called and known.pause is None and now - heard_at > UNFETCHED_AFTER:
        yield PartyTrouble(TroubleKind.UNFETCHED, known.fetched_at or known.oldest_at)
    if now - known.oldest_at > known.terms.warn_after:
        yield PartyTrouble(TroubleKind.LATE, known.oldest_at)
