"""Whoever counts what happens. A call costs microseconds and cannot fail; no id and no free text is handed in."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, Protocol

from contracts.codes import Code
from contracts.header import Action
from contracts.operations import Service
from contracts.party import PartyRole
from dossier.case.events import Fact
from gateway.domain.delivery.escalation import EscalationStep


class SpanOutcome(StrEnum):
    """What became of spans that were to be exported."""

    EXPORTED = "exported"
    LOST = "lost"  # the receiver was away, too slow, or refused them
    DROPPED = "dropped"  # as many waited as may


class Meter(Protocol):
    """Each call tells of one thing that is over; spans are in seconds."""

    def request_took(self, service: Service, seconds: float) -> None:
        """A request was read and answered, whatever the answer says."""
        ...

    def accepted(self, action: Action) -> None:
        """A message got its signed answer, also one that came again."""
        ...

    def refused(self, action: Action | None, code: Code) -> None:
        """A message got a fault. ``action``: None when it did not come so far that we believe what it says."""
        ...

    def wrote(self, facts: Iterable[Fact]) -> None:
        """These facts were committed to the history of a case."""
        ...

    def attempted(self, role: PartyRole | None, outcome: str, seconds: float) -> None:
        """A delivery was attempted. ``outcome``: name of its class; ``role``: None for a party that left."""
        ...

    def rescued(self, deliveries: int) -> None:
        """Leases had ended, or receipts were overdue; these are tried again."""
        ...

    def escalated(self, step: EscalationStep, deliveries: int) -> None:
        """People were told of these."""
        ...

    def sealed(self, leaves: int) -> None:
        """A seal was put over the ledger with so many new leaves."""
        ...

    def stamped(self, seals: int) -> None:
        """So many seals got their time-stamp tokens."""
        ...

    def ledger_broke(self) -> None:
        """The sealer found that what is kept does not lead to the root that was signed."""
        ...

    def dossier_failed(self) -> None:
        """A dossier that is due could not be assembled."""
        ...

    def loop_failed(self, loop: str) -> None:
        """A piece of a loop's work failed. ``loop``: one of the names that this process has."""
        ...

    def loop_lagged(self, seconds: float) -> None:
        """So much later than asked for did the event loop come to a timer."""
        ...

    def spans(self, were: SpanOutcome, count: int) -> None:
        """Spans left for the receiver of traces, or will not. Called from a thread of its own, too."""
        ...


class NoMeter:
    """Counts nothing."""

    def request_took(self, service: Service, seconds: float) -> None: ...
    def accepted(self, action: Action) -> None: ...
    def refused(self, action: Action | None, code: Code) -> None: ...
    def wrote(self, facts: Iterable[Fact]) -> None: ...
    def attempted(self, role: PartyRole | None, outcome: str, seconds: float) -> None: ...
    def rescued(self, deliveries: int) -> None: ...
    def escalated(self, step: EscalationStep, deliveries: int) -> None: ...
    def sealed(self, leaves: int) -> None: ...
    def stamped(self, seals: int) -> None: ...
    def ledger_broke(self) -> None: ...
    def dossier_failed(self) -> None: ...
    def loop_failed(self, loop: str) -> None: ...
    def loop_lagged(self, seconds: float) -> None: ...
    def spans(self, were: SpanOutcome, count: int) -> None: ...


NO_METER: Final = NoMeter()
