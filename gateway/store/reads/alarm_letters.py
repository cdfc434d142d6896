"""The outbox of alarms in rows: written with what it tells of, claimed for a while, repeated until it is taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from gateway.domain.alarms.letter import AlarmChannel, Draft
from gateway.ports.alarms import ClaimLetters, Letter, LetterResult, LetterRow, ListFailingChannels, UndeliveredAlarms
from gateway.store.engine.operations import Transactions, each, serves, steps, writes
from gateway.store.engine.statements import AnyRow, add
from gateway.store.tables import alarm_messages as letters
from gateway.store.tables.alarm import IS_GIVEN_UP, IS_WAITING, LetterState


def add_letters(connection: Connection, step_id: int, drafts: Iterable[Draft], now: datetime) -> None:
    """One for each recipient; two with the same address are one."""
    rows = {
        (draft.channel, draft.to): {
            "step_id": step_id, "channel": draft.channel.value, "recipient": draft.to, "title": draft.title,
            "body": draft.body, "state": LetterState.WAITING, "made_at": now, "tries": 0, "next_try_at": now,
        }
        for draft in drafts
    }  # fmt: skip
    add(connection, letters, list(rows.values()))


@steps(ClaimLetters)
async def claim_letters(store: Transactions, wanted: ClaimLetters) -> tuple[Letter, ...]:
    """Most looks find nothing, and need no write."""
    return await store.write(lease_letters, wanted) if await store.read(has_due, wanted) else ()


def has_due(connection: Connection, wanted: ClaimLetters) -> bool:
    """One look into the index of what waits."""
    due = select(letters.c.letter_id).where(IS_WAITING, letters.c.next_try_at <= wanted.now).limit(1)
    return connection.scalar(due) is not None


@each
def lease_letters(connection: Connection, job: ClaimLetters) -> tuple[Letter, ...]:
    """The longest due first."""
    due = (
        select(letters)
        .where(IS_WAITING, letters.c.next_try_at <= job.now)
        .order_by(letters.c.next_try_at, letters.c.letter_id)
        .limit(job.limit)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(due).all()
    ids = [row.letter_id for row in rows]
    held = {"next_try_at": job.lease_until, "tries": letters.c.tries + 1}
    connection.execute(update(letters).where(letters.c.letter_id.in_(ids)).values(held))
    return tuple(_letter(row) for row in rows)


@writes(LetterResult)
@each
def settle_letters(connection: Connection, job: LetterResult) -> None:
    """What came of a try counts, unless its lease ended and another try began since."""
    of = (letters.c.letter_id == job.letter_id, letters.c.tries == job.tries, IS_WAITING)
    connection.execute(update(letters).where(*of).values(_after(job)))


def letters_of(connection: Connection, step_ids: Sequence[int]) -> tuple[LetterRow, ...]:
    """In the order they were written."""
    names = ("step_id", "channel", "recipient", "state", "made_at", "tries", "next_try_at", "result", "ended_at")
    of = select(*(letters.c[name] for name in names)).where(letters.c.step_id.in_(step_ids))
    return tuple(LetterRow(*row) for row in connection.execute(of.order_by(letters.c.letter_id)))


@serves(ListFailingChannels)
def failing_channels(connection: Connection, wanted: ListFailingChannels) -> tuple[UndeliveredAlarms, ...]:
    """By channel, with the words of the newest."""
    columns = (letters.c.channel, letters.c.made_at, letters.c.result)
    waits = select(*columns).where(IS_WAITING, letters.c.tries >= wanted.tries, letters.c.result.is_not(None))
    lost = select(*columns).where(IS_GIVEN_UP, letters.c.ended_at >= wanted.since)
    found = [*connection.execute(waits), *connection.execute(lost)]
    by_channel = {channel: [row for row in found if row.channel == channel] for channel in AlarmChannel}
    return tuple(
        UndeliveredAlarms(
            channel, len(rows), min(row.made_at for row in rows), max(rows, key=lambda row: row.made_at).result
        )
        for channel, rows in by_channel.items()
        if rows
    )


def _letter(row: AnyRow) -> Letter:
    draft = Draft(AlarmChannel(row.channel), row.recipient, row.title, row.body)
    return Letter(row.letter_id, draft, row.made_at, row.tries + 1)


def _after(job: LetterResult) -> dict[str, object]:
    if job.is_taken:
        return {"state": LetterState.TAKEN, "result": job.result, "ended_at": job.at}
    if job.next_try_at is None:
        return {"state": LetterState.GIVEN_UP, "result": job.result, "ended_at": job.at}
    return {"result": job.result, "next_try_at": job.next_try_at}
