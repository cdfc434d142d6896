"""What another system's record of an appeal says, in the words of our contract; whoever reads its dialect makes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from contracts.party import PartyId
from contracts.payloads import (
    ComplaintDecision,
    DocumentKind,
    Redirected,
    RegisterAppeal,
    Reply,
    ReportProgress,
    WithdrawAppeal,
)


@dataclass(frozen=True, slots=True)
class ComplaintLodged:
    """АППК Art. 91: a complaint about ``body`` was filed there, for ``reviewer``."""

    body: PartyId
    reviewer: PartyId


@dataclass(frozen=True, slots=True)
class ComplaintOver:
    """АППК Art. 100: what the higher body decided there."""

    body: PartyId
    decision: ComplaintDecision
    act_number: str
    act_date: date


StepPayload = ReportProgress | Reply | WithdrawAppeal | ComplaintLodged | ComplaintOver
"""What a step would have come as, had it been reported to us; a complaint by what came of it."""


@dataclass(frozen=True, slots=True)
class ImportedStep:
    """One step as told. ``row``: its place in the record, from 1. ``by``: a body; None: the applicant."""

    row: int
    at: datetime
    by: PartyId | None
    payload: StepPayload


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file that the record names. ``keys``: under which names it may lie. ``sha256``: hex; None where not told."""

    keys: tuple[str, ...]
    kind: DocumentKind
    title: str
    file_name: str
    media_type: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A part of the record itself, as its bytes stand in the export; kept as a document of the case."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Lawsuit:
    """The appeal went to court there: the case's number, where it has one, and since when."""

    case_number: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ImportedAppeal:
    """One appeal. ``appeal`` names no documents yet; ``steps`` are in the order in which they happened.

    ``source``: the other system's name. ``body``: whom the appeal was handed to first. ``due_on``: the last day of the
    term as told there. ``parent_number``: the appeal that it complains about.
    """

    source: str
    number: str
    appeal: RegisterAppeal
    body: PartyId
    steps: tuple[ImportedStep, ...]
    files: tuple[ImportedFile, ...]
    record: tuple[RecordFile, ...] = ()
    due_on: date | None = None
    parent_number: str | None = None
    lawsuit: Lawsuit | None = None

    def bodies(self) -> tuple[PartyId, ...]:
        """Every body that the case names, once."""
        named = [self.body]
        for step in self.steps:
            named += [step.by] if step.by is not None else []
            match step.payload:
                case ReportProgress(step=Redirected(to=to)):
                    named.append(to)
                case ComplaintLodged(body, reviewer):
                    named += [body, reviewer]
                case _:
                    pass
        return tuple(dict.fromkeys(named))
