"""Messages about alarms: to whom, in three languages, in which no subject makes a line of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.alarms.kinds import Alarm, AlarmKind
from gateway.domain.alarms.letter import (
    GIVEN_UP_AFTER,
    AlarmChannel,
    LetterContext,
    Recipient,
    next_try_after,
    one_line,
    trial,
)
from gateway.domain.alarms.rule import AlarmEvent
from gateway.domain.delivery.escalation import EscalationStep

NOON = datetime(2026, 11, 24, 7, tzinfo=UTC)
ALARM = Alarm(7, AlarmKind.PARTY_SILENT, "akimat-almaty", EscalationStep.ALARM, 0, NOON, 3, None, NOON, NOON, NOON)
DUTY = Recipient(AlarmChannel.MAIL, "duty@example.kz", "kk", EscalationStep.WARN)
TELLING = LetterContext("dalel", (DUTY,), "https://x.kz/console")


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("kk", "[dalel] Дабыл, дабыл: Тарап үнсіз: akimat-almaty"),
        ("ru", "[dalel] Тревога, тревога: Сторона молчит: akimat-almaty"),
        ("en", "[dalel] Alarm, alarm: A party is silent: akimat-almaty"),
    ],
)
def test_each_is_told_in_the_language_that_was_chosen(language, title: str):
    (draft,) = replace(TELLING, recipients=(replace(DUTY, language=language),)).drafts(
        ALARM, AlarmEvent.RAISED, now=NOON
    )
    assert draft.title == title
    assert "2026-11-24 12:00 (UTC+5)" in draft.body
    assert "https://x.kz/console/alarms/7" in draft.body


@pytest.mark.parametrize(
    ("level", "body"),
    [
        (EscalationStep.WARN, ["warn"]),
        (EscalationStep.ALARM, ["warn", "alarm"]),
        (EscalationStep.PAGE, ["warn", "alarm", "page"]),
    ],
)
def test_the_louder_the_more_are_told(level: EscalationStep, body: list[str]):
    whom = replace(TELLING, recipients=tuple(replace(DUTY, to=step, level=step) for step in EscalationStep))
    assert [one.to for one in whom.drafts(replace(ALARM, level=level), AlarmEvent.RAISED, now=NOON)] == body


def test_without_a_console_the_command_is_named():
    (draft,) = replace(TELLING, console=None).drafts(ALARM, AlarmEvent.CLEARED, now=NOON)
    assert "dalel alarms show 7" in draft.body


def test_a_webhook_gets_what_a_program_needs():
    pager = replace(TELLING, recipients=(Recipient(AlarmChannel.WEBHOOK, "pager", "en", EscalationStep.WARN),))
    (draft,) = pager.drafts(ALARM, AlarmEvent.ESCALATED, now=NOON)
    body = json.loads(draft.body)
    assert body["type"] == "alarm.escalated"
    assert body["data"]["kind"] == "party_silent"
    assert body["data"]["since"] == "2026-11-24T07:00:00+00:00"
    assert json.loads(trial(pager, pager.recipients[0], NOON).body)["type"] == "alarm.test"


@given(st.text())
def test_whatever_a_subject_holds_a_title_is_one_line(words: str):
    title = TELLING.title(replace(ALARM, subject=words), AlarmEvent.RAISED, "ru")
    assert title.isprintable()
    assert len(title) <= 200
    assert one_line(title) == title


@given(st.integers(1, 10_000), st.integers(0, 10_000))
def test_a_try_follows_soon_then_seldom_and_never_after_three_days(tries: int, minutes: int):
    now = NOON + minutes * timedelta(minutes=1)
    again = next_try_after(tries, NOON, now)
    if now - NOON >= GIVEN_UP_AFTER:
        assert again is None
    else:
        assert again is not None
        assert timedelta(seconds=15) <= again - now <= timedelta(minutes=30)
