"""Identities that stand in headers and payloads."""

from __future__ import annotations

from typing import NewType

MessageId = NewType("MessageId", str)
"""Minted by the sender: a UUID in lower-case hyphen form (RFC 9562 §4)."""
ConversationId = NewType("ConversationId", str)
"""The appeal's thread, minted by the exchange: a UUID in the same form."""
DocumentId = NewType("DocumentId", str)
"""Unguessable: 43 characters of base64url over 32 random bytes."""
