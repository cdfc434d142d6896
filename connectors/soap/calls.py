"""Calls as values: what goes out unchanged until answered, and the answer that was believed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from contracts.header import Message, MessageId
from contracts.operations import OPERATIONS, Effect, Service


@dataclass(frozen=True, slots=True)
class PreparedCall:
    """One message, ready to be sent any number of times. All fields are plain, so that it can be stored."""

    service: Service
    name: str
    message_id: MessageId
    operation: bytes

    @property
    def digest(self) -> str:
        """SHA-256, lower-case hex, over the canonical operation bytes: what a receipt must name."""
        return hashlib.sha256(self.operation).hexdigest()

    @property
    def effect(self) -> Effect:
        return OPERATIONS[self.service][self.name].effect


@dataclass(frozen=True, slots=True)
class Answered:
    """A verified answer, with the envelope that proves it, byte for byte."""

    message: Message
    envelope: bytes
