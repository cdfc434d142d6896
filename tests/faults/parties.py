"""Platform, agencies and court in one quick process, each with its own key and speaking the true protocol.

One case is played like this; a share of the cases goes to court, a share of receipts comes late by Acknowledge, a
share of answers is swallowed after the message was taken:

    platform RegisterAppeal → agency AssignAppeal → agency ReportProgress, Reply → platform «replied»
    (→ platform Disagree → agency ProvideMaterials → agency SubmitMaterials → court FileDossier → Acknowledge)
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from connectors.sandbox.roles import acts, samples
from connectors.soap.errors import CallFailed
from connectors.soap.reading import VerifiedDelivery
from contracts.header import ConversationId, MessageId
from contracts.operations import Service
from contracts.payloads import (
    Acknowledge,
    ClaimKind,
    Disagree,
    DocumentKind,
    FetchedMessages,
    FetchMessages,
    FileDossier,
    Identification,
    Registered,
    Reply,
    ReportProgress,
    SubmitMaterials,
)
from contracts.receipt import Receipt
from dossier.check.inspection import inspect_container
from dossier.check.report import Indication
from signing.keys.keypair import Certificate
from tests.faults.conduct import Habits, InboxBehaviour, effect_of
from tests.faults.post import PartyPostOffice
from tests.faults.record import MessageCause, MessageEffect, RunRecord
from tests.faults.until import until

FETCHED_AT_ONCE = 20
FETCH_EVERY_S = 0.3


class FaultParties:
    """All parties and the cases they have in hand. ``dossiers``: where the court keeps what it was filed,
    verified by ``anchors``.
    """

    def __init__(
        self,
        posts: dict[str, PartyPostOffice],
        record: RunRecord,
        chance: random.Random,
        dossiers: Path,
        *,
        anchors: Sequence[Certificate],
        habits: Habits,
    ) -> None:
        self._posts, self._record, self._chance, self._habits = posts, record, chance, habits
        self._dossiers, self._anchors = dossiers, anchors
        self._receipts: dict[MessageId, Receipt] = {}
        self._work: set[asyncio.Task[None]] = set()
        self._fetching: list[asyncio.Task[None]] = []
        self._running: set[ConversationId] = set()
        self._ended: set[ConversationId] = set()
        self._about_land: set[ConversationId] = set()
        self.problems: list[BaseException] = []  # faults of these tests, not of what they test

    @property
    def in_hand(self) -> int:
        """Cases and errands that are not finished."""
        return len(self._running) + len(self._work)

    # --- the platform -----------------------------------------------------------------------------------------------

    async def lodge_on(self, is_enough: Callable[[], bool], *, at_once: int) -> None:
        """Lodge appeals, ``at_once`` cases in hand at most, until there are enough."""
        number = 0
        while not is_enough():
            await until(lambda: self.in_hand < at_once, every_s=0.02)
            number += 1
            self._begin(self._lodge(f"appeal-{number}"))

    async def _lodge(self, reference: str) -> None:
        appeal = samples.appeal((), reference=reference, at=_now())
        if self._chance.random() < self._habits.mailbox:
            appeal = replace(appeal, subject="LAND")
        receipt = await self._posts["eotinish"].tell(Service.APPEALS, MessageCause.APPEAL, appeal)
        if receipt.conversation_id is None:
            raise ValueError("the receipt for an appeal names no conversation")
        if receipt.conversation_id not in self._ended:
            self._running.add(receipt.conversation_id)

    def _is_for_court(self, conversation: ConversationId) -> bool:
        """About land the law wants a complaint first; these runs take the road straight to the court."""
        if conversation in self._about_land:
            return False
        return int(conversation[:8], 16) < self._habits.court * 0xFFFFFFFF

    async def _disagree(self, conversation: ConversationId) -> None:
        identified = Identification("eGov mobile", str(conversation), _now())
        pressed = Disagree(ClaimKind.CONTEST, samples.DISAGREEMENT, _now(), (), identified)
        await self._posts["eotinish"].tell(Service.APPEALS, MessageCause.DISAGREE, pressed, conversation=conversation)

    # --- agencies ---------------------------------------------------------------------------------------------------

    async def _consider(self, agency: str, conversation: ConversationId, ref: MessageId) -> None:
        tell = self._posts[agency].tell
        step = ReportProgress(Registered(f"{conversation[:8]}/1", _now()), ())
        await tell(Service.AGENCY, MessageCause.REGISTERED, step, conversation=conversation, ref=ref)
        answer, today = acts.answer_of(agency), _now().date()
        reply = Reply(
            answer.decision, f"{conversation[:8]}/2", today, answer.text_ru, (answer.ground,), None, None,
            answer.signed_by, (),
        )  # fmt: skip
        await tell(Service.AGENCY, MessageCause.REPLY, reply, conversation=conversation, ref=ref)

    async def _submit(self, agency: str, conversation: ConversationId, ref: MessageId) -> None:
        post, content = self._posts[agency], f"The administrative file of {conversation}\n".encode() * 500

        async def put() -> Any:
            kind = DocumentKind.ADMINISTRATIVE_FILE
            title, upload = "Әкімшілік іс · Административное дело", f"file-{conversation}"
            return await post.client.put_document(content, "is.txt", "text/plain", kind, title, upload_id=upload)

        materials = SubmitMaterials("Әкімшілік іс толық көлемде ұсынылады", (await _until_done(put),))
        await post.tell(Service.AGENCY, MessageCause.MATERIALS, materials, conversation=conversation, ref=ref)

    def fetch_for(self, agency: str) -> None:
        """This agency cannot be called: empty its mailbox, again and again."""
        task = asyncio.create_task(self._fetch_on(agency))
        task.add_done_callback(self._finished)
        self._fetching.append(task)

    async def _fetch_on(self, agency: str) -> None:
        while True:
            await asyncio.sleep(FETCH_EVERY_S)
            try:
                answered = await self._posts[agency].client.call(Service.AGENCY, FetchMessages(FETCHED_AT_ONCE))
            except CallFailed:
                continue
            if isinstance(answered.message.payload, FetchedMessages):
                await self._empty(agency, answered.message.payload)

    async def _empty(self, agency: str, fetched: FetchedMessages) -> None:
        verified = self._posts[agency].verified
        receipts = [self._take(verified(item.envelope)) for item in fetched.items]
        if receipts:
            for receipt in receipts:
                self._record.signs(receipt.message_id)
            await self._posts[agency].tell(Service.AGENCY, MessageCause.ACKNOWLEDGE, Acknowledge(tuple(receipts)))

    # --- the court --------------------------------------------------------------------------------------------------

    async def _examine(self, delivery: VerifiedDelivery, filing: FileDossier) -> None:
        court, path = self._posts["smas-almaty"], self._dossiers / f"{delivery.header.message_id}.asice"
        await _until_done(lambda: court.client.fetch_document(filing.dossier, path))
        report = await asyncio.to_thread(inspect_container, path, self._anchors, now=_now())
        if report.indication is not Indication.TOTAL_PASSED:
            complaints = "; ".join(f"{finding.part}: {finding.text.en}" for finding in islice(report.findings(), 3))
            self._record.spoiled.append(f"{path.name}: {report.indication}: {complaints}")
        await self._acknowledge("smas-almaty", Service.COURT, delivery.header.message_id)

    # --- what all of them do ----------------------------------------------------------------------------------------

    def take(self, delivery: VerifiedDelivery) -> InboxBehaviour:
        """A message was pushed to its recipient's inbox."""
        message_id, recipient = delivery.header.message_id, str(delivery.header.recipient)
        is_new = message_id not in self._receipts
        receipt = self._take(delivery)
        if isinstance(delivery.payload, FileDossier):
            if is_new:
                self._begin(self._examine(delivery, delivery.payload))
            return InboxBehaviour(receipt if self._record.seen[message_id].signed is not None else None)
        if is_new and recipient != "eotinish" and self._chance.random() < self._habits.late:
            self._begin(self._acknowledge_late(recipient, message_id))
            return InboxBehaviour(None)
        if is_new and self._chance.random() < self._habits.swallowed:
            return InboxBehaviour(None, hang_up=True)
        self._record.signs(message_id)
        return InboxBehaviour(receipt)

    def _take(self, delivery: VerifiedDelivery) -> Receipt:
        """Note it, act on it if it is new, and return the one receipt that it gets."""
        header = delivery.header
        conversation, effect = ConversationId(str(header.conversation_id)), effect_of(delivery)
        if self._record.sees(header.recipient, header.message_id, conversation, effect, delivery.digest):
            self._receipts[header.message_id] = Receipt(header.message_id, delivery.digest, _now())
            self._act(effect, str(header.recipient), conversation, header.message_id)
        return self._receipts[header.message_id]

    def _act(self, effect: MessageEffect, recipient: str, conversation: ConversationId, ref: MessageId) -> None:
        match effect:
            case MessageEffect.ASSIGNED:
                if recipient == "jer-almaty":
                    self._about_land.add(conversation)
                self._begin(self._consider(recipient, conversation, ref))
            case MessageEffect.MATERIALS_WANTED:
                self._begin(self._submit(recipient, conversation, ref))
            case MessageEffect.NOTIFIED_REPLIED if self._is_for_court(conversation):
                self._begin(self._disagree(conversation))
            case MessageEffect.NOTIFIED_REPLIED | MessageEffect.NOTIFIED_COURT_RECEIVED:
                self._running.discard(conversation)
                self._ended.add(conversation)
            case _:
                pass

    async def stop(self) -> None:
        tasks = (*self._work, *self._fetching)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _acknowledge_late(self, recipient: str, message_id: MessageId) -> None:
        await asyncio.sleep(self._chance.uniform(0.05, 1.0))
        await self._acknowledge(recipient, Service.AGENCY, message_id)

    async def _acknowledge(self, recipient: str, service: Service, message_id: MessageId) -> None:
        self._record.signs(message_id)
        receipt = self._receipts[message_id]
        await self._posts[recipient].tell(service, MessageCause.ACKNOWLEDGE, Acknowledge((receipt,)))

    def _begin(self, errand: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(errand)
        self._work.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._work.discard(task)
        if not task.cancelled() and (problem := task.exception()) and not isinstance(problem, CallFailed):
            self.problems.append(problem)


async def _until_done(work: Callable[[], Awaitable[Any]]) -> Any:
    """The exchange may be away at every step of it."""
    while True:
        try:
            return await work()
        except CallFailed as failure:
            if failure.is_final:
                raise
        await asyncio.sleep(0.2)


def _now() -> datetime:
    return datetime.now(UTC)
