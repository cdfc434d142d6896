"""Earlier replies of a body that are nearly identical: kept in buckets, found through them, told apart by sketch.

Bounded whatever was sent before: of each bucket only the newest are looked at, so that the millionth copy of a letter
costs as much as the five hundredth. Of pairs that are just alike enough, about one in a hundred shares no bucket and is
missed; of those that are more alike, fewer are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, select, union_all

from contracts.header import ConversationId
from dossier.case.likeness import Sketch, are_alike, buckets
from dossier.procedure.decision import Resembling
from gateway.ports.intake import Acceptance, FindSimilarReplies, SketchedReply
from gateway.store.engine.operations import serves
from gateway.store.engine.statements import AnySelect, RowsSelect, Values, add
from gateway.store.tables import conversations, messages, reply_buckets, reply_sketches

SCANNED_AT_ONCE: Final = 500
"""The newest of each bucket; of all together, those in most buckets. Counts end here: more would tell nothing."""
NAMED: Final = 20
"""As many as somebody will look up, and as fit into one event."""

_MESSAGE: Final = (messages.c.sender, messages.c.message_id)
_NUMBERED: Final = RowsSelect(select(*_MESSAGE, messages.c.message_no), *_MESSAGE)
_APPEALS: Final = RowsSelect(
    select(conversations.c.conversation_id, conversations.c.appeal_number), conversations.c.conversation_id
)


def keep(connection: Connection, jobs: Sequence[Acceptance]) -> None:
    """The sketches of replies whose messages were just written."""
    replies = {(job.incoming.sender, job.incoming.message_id): job.sketched for job in jobs if job.sketched}
    rows = _NUMBERED.rows(connection, replies)
    kept = [(replies[row.sender, row.message_id], row.message_no) for row in rows]
    add(connection, reply_sketches, [_sketch_row(*one) for one in kept])
    add(connection, reply_buckets, [row for one in kept for row in _bucket_rows(*one)])


@serves(FindSimilarReplies)
def find(connection: Connection, wanted: FindSimilarReplies) -> Resembling:
    """How many there are, counted up to 500, and the numbers of the newest 20 appeals."""
    sketch = wanted.reply.sketch
    in_buckets = {f"bucket_{n}": bucket for n, bucket in enumerate(buckets(sketch, wanted.reply.body))}
    of = {"body": wanted.reply.body, "version": sketch.version, "own": wanted.reply.conversation_id}
    rows = connection.execute(_candidates(len(in_buckets)), in_buckets | of).all()
    different = {content for _, content in rows}  # copies of a template have one sketch
    like = {content for content in different if are_alike(sketch, Sketch(sketch.version, content))}
    alike = [conversation_id for conversation_id, content in rows if content in like]
    newest = list(dict.fromkeys(alike))[:NAMED]
    numbers = {row.conversation_id: row.appeal_number for row in _APPEALS.rows(connection, newest)}
    return Resembling(len(alike), tuple(numbers[one] for one in newest))


def forget(connection: Connection, ids: Sequence[ConversationId]) -> None:
    """With the case, since a sketch tells whoever guesses a text whether it was this one."""
    of_cases = select(messages.c.message_no).where(messages.c.conversation_id.in_(ids))
    connection.execute(delete(reply_buckets).where(reply_buckets.c.message_no.in_(of_cases)))
    connection.execute(delete(reply_sketches).where(reply_sketches.c.message_no.in_(of_cases)))


@cache
def _candidates(bands: int) -> AnySelect:
    """(conversation_id, content) of the replies that share most buckets with this one, newest first."""
    found = union_all(*(select(_newest(f"bucket_{n}")) for n in range(bands))).subquery()
    number = found.c.message_no
    nearest = (
        select(number).group_by(number).order_by(func.count().desc(), number.desc()).limit(SCANNED_AT_ONCE).subquery()
    )
    return (
        select(reply_sketches.c.conversation_id, reply_sketches.c.content)
        .join(nearest, nearest.c.message_no == reply_sketches.c.message_no)
        .where(
            reply_sketches.c.body == bindparam("body"),
            reply_sketches.c.version == bindparam("version"),
            reply_sketches.c.conversation_id != bindparam("own"),
        )
        .order_by(reply_sketches.c.message_no.desc())
    )


def _newest(bucket: str) -> Any:  # noqa: ANN401 - a subquery's columns
    return (
        select(reply_buckets.c.message_no)
        .where(reply_buckets.c.bucket == bindparam(bucket))
        .order_by(reply_buckets.c.message_no.desc())
        .limit(SCANNED_AT_ONCE)
        .subquery()
    )


def _sketch_row(reply: SketchedReply, message_no: int) -> Values:
    return {
        "message_no": message_no,
        "conversation_id": reply.conversation_id,
        "body": reply.body,
        "version": reply.sketch.version,
        "content": reply.sketch.content,
    }


def _bucket_rows(reply: SketchedReply, message_no: int) -> Iterator[Values]:
    for bucket in buckets(reply.sketch, reply.body):
        yield {"bucket": bucket, "message_no": message_no}
