"""A scenario as values: who takes part, what each does when, and what must have come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from contracts.codes import Code
from contracts.party import LocalText, PartyId
from contracts.payloads import CaseRequest, DocumentKind, FilingPurpose, FindingCode, RoadKind
from dossier.case.appeal import Status, TermState
from dossier.procedure.decision import Competence
from dossier.procedure.law import Law


@dataclass(frozen=True, slots=True)
class ScenarioArrival:
    """A party's message arrives."""

    payload: CaseRequest


@dataclass(frozen=True, slots=True)
class FinishesDossier:
    """The collector has the dossier ready; played by itself unless the scenario says otherwise."""

    dossier_no: int


@dataclass(frozen=True, slots=True)
class AnswersDossier:
    """The court's system takes a dossier or, with ``code``, refuses it; taken by itself unless told otherwise."""

    code: str | None = None


@dataclass(frozen=True, slots=True)
class ScenarioWait:
    """Nothing arrives; the clock alone goes on to this instant."""


Deed = ScenarioArrival | FinishesDossier | AnswersDossier | ScenarioWait


@dataclass(frozen=True, slots=True)
class ExpectedFact:
    """A fact by its kind, and what must be true of it: its own fields as written, of a term also duty and party."""

    line: int
    on: date
    kind: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ExpectedTerm:
    """A term as a lawyer would write it down. ``begins`` and ``reminder``: local days, where the scenario cares."""

    line: int
    duty: str
    party: PartyId
    article: str
    due: date
    state: TermState
    late: bool
    begins: date | None = None
    reminder: date | None = None


@dataclass(frozen=True, slots=True)
class ExpectedMessage:
    """A message by its recipient and its action; notices by the step that they tell. None: whatever it is.

    ``says``: a part of its Russian text.
    """

    line: int
    to: PartyId
    what: str
    on: date | None = None
    due: date | None = None
    about: PartyId | None = None
    purpose: FilingPurpose | None = None
    items: tuple[DocumentKind, ...] | None = None
    says: str | None = None


@dataclass(frozen=True, slots=True)
class ExpectedRoad:
    """The answer to «I disagree». None: whatever it is."""

    line: int
    kind: RoadKind
    article: str | None = None
    until: date | None = None
    to: PartyId | None = None
    through: PartyId | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must hold; None and empty: no expectation. After a step it looks at what came since the step before it.

    ``facts`` and ``sent``: in this order, others may stand between. ``terms``: these, others may be there too;
    ``all_terms``: these and no others. ``never`` and ``not_sent``: none of these.
    """

    line: int
    status: Status | None = None
    facts: tuple[ExpectedFact, ...] = ()
    never: tuple[str, ...] = ()
    terms: tuple[ExpectedTerm, ...] = ()
    all_terms: tuple[ExpectedTerm, ...] | None = None
    sent: tuple[ExpectedMessage, ...] = ()
    not_sent: tuple[ExpectedMessage, ...] = ()
    road: ExpectedRoad | None = None
    findings: tuple[FindingCode, ...] | None = None
    refused: Code | None = None


@dataclass(frozen=True, slots=True)
class ScenarioStep:
    """At this instant (aware) ``who`` does something; the clock runs there first."""

    line: int
    at: datetime
    who: PartyId
    deed: Deed
    expect: Expectation | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part: names as people read them, and who is competent for what."""

    exchange: PartyId
    platform: PartyId
    competence: Competence
    names: Mapping[PartyId, LocalText] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One described case. ``law``: what it is judged by.

    ``dossiers_by_hand``, ``receipts_by_hand``: the scenario's own steps finish dossiers, and answer for the court.
    """

    title: LocalText
    law: Law
    cast: Cast
    steps: tuple[ScenarioStep, ...]
    expect: Expectation | None = None
    dossiers_by_hand: bool = False
    receipts_by_hand: bool = False
