"""How one kind of party acts: what it makes of a message, and how it does what it has set itself to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from connectors.sandbox.records import Effects, SandboxDuty
from connectors.soap.calls import PreparedCall
from connectors.soap.reading import VerifiedDelivery
from contracts.codes import Code


@dataclass(frozen=True, slots=True)
class Accepts:
    """The message is taken; a receipt goes out once ``effects`` are durable."""

    effects: Effects = field(default_factory=Effects)


@dataclass(frozen=True, slots=True)
class Refuses:
    """The message is refused for good, with a signed error signal. ``words`` are the party's own."""

    code: Code
    words: str


@dataclass(frozen=True, slots=True)
class NeedsTime:
    """The message is kept and will be examined by a duty of ``effects``; its signal goes by Acknowledge."""

    effects: Effects


Response = Accepts | Refuses | NeedsTime


class Conduct(Protocol):
    """One kind of party. Neither method writes: what they return is written by the caller, in one commit."""

    async def respond(self, delivery: VerifiedDelivery, *, now: datetime, at_leisure: bool = False) -> Response:
        """``at_leisure``: nobody waits for the answer. Raises a ``CallFailed`` when it could not be decided now."""
        ...

    async def fulfil(self, duty: SandboxDuty, *, now: datetime) -> Sequence[PreparedCall]:
        """The messages that the duty comes to. Raises a ``CallFailed`` to be asked again later."""
        ...
