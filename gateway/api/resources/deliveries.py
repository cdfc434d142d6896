"""Deliveries: their list, one with everything that happened, its envelopes, and acts on one or on many."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, Field, model_validator

from contracts.header import Action, MessageId
from contracts.party import Channel
from gateway.api.listed import list_operation
from gateway.api.models import ReasonBody
from gateway.api.operation import ApiCall, ApiOperation
from gateway.api.problems import ProblemType, RequestRefusal
from gateway.domain.delivery.acts import PAST, SOURCES, Act
from gateway.domain.delivery.escalation import EscalationStep
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import RIGHT_FOR, Right, authorise
from gateway.lists.dead_letters import DEAD_LETTERS
from gateway.lists.deliveries import DELIVERIES, Delivery
from gateway.lists.models import (
    Digest,
    EmptyParams,
    Line,
    Number,
    Party,
    RequestModel,
    ResponseModel,
)
from gateway.lists.parties import PartyCircuit, Paused
from gateway.ports.audit import RecordAccess
from gateway.ports.console import DeliveryDetail, LoadDelivery, LoadDeliveryVersion, LoadEnvelope
from gateway.ports.deliveries import CountMovable, Moved, Selection
from gateway.reading.deliveries import turn_of
from gateway.reading.masking import EnvelopeView, masked, whole
from gateway.service.authorise import audit_name
from gateway.service.operate import move, reader_of

TAG: Final = "deliveries"
MOST_NUMBERS: Final = 1_000


class DeliveryPath(RequestModel):
    """Which delivery."""

    delivery_id: Number


class EnvelopePath(DeliveryPath):
    """Which envelope of it."""

    sha256: Digest = Field(description="Of the envelope's bytes; an attempt or a signal names it.")


class Attempt(ResponseModel):
    """One attempt. The digests name envelopes that are kept byte for byte."""

    number: int
    started_at: AwareDatetime
    finished_at: AwareDatetime | None
    outcome: str
    code: str | None
    detail: str | None
    http_status: int | None
    request_sha256: str | None
    response_sha256: str | None


class Signal(ResponseModel):
    """A receipt or an error signal that came by itself, verified."""

    message_id: MessageId
    state: DeliveryState
    code: str | None
    detail: str | None
    at: AwareDatetime
    envelope_sha256: str | None


class Done(ResponseModel):
    """What somebody did, as the audit log has it, whether it worked or not."""

    at: AwareDatetime
    by: str
    act: str
    reason: str
    result: str


class EscalationTaken(ResponseModel):
    """People were told that it does not end."""

    step: EscalationStep
    at: AwareDatetime


class OneDelivery(ResponseModel):
    """A delivery and all that happened to it. ``left_out``: attempts between the first and the newest, not listed."""

    delivery: Delivery
    channel: Channel
    turn: str = Field(description="Who moves it on, and how, in the language asked for.")
    acts: tuple[Act, ...] = Field(description="What this token may do to it in this state.")
    lease_until: AwareDatetime | None
    held_by: int | None = Field(description="The one before it in its pair, for which it waits.")
    tried: tuple[Attempt, ...]
    left_out: int
    signals: tuple[Signal, ...] = Field(description="Receipts and error signals.")
    audit: tuple[Done, ...]
    escalations: tuple[EscalationTaken, ...]
    circuit: PartyCircuit | None
    pause: Paused | None


class EnvelopeLack(StrEnum):
    """Why an envelope is not shown."""

    ERASED = "erased"  # retention took it
    TOO_LONG = "too_long"
    NOT_XML = "not_xml"


class Envelope(ResponseModel):
    """An envelope as it went over the wire for roles that may read it, which is logged; for others masked."""

    delivery_id: int
    sha256: str
    size_bytes: int
    is_masked: bool
    text: str | None = Field(description="None when it is not shown.")
    lack: EnvelopeLack | None


class SelectionBody(RequestModel):
    """All deliveries that have this in common."""

    recipient: Party | None = None
    state: DeliveryState | None = None
    appeal: Line | None = None
    action: Action | None = None
    created_from: AwareDatetime | None = Field(default=None, description="That instant included.")
    created_before: AwareDatetime | None = Field(default=None, description="That instant included.")

    def selection(self) -> Selection:
        """In terms of the store."""
        return Selection(
            self.recipient, self.state, self.appeal, self.action, self.created_before, created_from=self.created_from
        )


class MoveDeliveriesBody(ReasonBody):
    """Which deliveries: by number, by what they have in common, or all that the act may move. One of the three.

    At most a thousand are moved by one request; ``go_on_after`` of the answer is the ``after`` of the next one.
    """

    deliveries: Annotated[tuple[Number, ...], Field(min_length=1, max_length=MOST_NUMBERS)] | None = None
    selection: SelectionBody | None = None
    all: bool = Field(default=False, description="Every delivery that the act may move.")
    after: Annotated[int, Field(ge=0, le=2**63 - 1)] = Field(default=0, description="Where a selection goes on.")
    dry_run: bool = Field(default=False, description="Only tell how many it would be.")

    @model_validator(mode="after")
    def _one_way(self) -> MoveDeliveriesBody:
        narrows = self.selection is not None and self.selection != SelectionBody()
        if [self.deliveries is not None, narrows, self.all].count(True) != 1:
            raise ValueError("deliveries, a selection that narrows, or all: exactly one of them")
        return self

    @property
    def of(self) -> tuple[int, ...] | Selection:
        """In terms of the store."""
        if self.deliveries is not None:
            return tuple(dict.fromkeys(self.deliveries))
        return (self.selection or SelectionBody()).selection()


class UnmovedDelivery(ResponseModel):
    """A delivery that stays as it is, and why."""

    delivery_id: int
    reason: str


class MovedMany(ResponseModel):
    """What an act came to. Each delivery has its line in the audit log, refused ones too."""

    act: Act
    moved: tuple[int, ...]
    refused: tuple[UnmovedDelivery, ...]
    go_on_after: int | None = Field(description="Where a selection goes on; null when it is worked off.")
    would_move: int | None = Field(default=None, description="How many it would be; of a dry run only.")


class MovedOne(ResponseModel):
    """It was carried out. ``state``: where the delivery stands now."""

    delivery_id: int
    act: Act
    state: DeliveryState


async def show_delivery(call: ApiCall[DeliveryPath, EmptyParams, EmptyParams]) -> OneDelivery:
    """All that is kept about it, but the bytes."""
    found = await call.context.serving.reads.run(LoadDelivery(call.path.delivery_id))
    if found is None:
        raise RequestRefusal(ProblemType.NOT_FOUND)
    return _one(found, call)


def _one(found: DeliveryDetail, call: ApiCall[Any, Any, Any]) -> OneDelivery:
    role = call.token.role
    return OneDelivery(
        delivery=Delivery.model_validate(found.row),
        channel=found.channel,
        turn=call.translate(turn_of(found)),
        acts=tuple(act for act in Act if found.row.state in SOURCES[act] and authorise(role, act).is_allowed),
        lease_until=found.lease_until,
        held_by=found.held_by,
        tried=tuple(map(Attempt.model_validate, found.tried)),
        left_out=found.left_out,
        signals=tuple(map(Signal.model_validate, found.signals)),
        audit=tuple(map(Done.model_validate, found.audit)),
        escalations=tuple(map(EscalationTaken.model_validate, found.escalations)),
        circuit=None if found.circuit is None else PartyCircuit.model_validate(found.circuit),
        pause=None if found.pause is None else Paused.model_validate(found.pause),
    )


async def show_envelope(call: ApiCall[EnvelopePath, EmptyParams, EmptyParams]) -> Envelope:
    """Whole for whoever may read what people wrote, which is logged before anything is shown."""
    serving, number, sha256 = call.context.serving, call.path.delivery_id, call.path.sha256
    content = await serving.reads.run(LoadEnvelope(number, sha256))
    if content is None:
        raise RequestRefusal(ProblemType.NOT_FOUND)
    is_whole = authorise(call.token.role, Right.READ_PERSONAL).is_allowed
    if is_whole:
        reader, now = reader_of(call.token), serving.exchange.clock.now()
        found = await serving.reads.run(LoadDelivery(number))
        about = found.row.appeal_number if found else None
        await serving.exchange.store.run(RecordAccess(reader, "envelope", f"{number} {sha256}", now, about=about))
    shown: EnvelopeView = await asyncio.to_thread(whole if is_whole else masked, content)
    return Envelope(
        delivery_id=number,
        sha256=sha256,
        size_bytes=shown.size_bytes,
        is_masked=shown.is_masked,
        text=shown.text,
        lack=EnvelopeLack(shown.why) if shown.why else None,
    )


# --- acts -----------------------------------------------------------------------------------------------------------


def _on_one(act: Act) -> ApiOperation[DeliveryPath, EmptyParams, ReasonBody]:
    async def handle(call: ApiCall[DeliveryPath, EmptyParams, ReasonBody]) -> MovedOne:
        moved = await _moved(call, act, (call.path.delivery_id,))
        if moved.moved:
            return MovedOne(delivery_id=call.path.delivery_id, act=act, state=await _state_of(call))
        (stays,) = moved.refused
        missing = await call.context.serving.reads.run(LoadDeliveryVersion(stays.delivery_id)) is None
        raise RequestRefusal(ProblemType.NOT_FOUND if missing else ProblemType.REFUSED, reason=stays.reason)

    return ApiOperation(
        "POST", f"/deliveries/{{delivery_id}}/{act}", f"{act}_delivery", TAG, f"{_SUMMARIES[act]}.", RIGHT_FOR[act],
        MovedOne, DeliveryPath, EmptyParams, ReasonBody, handle,
        frozenset({ProblemType.NOT_FOUND, ProblemType.REFUSED}), f"delivery.{PAST[act]}", is_once=True,
    )  # fmt: skip


def _on_many(act: Act) -> ApiOperation[EmptyParams, EmptyParams, MoveDeliveriesBody]:
    async def handle(call: ApiCall[EmptyParams, EmptyParams, MoveDeliveriesBody]) -> MovedMany:
        of = call.body.of
        if call.body.dry_run:
            count = await call.context.serving.exchange.store.run(CountMovable(act, of))
            return MovedMany(act=act, moved=(), refused=(), go_on_after=None, would_move=count)
        moved = await _moved(call, act, of)
        stays = tuple(map(UnmovedDelivery.model_validate, moved.refused))
        return MovedMany(act=act, moved=moved.moved, refused=stays, go_on_after=moved.go_on_after)

    return ApiOperation(
        "POST", f"/deliveries/{act}", f"{act}_deliveries", TAG, f"{_SUMMARIES[act]}: many at once.", RIGHT_FOR[act],
        MovedMany, EmptyParams, EmptyParams, MoveDeliveriesBody, handle, frozenset(), f"delivery.{PAST[act]}",
        is_once=True,
    )  # fmt: skip


async def _moved(call: ApiCall[Any, Any, Any], act: Act, of: tuple[int, ...] | Selection) -> Moved:
    serving, body = call.context.serving, call.body
    after = body.after if isinstance(body, MoveDeliveriesBody) else 0
    by = audit_name(call.token)
    moved = await move(serving.exchange, act, of, by=by, reason=body.reason, after=after)
    if moved.moved:
        serving.counts.forget()
        serving.wake()  # also after a cancel: the next of its pair may go
    return moved


async def _state_of(call: ApiCall[DeliveryPath, Any, Any]) -> DeliveryState:
    whole_one = await call.context.serving.reads.run(LoadDelivery(call.path.delivery_id))
    if whole_one is None:
        raise RequestRefusal(ProblemType.NOT_FOUND)
    return whole_one.row.state


_SUMMARIES: Final = {
    Act.RESEND: "Ask for another attempt now, of the same message with the same number",
    Act.PARK: "Set aside: send nothing until it is released; what follows it waits, too",
    Act.RELEASE: "Let what was parked go on: it is due now",
    Act.CANCEL: "Never send it again, which is final",
}

OPERATIONS: Final[tuple[ApiOperation[Any, Any, Any], ...]] = (
    list_operation(DELIVERIES),
    list_operation(DEAD_LETTERS),
    ApiOperation(
        "GET", "/deliveries/{delivery_id}", "show_delivery", TAG,
        "Show one delivery with every attempt, receipt and act.", Right.SEE,
        OneDelivery, DeliveryPath, EmptyParams, EmptyParams, show_delivery, frozenset({ProblemType.NOT_FOUND}),
    ),
    ApiOperation(
        "GET", "/deliveries/{delivery_id}/envelopes/{sha256}", "show_envelope", TAG,
        "Show an envelope that went out or came in for it.", Right.SEE,
        Envelope, EnvelopePath, EmptyParams, EmptyParams, show_envelope, frozenset({ProblemType.NOT_FOUND}),
    ),
    *map(_on_one, Act),
    *map(_on_many, Act),
)  # fmt: skip
