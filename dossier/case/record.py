"""What the dossier is assembled from: messages as they went over the wire, and documents that can be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from contracts.header import Action, MessageId
from contracts.party import PartyId
from contracts.payloads import DocumentRef
from dossier.packaging.description import MessageForm


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message of a case with its envelopes byte for byte.

    ``outgoing``: the exchange made it. ``envelope``: as received, or as last sent (None while never sent).
    ``receipt``: for an outgoing message the envelope that carried the recipient's receipt or error signal; for an
    incoming one our signed answer as it first went out. ``receipt_form``: OPERATION for our answers of before we kept
    envelopes. ``operation``: canonical bytes of the operation element.
    """

    message_id: MessageId
    sender: PartyId
    recipient: PartyId
    action: Action
    outgoing: bool
    at: datetime
    digest: str
    operation: bytes
    envelope: bytes | None
    receipt: bytes | None
    receipt_form: MessageForm = MessageForm.ENVELOPE


@dataclass(frozen=True, slots=True)
class CaseDocument:
    """A document of the case; ``open`` gives a fresh blocking reader at every call.

    ``pages``: how many it has, where it is a PDF and they could be counted.
    """

    ref: DocumentRef
    owner: PartyId
    open: Callable[[], BinaryIO]
    pages: int | None = None
