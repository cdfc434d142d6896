"""What the text of the law leaves open: both readings are data, and a rules file chooses between them."""

from __future__ import annotations

from datetime import date, datetime
from importlib import resources

import pytest

from contracts.payloads import NotifiedStep
from dossier.case.events import AppealRegistered, Event, MessageAcknowledged, Replied
from dossier.case.history import fold
from dossier.procedure.law import Law
from dossier.procedure.law.calendar import load_calendar, local_date, zone
from dossier.procedure.law.law_file import LawFile, UnusableLaw
from dossier.procedure.law.rules import CountsFrom, LawRules, RowCertainty
from dossier.procedure.law.rules_file import load_rules
from dossier.procedure.terms import due_day
from dossier.rehearsal.judging import judge
from dossier.rehearsal.play import Played, play
from dossier.rehearsal.reading import read_scenario
from tests.worlds.casework import PLATFORM, Casework

USUAL = load_rules("appk-2026")
CALENDAR = load_calendar()
DAY = date(2026, 11, 24)


def rules_with(**chosen: str) -> LawFile:
    packaged = resources.files("dossier.procedure.law").joinpath("appk-2026.toml").read_text(encoding="utf-8")
    table = "\n[readings]\n" + "".join(f'{key} = "{option}"\n' for key, option in chosen.items())
    return LawFile("appk-2026", packaged.replace('version = "appk-2026"', 'version = "appk-2026 own"') + table)


def read_with(**chosen: str) -> LawRules:
    return load_rules("appk-2026", (rules_with(**chosen),))


def played_with(text: str, **chosen: str) -> Played:
    return play(read_scenario(text, (rules_with(**chosen),)))


@pytest.mark.parametrize("key", sorted(USUAL.readings))
def test_every_open_question_names_both_its_readings_in_three_languages(key):
    reading = USUAL.readings[key]
    assert len(reading.options) == 2
    for text in (reading.question, *reading.options.values()):
        assert len({text.kk, text.ru, text.en}) == 3


@pytest.mark.parametrize("key", sorted(USUAL.readings))
def test_each_reading_can_be_chosen_by_an_operator(key):
    for option in USUAL.readings[key].options:
        assert read_with(**{key: option}).follows(key, option)


def test_an_unknown_question_or_answer_is_refused_by_name():
    with pytest.raises(UnusableLaw, match="appk-2026 readings: unknown day_two"):
        read_with(day_two="next_day")
    with pytest.raises(UnusableLaw, match="day_one_99: 'tomorrow' is none of next_day, same_day"):
        read_with(day_one_99="tomorrow")


@pytest.mark.parametrize(
    ("duty", "key", "usual", "other"),
    [
        ("redirect", "day_one_65", date(2026, 11, 27), date(2026, 11, 26)),
        ("hearing_objection", "day_one_73", date(2026, 11, 26), date(2026, 11, 25)),
        ("forward_complaint", "day_one_91", date(2026, 11, 27), date(2026, 11, 26)),
        ("complaint", "day_one_92", date(2027, 2, 24), date(2027, 2, 23)),
        ("review", "day_one_99", date(2026, 12, 23), date(2026, 12, 22)),
    ],
)
def test_which_day_is_the_first_is_a_reading(duty, key, usual, other):
    row, switched = USUAL.duty(duty, DAY), read_with(**{key: "same_day"}).duty(duty, DAY)
    assert (row.counts_from, switched.counts_from) == (CountsFrom.NEXT_DAY, CountsFrom.SAME_DAY)
    assert (due_day(row, DAY, CALENDAR), due_day(switched, DAY, CALENDAR)) == (usual, other)


def test_a_row_from_the_text_names_its_edition_and_the_article_with_its_part():
    for duty in USUAL.duties:
        assert (duty.source is RowCertainty.TEXT) == (duty.edition is not None)
        assert duty.edition is None or duty.edition <= date(2026, 2, 28)


def test_where_a_subject_goes_to_court_at_once_the_law_is_named_or_it_is_to_be_confirmed():
    direct = [row for row in USUAL.pretrial if not row.required and row.appeal is None]
    assert {row.subject: (row.law is not None, row.source) for row in direct} == {
        "ENFORCEMENT": (True, RowCertainty.TEXT),
        "HOUSING": (False, RowCertainty.TO_BE_CONFIRMED),
    }


# --- readings that a case shows

NOTIFIED_LATE = """
title: {ru: Поздно}
steps:
  - {at: 2026-11-24 11:00, who: applicant, does: lodges}
  - {at: 2026-12-22 10:00, who: akimat, does: extends, until: 2027-02-15, decided: 2026-12-15 16:00%s}
"""


def test_an_extension_told_after_its_window_falls_or_stands():
    assert judge(played_with(NOTIFIED_LATE % ", expect: {refused: WrongState}", extension_reported_late="falls")) == ()
    stands = ", expect: {status: with_body, sent: [{to: ministry, what: termBreached, due: 2026-12-21}]}"
    assert judge(played_with(NOTIFIED_LATE % stands, extension_reported_late="stands")) == ()


THIRD_DAY = """
title: {ru: Третий день}
steps:
  - {at: 2026-11-24 11:00, who: applicant, does: lodges}
  - {at: 2026-12-03 11:00, who: akimat, does: sets_hearing, held: 2026-12-08 10:00}
  - {at: 2026-12-08 16:00, who: akimat, does: replies, expect: {%s}}
"""


def test_an_act_on_the_third_day_is_early_or_in_time():
    early = "facts: [{on: 2026-12-08, fact: term_breached, duty: hearing_notice}]"
    assert judge(played_with(THIRD_DAY % early, hearing_third_day="after")) == ()
    assert judge(played_with(THIRD_DAY % "never: [term_breached]", hearing_third_day="on")) == ()


BY_A_STRANGER = """
title: {ru: Не тот орган}
appeal: {kind: complaint, about: akimat}
steps:
  - {at: 2026-11-24 11:00, who: applicant, does: lodges}
  - {at: 2026-11-26 10:00, who: ministry, does: redirects, to: land-office}
  - {at: 2026-12-10 16:00, who: land-office, does: replies}
  - {at: 2026-12-11 10:00, who: applicant, does: disagrees, expect: {road: {kind: %s}}}
"""


def test_what_another_body_decided_on_a_complaint_is_the_pretrial_stage_or_not():
    assert judge(played_with(BY_A_STRANGER % "higherBody", complaint_as_appeal="shown")) == ()
    assert judge(played_with(BY_A_STRANGER % "court", complaint_as_appeal="always")) == ()


FOR_JURISDICTION = """
title: {ru: Подсудность}
appeal: {subject: HOUSING-QUEUE}
steps:
  - {at: 2026-11-24 11:00, who: applicant, does: lodges}
  - {at: 2026-12-10 16:00, who: akimat, does: replies}
  - {at: 2026-12-11 10:00, who: applicant, does: disagrees}
  - {at: 2026-12-14 10:00, who: akimat, does: sends_materials}
  - {at: 2027-01-11 10:00, who: court, does: reports, stage: returned, ground: 17, expect: {sent: [{to: applicant, what: caseStep, says: %s}]}}
"""  # noqa: E501 - one step, one line


def test_a_return_for_jurisdiction_leads_to_the_right_court_or_bars():
    assert judge(played_with(FOR_JURISDICTION % "в надлежащий суд", return_ground_17="right_court")) == ()
    assert judge(played_with(FOR_JURISDICTION % "снова подать нельзя", return_ground_17="barred")) == ()


# --- when an act became known (Art. 92, 129(1), 136)


def almaty(day: int, hour: int = 11, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=zone())


def history(*facts: tuple[datetime, str, object]) -> list[Event]:
    return [Event("c", seq, at, actor, None, fact) for seq, (at, actor, fact) in enumerate(facts, 1)]


REGISTERED = (almaty(24, month=11), "platform", AppealRegistered("DL-1", DAY, "LAND", "750000000", "CMS"))
ANSWERED = (almaty(10), "akimat", Replied("akimat", "refused", "1", date(2026, 12, 10), states_appeal_road=True))


def received(day: int) -> tuple[datetime, str, object]:
    return almaty(day), "platform", MessageAcknowledged("platform", "NotifyApplicant", f"n{day}", "ab")


def test_an_act_is_known_when_the_platform_has_the_notice():
    before, after = received(9), received(14)
    body = fold(history(REGISTERED, before, ANSWERED, after, received(15))).bodies["akimat"]
    assert (body.concluded_at, body.known_at) == (ANSWERED[0], after[0])


def test_until_the_notice_is_there_nothing_is_known_but_the_act():
    body = fold(history(REGISTERED, ANSWERED)).bodies["akimat"]
    assert body.known_at is None


def test_the_clock_lets_a_right_run_on_where_its_act_became_known_later():
    case = Casework(at=almaty(24, month=11), subject="LAND")
    case.register()
    case.now = almaty(10, 16)
    case.replies()
    case.now = almaty(14)
    case.acknowledges(PLATFORM, "NotifyApplicant")
    case.time_passes_until_due()
    running = [term.opened for term in case.appeal.terms.values() if term.is_open]
    assert [local_date(term.started_at) for term in running] == [date(2026, 12, 14)]
    assert "TermLapsed" in case.facts
    assert case.last_notice().step is not NotifiedStep.RIGHT_LAPSED


def test_within_the_day_of_the_act_nothing_moves():
    case = Casework(at=almaty(24, month=11), subject="LAND")
    case.register()
    case.now = almaty(10, 9)
    case.replies()
    case.now = almaty(10, 18)
    case.acknowledges(PLATFORM, "NotifyApplicant")
    case.time_passes_until_due()
    assert not [term for term in case.appeal.terms.values() if term.is_open]
    assert case.last_notice().step is NotifiedStep.RIGHT_LAPSED


def test_the_law_names_its_readings_whatever_the_rules():
    law = Law(read_with(knowledge="act_received"), CALENDAR)
    assert law.rules.readings["knowledge"].value == "act_received"
    assert load_rules("sandbox-seconds").readings.keys() == USUAL.readings.keys()
