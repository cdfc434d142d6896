"""The rule of alarms: raised once, louder while nobody heeds it, silent once somebody does, over only after a while."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.domain.alarms.kinds import BANDS, KINDS, Alarm, AlarmKind, AlarmTakenUp, Condition, band_of, loudness
from gateway.domain.alarms.rule import LONGEST_QUIET, AlarmEvent, AlarmRhythm, Change, decide, quiet_of
from gateway.domain.delivery.escalation import EscalationStep

NOON = datetime(2026, 11, 24, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RHYTHM = AlarmRhythm()
SILENT = Condition(AlarmKind.PARTY_SILENT, "akimat-almaty", EscalationStep.ALARM, since=NOON - MINUTE, count=3)
H = AlarmEvent


def raised(condition: Condition = SILENT, *, at: datetime = NOON) -> Alarm:
    (change,) = decide([condition], [], RHYTHM, now=at)
    assert change.happening is H.RAISED
    return replace(change.alarm, alarm_id=1)


def after(alarm: Alarm, *seen: Condition, minutes: float) -> Change:
    """What a look so long after noon makes of it; the alarm itself when nothing changes."""
    changes = decide(seen, [alarm], RHYTHM, now=NOON + minutes * MINUTE)
    return changes[0] if changes else Change(alarm, None)


def acknowledged(alarm: Alarm) -> Alarm:
    return replace(alarm, acknowledged=AlarmTakenUp(NOON, "aigerim", "they mend it"))


def test_what_is_seen_again_is_told_once():
    assert decide([SILENT], [raised()], RHYTHM, now=NOON + MINUTE) == ()


def test_its_figures_are_kept_up_without_a_word():
    change = after(raised(), replace(SILENT, count=9), minutes=1)
    assert (change.alarm.count, change.happening) == (9, None)


def test_while_nobody_acknowledges_it_becomes_louder_and_then_it_is_repeated():
    louder = after(raised(), SILENT, minutes=30)
    assert (louder.alarm.level, louder.happening) == (EscalationStep.PAGE, H.ESCALATED)
    assert after(louder.alarm, SILENT, minutes=269).happening is None
    assert after(louder.alarm, SILENT, minutes=270).happening is H.REMINDED


def test_no_kind_becomes_louder_than_its_line_of_the_table_says():
    near = replace(SILENT, kind=AlarmKind.TERM_NEAR, level=EscalationStep.WARN)
    assert after(raised(near), near, minutes=40).happening is None
    assert after(raised(near), near, minutes=240).happening is H.REMINDED


def test_acknowledged_it_is_silent_whatever_time_passes():
    alarm = acknowledged(raised())
    assert after(alarm, SILENT, minutes=100_000).happening is None


@pytest.mark.parametrize("worse", [replace(SILENT, rank=1), replace(SILENT, level=EscalationStep.PAGE)])
def test_worse_than_what_was_acknowledged_it_is_told_again(worse: Condition):
    change = after(acknowledged(raised()), worse, minutes=1)
    assert change.happening is H.WORSENED
    assert change.alarm.acknowledged is None
    assert change.alarm.level is worse.level


def test_better_and_as_bad_again_is_not_worse():
    alarm = raised(replace(SILENT, rank=3))
    better = after(alarm, replace(SILENT, rank=1), minutes=1).alarm
    assert after(better, replace(SILENT, rank=3), minutes=2).happening is None


def test_what_is_not_seen_is_over_only_after_a_while():
    gone = after(raised(), minutes=1)
    assert (gone.happening, gone.alarm.is_open) == (None, True)
    assert after(gone.alarm, minutes=5).happening is None
    over = after(gone.alarm, minutes=6)
    assert over.happening is H.CLEARED
    assert not over.alarm.is_open


def test_what_comes_back_meanwhile_is_the_same_and_the_while_is_doubled():
    gone = after(raised(), minutes=1).alarm
    back = after(gone, SILENT, minutes=2)
    assert (back.happening, back.alarm.returns, back.alarm.unseen_since) == (None, 1, None)
    assert quiet_of(back.alarm, RHYTHM) == 10 * MINUTE
    assert quiet_of(replace(back.alarm, returns=10_000), RHYTHM) == LONGEST_QUIET


def test_what_flaps_for_a_day_is_told_of_twice_if_somebody_acknowledged_it():
    alarm, reported = acknowledged(raised()), []
    for minute in range(1, 24 * 60):
        seen = [SILENT] if minute % 7 else []
        for change in decide(seen, [alarm], RHYTHM, now=NOON + minute * MINUTE):
            alarm = change.alarm
            reported += [change.happening] if change.happening else []
    for minute in range(24 * 60, 27 * 60):
        for change in decide([], [alarm] if alarm.is_open else [], RHYTHM, now=NOON + minute * MINUTE):
            alarm = change.alarm
            reported += [change.happening] if change.happening else []
    assert reported == [H.CLEARED]


def test_of_two_conditions_of_one_subject_the_worse_counts():
    page = replace(SILENT, level=EscalationStep.PAGE)
    (change,) = decide([SILENT, page, SILENT], [], RHYTHM, now=NOON)
    assert change.alarm.level is EscalationStep.PAGE


def test_open_ones_stand_in_bands_unheeded_first_then_the_loudest():
    quiet, loud = raised(replace(SILENT, kind=AlarmKind.TERM_NEAR, level=EscalationStep.WARN)), raised()
    listed = sorted([acknowledged(loud), quiet, loud], key=lambda alarm: BANDS.index(band_of(alarm)))
    assert listed == [loud, quiet, acknowledged(loud)]
    assert len(BANDS) == 2 * len(EscalationStep)


def test_every_kind_is_in_the_table_and_no_louder_than_it_may_become():
    assert set(KINDS) == set(AlarmKind)
    for spec in KINDS.values():
        assert loudness(spec.severity) <= loudness(spec.loudest)
        for text in (spec.name, spec.means, spec.helps):
            assert all(getattr(text, language) for language in ("kk", "ru", "en"))


# --- laws -----------------------------------------------------------------------------------------------------------

CONDITIONS = st.builds(
    Condition,
    kind=st.sampled_from([AlarmKind.PARTY_SILENT, AlarmKind.TERM_NEAR, AlarmKind.DEAD_LETTERS]),
    subject=st.sampled_from(["a", "b"]),
    level=st.sampled_from(EscalationStep),
    rank=st.integers(0, 3),
    count=st.none() | st.integers(0, 9),
)


@given(st.lists(CONDITIONS), st.integers(0, 10_000))
def test_a_second_look_at_the_same_moment_says_nothing_new(seen: list[Condition], minutes: int):
    now = NOON + minutes * MINUTE
    alarms = [replace(one.alarm, alarm_id=n) for n, one in enumerate(decide(seen, [], RHYTHM, now=now), 1)]
    assert decide(seen, alarms, RHYTHM, now=now) == ()


class Watching(RuleBasedStateMachine):
    """Looks at whatever may come, at any pace; somebody acknowledges now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.alarms, self.notified = NOON, {}, []
        self.seen: dict[tuple[AlarmKind, str], Condition] = {}

    @rule(seen=st.lists(CONDITIONS, max_size=4), minutes=st.integers(0, 90))
    def look(self, seen: list[Condition], minutes: int) -> None:
        self.now += minutes * MINUTE
        self.seen = {(one.kind, one.subject): one for one in seen}
        before = {alarm.alarm_id: alarm for alarm in self.alarms.values() if alarm.is_open}
        for change in decide(self.seen.values(), before.values(), RHYTHM, now=self.now):
            number = change.alarm.alarm_id or len(self.alarms) + 1
            was = before.get(number)
            self.alarms[number] = replace(change.alarm, alarm_id=number)
            if change.happening in {H.ESCALATED, H.REMINDED}:
                assert was is not None
                assert was.acknowledged is None
                assert self.now - was.notified_at >= min(RHYTHM.escalate_after, RHYTHM.remind_every)
            if change.happening is H.CLEARED:
                assert was is not None
                assert self.now - (was.unseen_since or self.now) >= RHYTHM.quiet
                assert (was.kind, was.subject) not in self.seen

    @precondition(lambda self: any(alarm.is_open for alarm in self.alarms.values()))
    @rule(data=st.data())
    def acknowledge(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from([n for n, alarm in self.alarms.items() if alarm.is_open]))
        self.alarms[number] = replace(self.alarms[number], acknowledged=AlarmTakenUp(self.now, "t", "x"))

    @invariant()
    def each_condition_has_one_open_alarm_as_loud_as_it(self) -> None:
        open_ones = [alarm for alarm in self.alarms.values() if alarm.is_open]
        keys = [(alarm.kind, alarm.subject) for alarm in open_ones]
        assert len(keys) == len(set(keys))
        by_key = dict(zip(keys, open_ones, strict=True))
        for key, condition in self.seen.items():
            assert loudness(by_key[key].level) >= loudness(condition.level)


TestWatching = Watching.TestCase
TestWatching.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
