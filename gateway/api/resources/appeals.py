"""Appeals: their list, one with its history and terms, what people wrote in it, and terms of all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from pydantic import AwareDatetime, Field

from contracts.header import Action
from contracts.party import LocalText, PartyId
from contracts.payloads import FilingPurpose, RoadKind
from dossier.case.appeal import DossierRecord
from dossier.case.events import Event, RoadTaken
from dossier.case.history import TermState, fold
from dossier.case.narration import narrate_all
from dossier.case.own_answers import road_entries
from dossier.case.record import KeptMessage
from dossier.case.term_entries import late_deeds, term_entries
from dossier.packaging.describe import event_entry
from dossier.packaging.description import EventEntry, RoadEntry, TermEntry
from gateway.api.language import localized
from gateway.api.listed import list_operation, list_reader
from gateway.api.operation import ApiCall, ApiOperation
from gateway.api.problems import PERSON, FieldProblem, ProblemType, RequestRefusal
from gateway.domain.people.access import Right
from gateway.domain.people.persons import is_person_number
from gateway.lists.appeals import APPEALS, AppealModel
from gateway.lists.deliveries import Delivery
from gateway.lists.models import EmptyParams, Line, RequestModel, ResponseModel
from gateway.lists.terms import TERMS
from gateway.ports.appeals import AppealRow, ListAppeals
from gateway.ports.audit import RecordAccess
from gateway.ports.case import Case, FindConversation, ListMessages, LoadCase
from gateway.ports.console import DeliveryQuery
from gateway.reading.appeal_words import words_in
from gateway.service.cases.find_cases import Searcher, SearchTrouble, find_cases
from gateway.service.operate import reader_of
from gateway.texts.language import PageLanguage

TAG: Final = "appeals"
MOST_DELIVERIES: Final = 100


class AppealPath(RequestModel):
    """Which appeal, by its number."""

    appeal_number: Line


class FindBody(RequestModel):
    """By whatever number somebody has at hand."""

    number: Line = Field(description="Of an appeal, a court case, a message, a delivery; an IIN or BIN.")


class FoundAppeals(ResponseModel):
    """Those that the number belongs to, 200 at most."""

    appeals: tuple[AppealModel, ...]


class HistoryStep(ResponseModel):
    """One event of the history. ``leaf``: SHA-256 of its bytes, as the ledger holds it."""

    seq: int
    at: AwareDatetime
    happened_at: AwareDatetime | None = Field(description="By another system's word, which told us later.")
    actor: PartyId
    kind: str
    words: str = Field(description="In the language asked for.")
    message_id: str | None
    leaf: str


class LegalTerm(ResponseModel):
    """One legal deadline of the appeal."""

    term_id: str
    duty: str
    wording: str = Field(description="In the language asked for.")
    article: str
    party: PartyId
    bound: str | None
    started_at: AwareDatetime
    due_on: date
    due_at: AwareDatetime
    rules_version: str
    state: TermState
    late: bool
    closed_at: AwareDatetime | None = Field(description="When the term was met, fell away, or was seen to be missed.")
    done_at: AwareDatetime | None = Field(description="When the duty was done, also after the term was missed.")
    late_by_s: float | None = Field(description="How many seconds too late it was done; null if in time, or not yet.")
    late_by_seq: int | None = Field(description="Which event of the history did it too late.")


class RoadModel(ResponseModel):
    """Where a disagreement went, by which article and why."""

    at: AwareDatetime
    kind: RoadKind
    article: str
    until: date | None
    to: PartyId | None
    through: PartyId | None
    why: str | None


class Dossier(ResponseModel):
    """One dossier for the court. ``sha256``, ``filed_at``: null until it is assembled."""

    dossier_no: int
    court: PartyId
    purpose: FilingPurpose
    sha256: str | None
    document_id: str | None


class OneAppeal(ResponseModel):
    """An appeal with its whole path; nothing in it was written by a citizen."""

    appeal: AppealModel
    history: tuple[HistoryStep, ...]
    terms: tuple[LegalTerm, ...]
    roads: tuple[RoadModel, ...]
    dossiers: tuple[Dossier, ...]
    deliveries: tuple[Delivery, ...] = Field(description="The newest hundred.")


class Person(ResponseModel):
    """Whom an appeal is about."""

    kind: str
    iin_bin: str
    name: str
    address: str
    phone: str | None
    email: str | None


class ActsFor(ResponseModel):
    """Who acts for the applicant, and on what ground."""

    iin: str
    name: str
    ground: str


class MessageText(ResponseModel):
    """One message with its words."""

    action: Action
    by: str
    at: AwareDatetime
    text: str


class AppealWords(ResponseModel):
    """What people wrote and are called; null and empty once retention took it."""

    appeal_number: str
    applicant: Person | None
    representative: ActsFor | None
    messages: tuple[MessageText, ...]


# --- reading --------------------------------------------------------------------------------------------------------


async def find_appeals(call: ApiCall[EmptyParams, EmptyParams, FindBody]) -> FoundAppeals:
    """By a body and no address, since the number may be a person's; such a look is in the log of accesses."""
    serving = call.context.serving
    found = await find_cases(serving.exchange, Searcher(call.token, serving.reads, serving.persons), call.body.number)
    match found.trouble:
        case None:
            return FoundAppeals(appeals=tuple(APPEALS.item_of(row, list_reader(call)) for row in found.cases))
        case SearchTrouble.NOT_ALLOWED:
            raise RequestRefusal(ProblemType.NO_RIGHT, right=Right.FIND_PERSON.value)
        case SearchTrouble.NO_KEY | SearchTrouble.OTHER_KEY:
            raise RequestRefusal(ProblemType.REFUSED, reason=_KEYS[found.trouble])


_KEYS: Final = {
    SearchTrouble.NO_KEY: "this node has no key to look for persons with",
    SearchTrouble.OTHER_KEY: "this node has another key than the one that persons are listed by",
}


async def show_appeal(call: ApiCall[AppealPath, EmptyParams, EmptyParams]) -> OneAppeal:
    """Its history in words, its terms, roads, dossiers and deliveries."""
    serving = call.context.serving
    row, case = await row_and_case(call)
    messages: tuple[KeptMessage, ...] = ()
    if row.erased_at is None and any(isinstance(event.fact, RoadTaken) for event in case.events):
        messages = await serving.exchange.store.run(ListMessages(case.conversation_id))
    found = await serving.reads.run(DeliveryQuery(number=row.appeal_number, limit=MOST_DELIVERIES))
    deliveries = tuple(map(Delivery.model_validate, found.rows))
    names = serving.exchange.directory().names
    return await asyncio.to_thread(_appeal, row, case, messages, deliveries, names, call.language)


def _appeal(
    row: AppealRow,
    case: Case,
    messages: tuple[KeptMessage, ...],
    deliveries: tuple[Delivery, ...],
    names: Mapping[PartyId, LocalText],
    language: PageLanguage,
) -> OneAppeal:
    notes = narrate_all(case.events, names)
    entries = (event_entry(event, note) for event, note in zip(case.events, notes, strict=True))
    deeds = late_deeds(case.events)
    return OneAppeal(
        appeal=AppealModel.model_validate(row),
        history=tuple(_happened(entry, language) for entry in entries),
        terms=tuple(_term(term, deeds.get(term.term_id), language) for term in term_entries(case.events)),
        roads=tuple(_road(road, language) for road in road_entries(case.events, messages)),
        dossiers=tuple(map(_dossier, fold(case.events).dossiers.values())),
        deliveries=deliveries,
    )


async def show_words(call: ApiCall[AppealPath, EmptyParams, EmptyParams]) -> AppealWords:
    """The look is logged before anything is shown."""
    exchange = call.context.serving.exchange
    row, case = await row_and_case(call)
    reader, number = reader_of(call.token), row.appeal_number
    await exchange.store.run(RecordAccess(reader, "appeal", number, exchange.clock.now(), about=number))
    words = await asyncio.to_thread(words_in, case)
    return AppealWords(
        appeal_number=number,
        applicant=None if words.applicant is None else Person.model_validate(words.applicant),
        representative=None if words.representative is None else ActsFor.model_validate(words.representative),
        messages=tuple(map(MessageText.model_validate, words.messages)),
    )


async def row_and_case(call: ApiCall[Any, Any, Any]) -> tuple[AppealRow, Case]:
    """Of the appeal that the path names. Raises Refusal when there is none."""
    reads, number = call.context.serving.reads, call.path.appeal_number
    conversation_id = await reads.run(FindConversation(number))
    case = await reads.run(LoadCase(conversation_id)) if conversation_id else None
    rows = await reads.run(ListAppeals((conversation_id,))) if conversation_id else ()
    if case is None or not rows:
        wrong = (FieldProblem("path", "appeal_number", PERSON),) if is_person_number(number) else ()
        raise RequestRefusal(ProblemType.NOT_FOUND, wrong)
    return rows[0], case


def _happened(entry: EventEntry, language: PageLanguage) -> HistoryStep:
    return HistoryStep(
        seq=entry.seq,
        at=entry.at,
        happened_at=entry.happened_at,
        actor=entry.actor,
        kind=entry.kind,
        words=localized(language, entry.note),
        message_id=entry.message_id,
        leaf=entry.leaf,
    )


def _term(term: TermEntry, deed: Event | None, language: PageLanguage) -> LegalTerm:
    own = {"wording", "late_by_s", "late_by_seq"}
    copied = {name: getattr(term, name) for name in LegalTerm.model_fields if name not in own}
    by = deed.seq if deed is not None and term.late_by is not None else None
    return LegalTerm(
        **copied, wording=localized(language, term.wording), late_by_s=_seconds(term.late_by), late_by_seq=by
    )


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()


def _road(road: RoadEntry, language: PageLanguage) -> RoadModel:
    copied = {name: getattr(road, name) for name in RoadModel.model_fields if name != "why"}
    return RoadModel(**copied, why=None if road.why is None else localized(language, road.why))


def _dossier(record: DossierRecord) -> Dossier:
    filed = record.filed
    return Dossier(
        dossier_no=record.dossier_no,
        court=record.court,
        purpose=record.purpose,
        sha256=filed.sha256 if filed else None,
        document_id=filed.document_id if filed else None,
    )


OPERATIONS: Final[tuple[ApiOperation[Any, Any, Any], ...]] = (
    list_operation(APPEALS),
    ApiOperation(
        "POST", "/appeals/find", "find_appeals", TAG,
        "Find appeals by any number; by an IIN or BIN with the right `find_person`, which is logged.", Right.SEE,
        FoundAppeals, EmptyParams, EmptyParams, FindBody, find_appeals, frozenset({ProblemType.NO_RIGHT,
        ProblemType.REFUSED}),
    ),
    ApiOperation(
        "GET", "/appeals/{appeal_number}", "show_appeal", TAG, "Show one appeal with its history and terms.", Right.SEE,
        OneAppeal, AppealPath, EmptyParams, EmptyParams, show_appeal, frozenset({ProblemType.NOT_FOUND}),
    ),
    ApiOperation(
        "GET", "/appeals/{appeal_number}/words", "show_words", TAG,
        "Show what people wrote in it and are called, which is logged.", Right.READ_PERSONAL,
        AppealWords, AppealPath, EmptyParams, EmptyParams, show_words, frozenset({ProblemType.NOT_FOUND}),
    ),
    list_operation(TERMS),
)  # fmt: skip
