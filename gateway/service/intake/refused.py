"""Refusal of a request: whose fault, which code, every violation; becomes a SOAP fault and a row in the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from contracts.codes import Code, Fault
from contracts.errors import Violation
from contracts.party import PartyId
from contracts.remedies import FoundTrouble


@dataclass(frozen=True, slots=True)
class ClaimedIdentity:
    """What an unverified request says of itself; for the log and the fault only, never for a decision."""

    sender: str | None = None
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Authenticated:
    """Whose signature a refused request proved to carry, and the digest (SHA-256, hex) of what it signed."""

    signer: PartyId
    digest: str


class Refused(Exception):
    """The request has no effect. ``detail`` is English, for the sender's engineer; people read the code's text.

    ``troubles``: all that is wrong with the form of the message, where that is it. ``fault``: as in ``ContractError``.
    """

    def __init__(
        self,
        code: Code,
        detail: str,
        *,
        violations: tuple[Violation, ...] = (),
        claimed: ClaimedIdentity | None = None,
        retry_after: timedelta | None = None,
        troubles: tuple[FoundTrouble, ...] = (),
        fault: Fault | None = None,
    ) -> None:
        super().__init__(f"{code.value}: {detail}")
        self.code = code
        self.detail = detail
        self.violations = violations
        self.claimed = claimed or ClaimedIdentity()
        self.retry_after = retry_after
        self.troubles = troubles
        self.fault = fault
