"""Whoever records which step of a message's way took how long. Off, a call costs a tenth of a microsecond.

What a span tells is a closed set of names, ids and codes: never what people wrote, nor any error's words.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import Final, Protocol, TypedDict, Unpack

from gateway.domain.trace import TraceContext


class SpanName(StrEnum):
    """One step, by its name."""

    REQUEST = "message.request"  # from a request's header to its answer
    ADMIT = "message.admit"  # read, validate, verify
    DECIDE = "message.decide"  # load the case, decide, make what follows
    COMMIT = "message.commit"  # until it is durable
    CLAIM = "delivery.claim"  # the claim that gave this delivery to this node
    ATTEMPT = "delivery.attempt"
    SEND = "delivery.send"  # until the peer has answered
    RECORD = "delivery.record"  # what came of it, durably
    HAND_OUT = "delivery.hand_out"  # out of a mailbox
    RECEIPT = "delivery.receipt"  # a receipt or an error signal that came by itself
    TERM = "term.fall_due"
    DOSSIER = "assembly.build"
    STAMP = "timestamp.get"
    DOCUMENTS = "documents.store"  # one call of the documents' store


class SpanAttributes(TypedDict, total=False):
    """All that a span may say. Names of parties are those of the registry."""

    service: str
    operation: str
    action: str
    sender: str
    recipient: str
    message_id: str
    conversation_id: str
    delivery_id: int
    attempt: int
    dossier_no: int
    outcome: str
    code: str
    http_status: int


class MultiHeaders(Protocol):
    """Headers of which one may come several times."""

    def getall(self, key: str, default: Sequence[str]) -> Sequence[str]: ...


class Tracer(Protocol):
    """Spans nest by the flow of the program, into tasks and threads that are started in them."""

    def request(self, headers: MultiHeaders, **attributes: Unpack[SpanAttributes]) -> AbstractContextManager[None]:
        """What a stranger asks for, in the trace that it names, if it names one."""
        ...

    def span(
        self, span: SpanName, *, after: TraceContext | None = None, **attributes: Unpack[SpanAttributes]
    ) -> AbstractContextManager[None]:
        """A step of what is going on here; or of what a row says it goes on with, ``after``."""
        ...

    def past(
        self, span: SpanName, *, began: int, after: TraceContext | None, **attributes: Unpack[SpanAttributes]
    ) -> None:
        """A step that is over, in the trace ``after``, linked to what is going on here. ``began``: as ``now`` said."""
        ...

    def now(self) -> int: ...

    def annotate(self, **attributes: Unpack[SpanAttributes]) -> None:
        """More of the step that is going on here."""
        ...

    def fail(self, why: str) -> None:
        """It failed. ``why``: a code or the name of an error, never its words."""
        ...

    def here(self) -> TraceContext | None:
        """What consequences go on with; None where nothing is traced."""
        ...


class NoTracer:
    """Records nothing."""

    def request(self, headers: MultiHeaders, **attributes: Unpack[SpanAttributes]) -> AbstractContextManager[None]:  # noqa: ARG002
        return _NOTHING

    def span(
        self,
        span: SpanName,  # noqa: ARG002
        *,
        after: TraceContext | None = None,  # noqa: ARG002
        **attributes: Unpack[SpanAttributes],  # noqa: ARG002
    ) -> AbstractContextManager[None]:
        return _NOTHING

    def past(
        self, span: SpanName, *, began: int, after: TraceContext | None, **attributes: Unpack[SpanAttributes]
    ) -> None: ...
    def now(self) -> int:
        return 0

    def annotate(self, **attributes: Unpack[SpanAttributes]) -> None: ...
    def fail(self, why: str) -> None: ...
    def here(self) -> TraceContext | None:
        return None


_NOTHING: Final = nullcontext()
NO_TRACER: Final = NoTracer()
