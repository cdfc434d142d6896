"""Taking messages: known ones get the answer they got before, new ones are decided and written in one commit."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import assert_never

from connectors.ports.clock import Clock
from connectors.sandbox.behaviour import BendKind, Bends
from connectors.sandbox.records import Effects, SandboxDuty
from connectors.sandbox.roles.conduct import Accepts, Conduct, NeedsTime, Refuses, Response
from connectors.sandbox.store import PartyStore
from connectors.soap.ambient import MessageIds
from connectors.soap.calls import PreparedCall
from connectors.soap.client import SoapClient
from connectors.soap.reading import DeliveryRefused, VerifiedDelivery
from contracts.codec import build_answer, parse_operation
from contracts.codes import Code
from contracts.header import Action, Header, Message, MessageId
from contracts.operations import Service
from contracts.payloads import Acknowledge, Answer, Deliver, DeliverAnswer, FileDossier
from contracts.receipt import ErrorSignal, Receipt
from contracts.texts import text_of

Signal = Receipt | ErrorSignal


class SandboxIntake:
    """The one door for messages, pushed or fetched. ``take`` returns only what is durable.

    ``acknowledge_by``: the service whose Acknowledge carries late signals; None for a platform, which has none and
    therefore always answers in place.
    """

    def __init__(
        self,
        store: PartyStore,
        conduct: Conduct,
        client: SoapClient,
        bends: Bends,
        *,
        acknowledge_by: Service | None,
        clock: Clock,
        ids: MessageIds,
    ) -> None:
        self._store = store
        self._conduct = conduct
        self._client = client
        self._bends = bends
        self._acknowledge_by = acknowledge_by
        self._clock = clock
        self._ids = ids
        self._deciding: dict[MessageId, asyncio.Task[bytes | None]] = {}

    async def take(self, delivery: VerifiedDelivery) -> bytes | None:
        """Operation bytes of the answer, the same for every repeat; None: taken, the signal goes by Acknowledge.

        Raises ``DeliveryRefused`` for a known message_id with other content, and a ``CallFailed`` when the message
        could not be decided now; nothing is written then.
        """
        message_id = delivery.header.message_id
        while (task := self._deciding.get(message_id)) is not None:  # a repeat waits for the first to be decided
            await asyncio.wait({task})
        known = self._store.known(message_id)
        if known is None:
            return await self._decide_once(delivery)
        if known.digest != delivery.digest:
            raise DeliveryRefused(Code.MESSAGE_ID_REUSED, f"{message_id} was taken with digest {known.digest}")
        return known.answer

    async def _decide_once(self, delivery: VerifiedDelivery) -> bytes | None:
        """Shielded: a peer that hangs up must not make us forget half of what we were doing."""
        message_id = delivery.header.message_id
        task = asyncio.create_task(self._take_new(delivery))
        self._deciding[message_id] = task
        task.add_done_callback(lambda _: self._deciding.pop(message_id))
        return await asyncio.shield(task)

    async def signal(self, delivery: VerifiedDelivery) -> Signal | None:
        """As ``take``, for the mailbox: the signal itself."""
        answer = await self.take(delivery)
        return None if answer is None else signal_of(answer)

    async def examine(self, duty: SandboxDuty) -> None:
        """Decide a message that needed time, and tell the exchange by Acknowledge."""
        if duty.message_id is None or (known := self._store.known(duty.message_id)) is None:
            raise ValueError(f"message {duty.message_id} was never taken")
        delivery = _taken_before(known.operation, known.digest)
        response = await self._conduct.respond(delivery, now=self._clock.now(), at_leisure=True)
        now = self._clock.now()
        answer, effects = self._decide(delivery, response, now=now)
        if answer is None:
            raise ValueError("what is examined at leisure is decided")
        self._store.settle(duty, delivery, answer, effects, self._acknowledgement(answer), at=now)

    async def _take_new(self, delivery: VerifiedDelivery) -> bytes | None:
        refusal = self._bends.take(BendKind.REFUSES)
        if refusal is not None:
            is_filing = isinstance(delivery.payload, FileDossier)
            response: Response = Refuses(Code.DOSSIER_REFUSED if is_filing else Code.NOT_PERMITTED, refusal.words)
        else:
            response = await self._conduct.respond(delivery, now=self._clock.now())
        now = self._clock.now()
        answer, effects = self._decide(delivery, response, now=now)
        if answer is not None and self._acknowledge_by and self._bends.take(BendKind.LATE_RECEIPT):
            self._store.take(delivery, answer, effects, self._acknowledgement(answer), at=now)
            return None
        self._store.take(delivery, answer, effects, at=now)
        return answer

    def _decide(self, delivery: VerifiedDelivery, response: Response, *, now: datetime) -> tuple[bytes | None, Effects]:
        message_id, digest = delivery.header.message_id, delivery.digest
        match response:
            case NeedsTime(effects):
                return None, effects
            case Accepts(effects):
                return self._answer(delivery, Receipt(message_id, digest, now), now=now), effects
            case Refuses(code, words):
                signal = ErrorSignal(message_id, digest, now, code, text_of(code).text, words)
                return self._answer(delivery, signal, now=now), Effects()
            case _:
                assert_never(response)

    def _answer(self, delivery: VerifiedDelivery, signal: Signal, *, now: datetime) -> bytes:
        header = Header(
            message_id=self._ids.message_id(),
            conversation_id=delivery.header.conversation_id,
            ref_to_message_id=delivery.header.message_id,
            sender=self._client.me,
            recipient=self._client.peer,
            action=Action.of(Answer),
            created_at=now,
        )
        return build_answer("Deliver", Message(header, DeliverAnswer(signal)))

    def _acknowledgement(self, answer: bytes) -> tuple[PreparedCall, ...]:
        if self._acknowledge_by is None:
            return ()
        return (self._client.prepare(self._acknowledge_by, Acknowledge((signal_of(answer),))),)


def signal_of(answer: bytes) -> Signal:
    """The signal in the operation bytes of an answer of ours."""
    payload = parse_operation(answer).payload
    if not isinstance(payload, DeliverAnswer):
        raise TypeError(f"{type(payload).__name__} is no answer to Deliver")
    return payload.signal


def _taken_before(operation: bytes, digest: str) -> VerifiedDelivery:
    """A message of our own store: it was verified before it was written."""
    message = parse_operation(operation)
    if not isinstance(message.payload, Deliver):
        raise TypeError(f"{type(message.payload).__name__} is not Deliver")
    return VerifiedDelivery(message.header, message.payload.payload, digest, operation, b"")
