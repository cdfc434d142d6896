"""The verdict on one run. Pure: what the parties saw and what the exchange's database holds in the end go in.

- *lost*: a receipt whose message or effects are not there; a delivery that never ended, or ended without a receipt; a
  dossier that does not verify
- *doubled*: two effects of one cause: a second appeal, a second message for the same step, another receipt
- *out of order*: a recipient saw a later message of a case before it had signed for an earlier one
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from contracts.header import ConversationId, MessageId
from contracts.party import PartyId
from tests.faults.record import MessageCause, MessageEffect, RunRecord, SeenMessage

EFFECTS: Final[Mapping[MessageCause, tuple[MessageEffect, ...]]] = {
    MessageCause.APPEAL: (
        MessageEffect.NOTIFIED_REGISTERED,
        MessageEffect.ASSIGNED,
        MessageEffect.NOTIFIED_HANDED_OVER,
    ),
    MessageCause.REGISTERED: (MessageEffect.NOTIFIED_BODY_REGISTERED,),
    MessageCause.REPLY: (MessageEffect.NOTIFIED_REPLIED,),
    MessageCause.DISAGREE: (MessageEffect.MATERIALS_WANTED, MessageEffect.NOTIFIED_DISAGREEMENT),
    MessageCause.MATERIALS: (
        MessageEffect.NOTIFIED_MATERIALS,
        MessageEffect.FILED,
        MessageEffect.NOTIFIED_FILED,
        MessageEffect.NOTIFIED_COURT_RECEIVED,
    ),
    MessageCause.ACKNOWLEDGE: (),
}
"""What follows from each message, as the procedure has it; the court's receipt follows from the materials, too."""

ORDER: Final = tuple(MessageEffect)
"""Within one recipient, effects are due in the order of their enum."""


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """What the database holds. ``deliveries``: state by (recipient, message_id); ``heads``: root by tree size."""

    taken: Mapping[tuple[PartyId, MessageId], str]
    deliveries: Mapping[tuple[PartyId, MessageId], str]
    conversations: frozenset[ConversationId]
    heads: Mapping[int, bytes]


@dataclass(frozen=True, slots=True)
class FaultsVerdict:
    """One sentence per finding."""

    messages: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    disordered: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not (self.lost or self.doubled or self.disordered)


def judge(record: RunRecord, held: DatabaseState) -> FaultsVerdict:
    by_effect = _by_effect(record)
    lost = (*_promises_broken(record, held), *_effects_missing(record, by_effect), *_deliveries_open(record, held))
    doubled = (*_two_receipts(record), *_orphans(record, held), *_effects_twice(record, by_effect))
    return FaultsVerdict(record.messages, (*lost, *_heads_gone(record, held)), doubled, tuple(_out_of_order(record)))


Effects = Mapping[tuple[ConversationId, MessageEffect], list[SeenMessage]]


def _by_effect(record: RunRecord) -> Effects:
    found: dict[tuple[ConversationId, MessageEffect], list[SeenMessage]] = defaultdict(list)
    for seen in record.seen.values():
        found[seen.conversation_id, seen.effect].append(seen)
    return found


def _promises_broken(record: RunRecord, held: DatabaseState) -> Iterator[str]:
    for sent in record.sent.values():
        if sent.refused:
            yield f"{sent.cause} {sent.message_id} was refused: {sent.refused}"
        elif not sent.receipts:
            yield f"{sent.cause} {sent.message_id} never got a receipt"
        elif held.taken.get((sent.sender, sent.message_id)) != sent.digest:
            yield f"{sent.cause} {sent.message_id} has a receipt and is not in the inbox"
    yield from record.spoiled
    if record.unfinished:
        yield f"{record.unfinished} cases and errands did not come to their end"


def _effects_missing(record: RunRecord, by_effect: Effects) -> Iterator[str]:
    for sent in record.sent.values():
        for effect in EFFECTS[sent.cause] if sent.receipts else ():
            seen = by_effect.get((sent.conversation_id, effect), ())
            if not any(one.signed is not None for one in seen):
                yield f"{sent.cause} {sent.message_id} has a receipt, and its effect «{effect}» never came"


def _deliveries_open(record: RunRecord, held: DatabaseState) -> Iterator[str]:
    for (recipient, message_id), state in held.deliveries.items():
        seen = record.seen.get(message_id)
        if state != "acknowledged":
            yield f"the delivery of {message_id} to {recipient} is {state} in the end"
        elif seen is None or seen.signed is None:
            yield f"the delivery of {message_id} to {recipient} counts as acknowledged, and nobody signed for it"
    for seen in record.seen.values():
        if (seen.recipient, seen.message_id) not in held.deliveries:
            yield f"{seen.recipient} was handed {seen.message_id}, which the database does not know"


def _heads_gone(record: RunRecord, held: DatabaseState) -> Iterator[str]:
    for size, root in record.heads.items():
        if held.heads.get(size) != root:
            yield f"the head of {size} leaves that was seen on the way is gone or another"


def _two_receipts(record: RunRecord) -> Iterator[str]:
    for sent in record.sent.values():
        if len(sent.receipts) > 1:
            yield f"{sent.cause} {sent.message_id} has {len(sent.receipts)} different receipts"


def _orphans(record: RunRecord, held: DatabaseState) -> Iterator[str]:
    promised = {conversation for sent in record.sent.values() for conversation, _ in sent.receipts}
    for conversation in held.conversations - promised:
        yield f"conversation {conversation} is in the database, and no receipt names it"


def _effects_twice(record: RunRecord, by_effect: Effects) -> Iterator[str]:
    for (conversation, effect), seen in by_effect.items():
        if len(seen) > 1:
            yield f"«{effect}» came as {len(seen)} messages in conversation {conversation}"
    for one in record.seen.values():
        if len(one.digests) > 1:
            yield f"{one.message_id} came with {len(one.digests)} different contents"


def _out_of_order(record: RunRecord) -> Iterator[str]:
    chains: dict[tuple[PartyId, ConversationId], list[SeenMessage]] = defaultdict(list)
    for seen in record.seen.values():
        chains[seen.recipient, seen.conversation_id].append(seen)
    for (recipient, conversation), chain in chains.items():
        chain.sort(key=lambda seen: ORDER.index(seen.effect))
        for earlier, later in pairwise(chain):
            if earlier.signed is None or later.first_seen < earlier.signed:
                yield f"{recipient} saw «{later.effect}» before it signed for «{earlier.effect}» in {conversation}"
