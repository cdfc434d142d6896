"""Whether the ledger's records of a message tell the same as ``record.xml``.

The tree over them was sealed, and stamped, long before somebody asked for the file: what it commits to nobody can tell
otherwise today, not even with the seal key. Columns behind a salt are left out: those of people's words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from dossier.erds.record import AttemptFacts, DeliveryFacts, Ending, MessageRecord, RefusalFacts, SignalFacts, Signalled

Row = Mapping[str, object]


def contradicting(lines: Sequence[bytes], record: MessageRecord) -> Iterator[int]:
    """Number, from 1, of each ledger record that the record of the message does not bear out."""
    claims = _claims(record)
    for number, line in enumerate(lines, 1):
        name, row = _read(line)
        if name in claims and not any(_agrees(claim, row) for claim in claims[name]):
            yield number


def _read(line: bytes) -> tuple[str, Mapping[str, Any]]:
    """Name and columns; events, which have neither, and what is no record at all, are nobody's claim."""
    try:
        content = json.loads(line)
        name, row = content["record"], content["row"]
    except (KeyError, TypeError, ValueError, RecursionError):
        return "", {}
    return (name, row) if isinstance(name, str) and isinstance(row, dict) else ("", {})


def _agrees(claim: Row, row: Mapping[str, Any]) -> bool:
    """Absent columns are None on both sides."""
    return all(row.get(name) == value for name, value in claim.items())


def _claims(record: MessageRecord) -> Mapping[str, Sequence[Row]]:
    return {
        "messages": list(_message(record)),
        "inbox": list(_answer(record)),
        "delivery_ends": [_end(record.delivery)] if record.delivery else [],
        "attempts": [_attempt(one) for one in record.attempts],
        "signals": [_signal(one, record) for one in record.signals],
        "refusals": [_refusal(one, record) for one in record.refusals],
    }


def _message(record: MessageRecord) -> Iterator[Row]:
    if record.message is not None:
        content = record.message
        yield {
            "sender": record.sender,
            "message_id": record.message_id,
            "recipient": content.recipient,
            "conversation_id": content.conversation_id,
            "ref_to_message_id": content.ref_to_message_id,
            "action": content.action.value,
            "outgoing": content.outgoing,
            "at": _instant(content.at),
            "envelope_sha256": content.envelope,
        }


def _answer(record: MessageRecord) -> Iterator[Row]:
    if record.receipt is not None:
        at, envelope = _instant(record.receipt.at), record.receipt.envelope
        key = {"sender": record.sender, "message_id": record.message_id}
        yield {**key, "received_at": at, "answer_sha256": envelope}


def _end(facts: DeliveryFacts) -> Row:
    state = None if facts.ending is Ending.OPEN else facts.ending.value
    return {"state": state, "finished_at": _instant(facts.finished_at), "receipt_sha256": facts.ended_by}


def _attempt(facts: AttemptFacts) -> Row:
    return {
        "number": facts.number,
        "started_at": _instant(facts.started_at),
        "finished_at": _instant(facts.finished_at),
        "outcome": facts.outcome.value,
        "http_status": facts.http_status,
        "request_sha256": facts.request,
        "response_sha256": facts.response,
    }


def _signal(facts: SignalFacts, record: MessageRecord) -> Row:
    state = Ending.ACKNOWLEDGED if facts.said is Signalled.RECEIPT else Ending.REJECTED
    sender = record.message.recipient if record.message else None
    return {"sender": sender, "message_id": facts.message_id, "state": state.value, "at": _instant(facts.at)}


def _refusal(facts: RefusalFacts, record: MessageRecord) -> Row:
    return {"signer": record.sender, "at": _instant(facts.at), "code": facts.code, "answer_sha256": facts.fault}


def _instant(at: datetime | None) -> str | None:
    """As the ledger writes instants."""
    return None if at is None else at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
