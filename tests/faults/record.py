"""What the parties saw: every message they sent, every one they were handed, in the order it happened to them.

It lives in the process of the parties, which no fault reaches, and is written to a journal line by line: tick, seconds
since 1970, what happened.
"""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TextIO

from contracts.header import ConversationId, MessageId
from contracts.party import PartyId
from contracts.payloads import NotifiedStep


class MessageCause(StrEnum):
    """What a party told the exchange."""

    APPEAL = "RegisterAppeal"
    REGISTERED = "ReportProgress"
    REPLY = "Reply"
    DISAGREE = "Disagree"
    MATERIALS = "SubmitMaterials"
    ACKNOWLEDGE = "Acknowledge"


class MessageEffect(StrEnum):
    """What the exchange told a party, once for each case in which it is due."""

    ASSIGNED = "AssignAppeal"
    MATERIALS_WANTED = "ProvideMaterials"
    FILED = "FileDossier"
    NOTIFIED_REGISTERED = f"told {NotifiedStep.REGISTERED}"
    NOTIFIED_HANDED_OVER = f"told {NotifiedStep.HANDED_OVER}"
    NOTIFIED_BODY_REGISTERED = f"told {NotifiedStep.BODY_REGISTERED}"
    NOTIFIED_REPLIED = f"told {NotifiedStep.REPLIED}"
    NOTIFIED_DISAGREEMENT = f"told {NotifiedStep.DISAGREEMENT_ACCEPTED}"
    NOTIFIED_MATERIALS = f"told {NotifiedStep.MATERIALS_RECEIVED}"
    NOTIFIED_FILED = f"told {NotifiedStep.DOSSIER_FILED}"
    NOTIFIED_COURT_RECEIVED = f"told {NotifiedStep.COURT_RECEIVED}"


@dataclass(slots=True)
class PartyMessage:
    """A message of a party. ``receipts``: each distinct promise that was signed for it; more than one is a lie."""

    sender: PartyId
    message_id: MessageId
    digest: str
    cause: MessageCause
    conversation_id: ConversationId | None
    receipts: set[tuple[ConversationId | None, str | None]] = field(default_factory=set)
    refused: str | None = None


@dataclass(slots=True)
class SeenMessage:
    """A message of the exchange. ``first_seen``, ``signed`` (None: not yet) are ticks of the record."""

    recipient: PartyId
    message_id: MessageId
    conversation_id: ConversationId
    effect: MessageEffect
    digests: set[str]
    first_seen: int
    signed: int | None = None
    times: int = 1


class RunRecord:
    """Everything, by message_id. ``journal``: where each line goes, for whoever looks for the reason of a finding."""

    def __init__(self, journal: TextIO | None = None) -> None:
        self.sent: dict[MessageId, PartyMessage] = {}
        self.seen: dict[MessageId, SeenMessage] = {}
        self.heads: dict[int, bytes] = {}  # tree size → root, as seen on the way
        self.spoiled: list[str] = []  # dossiers that the court was filed and that do not verify, each with the reason
        self.unfinished = 0  # cases and errands that had not come to their end
        self.signed = 0
        self.receipted = 0
        self._ticks = itertools.count()
        self._journal = journal

    @property
    def messages(self) -> int:
        """Distinct messages taken by the exchange or by a party, each proven by a signed receipt."""
        return self.signed + self.receipted

    def sends(self, message: PartyMessage) -> None:
        self._note("sends", message.message_id, message.cause, message.conversation_id)
        self.sent[message.message_id] = message

    def has_receipt(self, message_id: MessageId, conversation: ConversationId | None, number: str | None) -> None:
        self._note("receipt", message_id, conversation, number)
        sent = self.sent[message_id]
        self.receipted += not sent.receipts
        sent.receipts.add((conversation, number))
        sent.conversation_id = sent.conversation_id or conversation

    def is_refused(self, message_id: MessageId, reason: str) -> None:
        self._note("refused", message_id, reason)
        self.sent[message_id].refused = reason

    def sees(
        self,
        recipient: PartyId,
        message_id: MessageId,
        conversation: ConversationId,
        effect: MessageEffect,
        digest: str,
    ) -> bool:
        """Whether this is the first time."""
        tick = self._note("sees", message_id, recipient, conversation, effect)
        known = self.seen.get(message_id)
        if known is None:
            self.seen[message_id] = SeenMessage(recipient, message_id, conversation, effect, {digest}, tick)
            return True
        known.times += 1
        known.digests.add(digest)
        return False

    def signs(self, message_id: MessageId) -> None:
        """The recipient gives its receipt; after the first, the order of the next message is kept."""
        seen = self.seen[message_id]
        if seen.signed is None:
            seen.signed = self._note("signs", message_id)
            self.signed += 1

    def _note(self, *words: Any) -> int:
        tick = next(self._ticks)
        if self._journal is not None:
            print(json.dumps([tick, round(time.time(), 3), *words]), file=self._journal)
        return tick
