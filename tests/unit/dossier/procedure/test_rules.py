"""The rules as data: complete, checked, and the same duties in every version."""

from __future__ import annotations

from datetime import date, time, timedelta
from importlib import resources

import pytest

from contracts.payloads import AppealKind
from dossier.case.narration import duty_wording, wording_of
from dossier.procedure.law.law_file import LawFile, UnusableLaw, read_law_file
from dossier.procedure.law.rules import Bound, Consequence, CountsFrom, RowCertainty, Starts, TermUnit
from dossier.procedure.law.rules_file import file_of, load_rules

TODAY = date(2026, 11, 24)
VERSIONS = ["appk-2026", "sandbox-seconds"]
WD, CD, MONTHS = TermUnit.WORKING_DAYS, TermUnit.CALENDAR_DAYS, TermUnit.MONTHS
APPLICATION = AppealKind.APPLICATION
REAL = load_rules("appk-2026")


@pytest.mark.parametrize(
    ("key", "article", "length", "unit", "starts", "consequence", "remind_before"),
    [
        ("cure", "АППК 64(6)", 10, WD, "notice", "lapse", 5),
        ("return", "АППК 64(7)", 3, WD, "registration", "breach", 1),
        ("redirect", "АППК 65(1)", 3, WD, "receipt", "breach", 1),
        ("hearing_notice", "АППК 73(1)", 3, WD, "notice", "fulfil", None),
        ("hearing_objection", "АППК 73(3)", 2, WD, "receipt", "lapse", 1),
        ("materials", "АППК 75", 3, WD, "demand", "default", 1),
        ("consideration", "АППК 76(1)", 15, WD, "registration", "breach", 3),
        ("extension", "АППК 76(3)", 2, MONTHS, "decision", "breach", 3),
        ("extension_notice", "АППК 76(3)", 3, WD, "decision", "breach", 1),
        ("forward_complaint", "АППК 91(4)", 3, WD, "receipt", "breach", 1),
        ("complaint", "АППК 92(1)", 3, MONTHS, "knowledge", "lapse", 10),
        ("complaint_unadvised", "АППК 92(1-1)", 6, MONTHS, "knowledge", "lapse", 10),
        ("review", "АППК 99", 20, WD, "registration", "breach", 3),
        ("claim_contest", "АППК 136(1)", 1, MONTHS, "delivery", "lapse", 5),
        ("claim_compel", "АППК 136(1)", 1, MONTHS, "delivery", "lapse", 5),
        ("claim_perform", "АППК 136(2)", 1, MONTHS, "delivery", "lapse", 5),
        ("claim_recognise", "АППК 136(3)", 60, MONTHS, "delivery", "lapse", 5),
        ("cure_claim", "АППК 138(4)", 10, WD, "ruling", "lapse", 5),
        ("position", "АППК 138(5)", 10, WD, "demand", "default", 2),
        ("court_materials", "АППК 138(5)", 10, WD, "demand", "default", 2),
        ("private_complaint", "АППК 168(3)", 10, WD, "ruling", "lapse", 5),
        ("appeal_ruling", "АППК 168(2)", 2, MONTHS, "ruling", "lapse", 10),
        ("cure_wait", "АППК 64(7)", 10, WD, "notice", "fulfil", None),
        ("claim_recogniseAct", "АППК 136(3)", 3, MONTHS, "knowledge", "lapse", 5),
        ("claim_bylaw", "АППК 136(3-1)", 3, MONTHS, "knowledge", "lapse", 5),
        ("trial", "АППК 146(1)", 3, MONTHS, "claim", "fulfil", None),
        ("cassation", "АППК 169(2)", 6, MONTHS, "in_force", "lapse", 10),
        ("execute_ruling", "АППК 171(2)", 1, MONTHS, "in_force", "lapse", 5),
    ],
)
def test_the_terms_of_the_code(key, article, length, unit, starts, consequence, remind_before):
    duty = REAL.duty(key, TODAY)
    assert (duty.article, duty.length, duty.unit, duty.starts) == (article, length, unit, starts)
    assert (duty.consequence, duty.remind_before) == (consequence, remind_before)
    assert REAL.consequence_of(key) is duty.consequence


@pytest.mark.parametrize(
    ("kind", "subject", "length", "unit", "extended"),
    [
        (AppealKind.APPLICATION, "HOUSING-QUEUE", 15, WD, True),
        (AppealKind.APPLICATION, "TAX", 15, WD, True),
        (AppealKind.APPLICATION, "REHABILITATION", 90, CD, True),
        (AppealKind.COMPLAINT, "HOUSING", 20, WD, False),
        (AppealKind.COMPLAINT, "TAX", 30, WD, False),
        (AppealKind.COMPLAINT, "TAX-VAT-REFUND", 30, WD, False),
        (AppealKind.COMPLAINT, "TAXI", 20, WD, False),
        (AppealKind.COMPLAINT, "TAX-MONITORING", 45, WD, False),
        (AppealKind.COMPLAINT, "TAX-MONITORING.2026", 45, WD, False),
        (AppealKind.COMPLAINT, "PUBLIC-SERVICE-PASSPORT", 5, WD, False),
        (AppealKind.COMPLAINT, "NOTARY", 20, WD, False),
        (AppealKind.INQUIRY, "HOUSING", 15, WD, True),
        (AppealKind.INQUIRY, "NOTARY", 10, CD, True),
        (AppealKind.INQUIRY, "DECLASSIFICATION", 30, CD, True),
        (AppealKind.INQUIRY, "ADVOCATE", 10, WD, True),
        (AppealKind.INQUIRY, "INFORMATION", 15, CD, True),
        (AppealKind.INQUIRY, "MEDIA", 7, WD, True),
        (AppealKind.INQUIRY, "BAILIFF", 3, WD, True),
        (AppealKind.RESPONSE, "ROADS", 15, WD, True),
        (AppealKind.PROPOSAL, "ROADS", 15, WD, True),
        (AppealKind.MESSAGE, "ROADS", 15, WD, True),
    ],
)
def test_the_term_of_consideration_goes_by_kind_and_subject(kind, subject, length, unit, extended):
    duty = REAL.duty("consideration", TODAY, kind=kind, subject=subject)
    assert (duty.length, duty.unit, duty.extension) == (length, unit, "extension" if extended else None)
    assert (duty.bound, duty.consequence) == (Bound.BODY, Consequence.BREACH)
    assert duty.article
    sandbox = load_rules("sandbox-seconds").duty("consideration", TODAY, kind=kind, subject=subject)
    assert (sandbox.length, sandbox.unit, sandbox.article) == (length, TermUnit.SECONDS, duty.article)


def test_where_the_kind_is_not_said_the_general_row_holds():
    duty = REAL.duty("consideration", TODAY, subject="TAX-MONITORING")
    assert duty.is_general
    assert duty.length == 15


@pytest.mark.parametrize("name", VERSIONS)
def test_what_an_applicant_does_not_use_lapses(name):
    bound = [duty for duty in load_rules(name).duties if duty.bound is Bound.APPLICANT]
    assert {duty.consequence for duty in bound} == {Consequence.LAPSE}
    assert len(bound) == 18


def test_only_the_consideration_may_be_extended():
    assert {duty.key for duty in REAL.duties if duty.extension is not None} == {"consideration"}


def test_a_duty_of_an_older_version_is_breached():
    assert REAL.consequence_of("a duty of an older version") is Consequence.BREACH


def test_what_is_not_read_in_the_law_says_so():
    assert REAL.duty("materials", TODAY).source is RowCertainty.INFERRED
    assert REAL.duty("consideration", TODAY).source is RowCertainty.TEXT
    assert REAL.duty("consideration", TODAY).edition == date(2025, 12, 17)
    special = [duty for duty in REAL.duties if duty.key == "consideration" and not duty.is_general]
    assert {duty.source for duty in special} == {RowCertainty.INFERRED}
    assert {duty.edition for duty in special} == {None}


def test_a_duty_is_read_as_it_stood_on_the_day():
    assert REAL.duty("consideration", date(2025, 12, 28)).starts is Starts.RECEIPT
    assert REAL.duty("consideration", date(2025, 12, 29)).starts is Starts.REGISTRATION


def test_a_duty_that_did_not_hold_is_no_duty():
    with pytest.raises(UnusableLaw, match="appk-2026: no duty 'complaint_unadvised' holds on 2025-12-28"):
        REAL.duty("complaint_unadvised", date(2025, 12, 28))
    assert REAL.duty("complaint_unadvised", date(2025, 12, 29)).length == 6


def test_the_code_is_in_force_from_july_2021():
    with pytest.raises(UnusableLaw, match="'review' holds on 2021-06-30"):
        REAL.duty("review", date(2021, 6, 30))
    assert REAL.duty("review", date(2021, 7, 1)).starts is Starts.RECEIPT


def test_the_sandbox_has_the_same_duties_by_the_same_articles():
    real, sandbox = (
        {(d.key, d.appeal, d.subject): (d.article, d.bound, d.consequence) for d in load_rules(name).duties}
        for name in VERSIONS
    )
    assert real == sandbox


def test_seconds_are_for_the_sandbox_only():
    assert all(duty.unit is not TermUnit.SECONDS for duty in REAL.duties)
    watched = [d for d in load_rules("sandbox-seconds").duties if d.key in ("consideration", "materials", "extension")]
    assert all(d.unit is TermUnit.SECONDS and d.counts_from is CountsFrom.SAME_MOMENT for d in watched)


def test_in_the_sandbox_a_reminder_comes_five_seconds_before_a_term_of_ten_or_more():
    seconds = [d for d in load_rules("sandbox-seconds").duties if d.unit is TermUnit.SECONDS]
    assert {d.remind_before for d in seconds if d.length >= 10} == {5}
    assert {d.remind_before for d in seconds if d.length < 10} == {None}


def test_the_longest_subject_decides_on_the_complaint():
    assert REAL.pretrial_for(APPLICATION, "LAND-LEASE").required
    assert not REAL.pretrial_for(APPLICATION, "HOUSING-QUEUE").required
    assert not REAL.pretrial_for(APPLICATION, "HOUSING").required
    assert REAL.pretrial_for(APPLICATION, "HOUSINGS").required
    sandbox = load_rules("sandbox-seconds")
    assert not sandbox.pretrial_for(APPLICATION, "LAND-LEASE").required
    assert sandbox.pretrial_for(APPLICATION, "COMPLAINT-FIRST-LAND").required


def test_a_complaint_needs_no_second_one_before_the_court():
    for rules in (REAL, load_rules("sandbox-seconds")):
        assert not rules.pretrial_for(AppealKind.COMPLAINT, "LAND-LEASE").required


def test_a_duty_is_known_from_its_first_day_on():
    assert not REAL.knows("complaint_unadvised", date(2025, 12, 28))
    assert REAL.knows("complaint_unadvised", date(2025, 12, 29))
    assert not REAL.knows("complaint_unwritten", date(2026, 1, 1))


def test_registration_closes_in_the_evening():
    assert REAL.closes_at == time(18, 30)


@pytest.mark.parametrize("name", VERSIONS)
def test_every_duty_is_worded_in_three_languages(name):
    rules = load_rules(name)
    for duty in rules.duties:
        for wording in (duty.wording, duty_wording(duty.key, rules)):
            assert len({wording.kk, wording.ru, wording.en}) == 3
    assert duty_wording("consideration", rules).en == "Consider the appeal and decide"
    assert duty_wording("unheard_of", rules).ru == "unheard_of"


@pytest.mark.parametrize("version", ["appk-2026", "appk-2026 of 2027-01-10", "an-operators-own 1", "sandbox-seconds"])
def test_a_duty_of_any_version_is_told_in_words(version):
    assert wording_of("review", version).ru == "Рассмотреть жалобу и принять решение"


# --- the file's form


def packaged(name="appk-2026"):
    return resources.files("dossier.procedure.law").joinpath(f"{name}.toml").read_text(encoding="utf-8")


LABEL = """
version = "x"

[label]
kk = "қ"
ru = "р"
en = "e"

[registration]
article = "АППК 64(3)"
closes_at = "18:30"
"""
DUTY = """
[[duty]]
key = "review"
article = "АППК 99"
bound = "reviewer"
starts = "receipt"
length = 20
unit = "working_days"
counts_from = "next_day"
extension = "review"
remind_before = 3
consequence = "breach"
valid_from = 2021-07-01
valid_to = 2025-12-31
source = "inferred"
wording.kk = "қарау"
wording.ru = "рассмотреть"
wording.en = "review"
"""
PRETRIAL = """
[[pretrial]]
subject = "*"
required = true
article = "АППК 91(5)"
reason.kk = "қ"
reason.ru = "р"
reason.en = "e"
"""
OF_COMPLAINTS = PRETRIAL.replace("required", 'appeal = "complaint"\nrequired')
WHOLE = LABEL + DUTY + PRETRIAL
LATER = DUTY.replace("2021-07-01", "2026-01-01").replace("valid_to = 2025-12-31\n", "")


def read(text: str):
    return load_rules("x", (LawFile("x", text),))


def test_a_small_file_is_read_as_written():
    rules = read(WHOLE)
    (duty,) = rules.duties
    assert (rules.version, rules.label.kk, rules.closes_at) == ("x", "қ", time(18, 30))
    assert (duty.key, duty.appeal, duty.subject, duty.article) == ("review", None, "*", "АППК 99")
    assert (duty.wording.kk, duty.wording.ru, duty.wording.en) == ("қарау", "рассмотреть", "review")
    assert (duty.bound, duty.starts, duty.length, duty.unit) == (Bound.REVIEWER, Starts.RECEIPT, 20, WD)
    assert (duty.counts_from, duty.extension, duty.remind_before) == (CountsFrom.NEXT_DAY, "review", 3)
    assert (duty.consequence, duty.source) == (Consequence.BREACH, RowCertainty.INFERRED)
    assert (duty.valid_from, duty.valid_to) == (date(2021, 7, 1), date(2025, 12, 31))
    (pretrial,) = rules.pretrial
    assert (pretrial.subject, pretrial.required, pretrial.article) == ("*", True, "АППК 91(5)")
    assert (pretrial.reason.ru, pretrial.source, pretrial.law) == ("р", RowCertainty.INFERRED, None)


def test_what_may_be_left_out_has_a_meaning():
    text = "\n".join(
        line for line in WHOLE.splitlines() if not line.startswith(("extension", "remind_before", "valid_to", "source"))
    )
    (duty,) = read(text).duties
    assert (duty.extension, duty.remind_before, duty.valid_to) == (None, None, None)
    assert (duty.source, duty.edition, duty.reading) == (RowCertainty.INFERRED, None, None)
    assert duty.holds_on(date.max)


def test_the_time_and_the_version_may_be_longer():
    text = WHOLE.replace('"18:30"', '"23:59:59"').replace('version = "x"', 'version = "x of 2027-01-10"')
    rules = read(text)
    assert (rules.closes_at, rules.version) == (time(23, 59, 59), "x of 2027-01-10")
    assert file_of(rules.version) == "x"


def test_a_text_over_several_lines_is_one_line():
    text = WHOLE.replace('en = "review"', 'en = """\nreview the\n  complaint"""')
    assert read(text).duties[0].wording.en == "review the complaint"


def test_a_row_may_hold_for_one_day():
    (duty,) = read(WHOLE.replace("2025-12-31", "2021-07-01")).duties
    assert duty.valid_from == duty.valid_to


def test_a_subject_of_one_letter_is_more_than_all_subjects():
    one = PRETRIAL.replace('"*"', '"A"').replace("true", "false")
    rules = read(WHOLE + one)
    assert [rules.pretrial_for(APPLICATION, subject).required for subject in ("A", "A-1", "B", "")] == [
        False,
        False,
        True,
        True,
    ]


def test_rows_may_follow_each_other_day_by_day():
    assert len(read(LABEL + DUTY + LATER + PRETRIAL).duties) == 2


def test_a_row_for_a_kind_and_one_for_a_subject_stand_beside_the_general_one():
    kind, subject = DUTY + 'appeal = "complaint"\n', DUTY + 'subject = "TAX"\n'
    rules = read(LABEL + DUTY + kind + subject + kind + 'subject = "TAX"\n' + PRETRIAL)
    on = date(2022, 1, 1)
    assert [d.is_general for d in rules.duties] == [True, False, False, False]
    assert rules.duty("review", on) is rules.duties[0]
    assert rules.duty("review", on, kind=AppealKind.COMPLAINT) is rules.duties[1]
    assert rules.duty("review", on, subject="TAX") is rules.duties[2]
    assert rules.duty("review", on, kind=AppealKind.INQUIRY, subject="TAX-VAT") is rules.duties[2]
    assert rules.duty("review", on, kind=AppealKind.COMPLAINT, subject="TAX") is rules.duties[3]
    assert rules.duty("review", on, kind=AppealKind.COMPLAINT, subject="LAND") is rules.duties[1]


def test_a_subject_decides_before_a_kind():
    kind, subject = DUTY + 'appeal = "complaint"\n', DUTY + 'subject = "TAX"\n'
    rules = read(LABEL + kind + subject + DUTY + PRETRIAL)
    assert rules.duty("review", date(2022, 1, 1), kind=AppealKind.COMPLAINT, subject="TAX").subject == "TAX"


OVERLAP = "x: two rows of review hold on the same day"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('version = "x"', 'version = "x"\nextra = 1', "^x: unknown extra$"),
        ('version = "x"', 'version = "y"', "x.toml calls itself 'y': its version begins with the file's name"),
        ('version = "x"', 'version = "xy 1"', "calls itself 'xy 1'"),
        ('version = "x"', "version = 1", "x version: expected a line of text, not 1"),
        ('version = "x"', 'version = ""', "x version: expected a line of text"),
        ('version = "x"', 'version = " "', "x version: expected a line of text, not ' '$"),
        ('kk = "қ"', "kk = 5", "^x label.kk: expected a line of text, not 5$"),
        (
            'wording.ru = "рассмотреть"',
            'wording.ru = ""',
            "^x duty review wording.ru: expected a line of text, not ''$",
        ),
        ('bound = "reviewer"\nstarts = "receipt"\n', "", "^x duty review: lacks bound, starts$"),
        ("length = 20", "length = 20\nb = 1\na = 1", "^x duty review: unknown a, b$"),
        ('version = "x"\n', "", "^x: lacks version$"),
        ('[label]\nkk = "қ"\n', "[label]\n", "^x label: lacks kk$"),
        (LABEL[LABEL.index("[label]") : LABEL.index("[reg")], "", "^x: lacks label$"),
        (DUTY, "", "^x: lacks duty$"),
        (PRETRIAL, "", "^x: lacks pretrial$"),
        ('closes_at = "18:30"', 'closes_at = "half past six"', "x registration closes_at: expected a time, as 18:30"),
        ('closes_at = "18:30"', "closes_at = 18", "x registration closes_at: expected a line"),
        ('closes_at = "18:30"', "", "^x registration: lacks closes_at$"),
        ('closes_at = "18:30"', 'closes_at = "18:30"\nopens_at = "09:00"', "^x registration: unknown opens_at$"),
        ('key = "review"\n', "", r"^x duty \?: lacks key$"),
        ('key = "review"\n', 'key = ""\n', "^x duty  key: expected a line"),
        ("length = 20", "length = 20\nlenght = 3", "^x duty review: unknown lenght$"),
        ('article = "АППК 99"', "article = 99", "^x duty review article: expected a line of text, not 99$"),
        ('article = "АППК 99"\n', "", "^x duty review: lacks article$"),
        ('subject = "*"', "subject = 5", r"^x pretrial 5 subject: expected a line"),
        (
            'unit = "working_days"',
            'unit = "weeks"',
            "^x duty review unit: 'weeks' is none of working_days, calendar_days",
        ),
        ('bound = "reviewer"', 'bound = "judge"', "^x duty review bound: 'judge' is none of"),
        ('starts = "receipt"', 'starts = "reciept"', "^x duty review starts: 'reciept' is none of"),
        ('counts_from = "next_day"', 'counts_from = "now"', "^x duty review counts_from: 'now' is none of"),
        ('consequence = "breach"', 'consequence = "shame"', "^x duty review consequence: 'shame' is none of"),
        ('source = "inferred"', 'source = "rumour"', "^x duty review source: 'rumour' is none of"),
        ('source = "inferred"', 'appeal = "prayer"', "^x duty review appeal: 'prayer' is none of"),
        ('source = "inferred"', "subject = 7", "^x duty review subject: expected a line"),
        ('extension = "review"', "extension = 2", "^x duty review extension: expected a line"),
        ('extension = "review"', 'extension = "none"', "^x: no row of none for all appeals$"),
        ('source = "inferred"', 'appeal = "inquiry"', "^x: no row of review for all appeals$"),
        ('source = "inferred"', 'subject = "TAX"', "^x: no row of review for all appeals$"),
        ("length = 20", "length = 0", "^x duty review length: expected a whole number, at least 1, not 0$"),
        ("length = 20", "length = 2.5", "^x duty review length: expected a whole number"),
        ("length = 20", "length = true", "^x duty review length: expected a whole number"),
        ("remind_before = 3", "remind_before = 0", "^x duty review remind_before: expected a whole number"),
        (
            'counts_from = "next_day"',
            'counts_from = "same_moment"',
            "^x duty review: seconds count from the same moment",
        ),
        ('unit = "working_days"', 'unit = "seconds"', "^x duty review: seconds count from the same moment, days and"),
        ("valid_from = 2021-07-01", "valid_from = 2026-01-01", "^x duty review: valid_to is before valid_from$"),
        (
            "valid_from = 2021-07-01",
            "valid_from = 2021-07-01T00:00:00",
            "^x duty review valid_from: expected a date, as",
        ),
        ("valid_to = 2025-12-31", 'valid_to = "2025-12-31"', "^x duty review valid_to: expected a date, as 2026-11-24"),
        ('wording.kk = "қарау"\n', "", "^x duty review wording: lacks kk$"),
        (DUTY[DUTY.index("wording") :], 'wording = "қарау"\n', "^x duty review wording: expected kk, ru and en$"),
        (PRETRIAL, PRETRIAL + DUTY, OVERLAP),
        (PRETRIAL, PRETRIAL + LATER.replace("2026-01-01", "2025-12-31"), OVERLAP),
        (PRETRIAL, PRETRIAL + DUTY.replace("2021-07-01", "2020-01-01").replace("2025-12-31", "2021-07-01"), OVERLAP),
        (PRETRIAL, LATER.replace("2026-01-01", "2026-01-02") + PRETRIAL, r"^x: no row of review holds on 2026-01-01$"),
        (DUTY, LATER.replace("2026-01-01", "2027-01-01") + DUTY, r"^x: no row of review holds on 2026-12-31$"),
        (PRETRIAL, PRETRIAL + PRETRIAL, r"^x: two pretrial rules for \*$"),
        (PRETRIAL, PRETRIAL + 2 * OF_COMPLAINTS, r"^x: two pretrial rules for complaint \*$"),
        (PRETRIAL, OF_COMPLAINTS, r"^x: no pretrial rule for all subjects \('\*'\)$"),
        (PRETRIAL, PRETRIAL.replace("required", 'appeal = "plea"\nrequired'), "^x pretrial \\* appeal: "),
        ('subject = "*"', 'subject = "TAX"', r"^x: no pretrial rule for all subjects \('\*'\)$"),
        ('subject = "*"\n', "", r"^x pretrial \?: lacks subject$"),
        ("required = true", 'required = "yes"', r"^x pretrial \* required: expected true or false, not 'yes'$"),
        ("required = true", "required = true\nrequires = true", r"^x pretrial \*: unknown requires$"),
        ('article = "АППК 91(5)"', 'article = ""', r"^x pretrial \* article: expected a line"),
        (
            'article = "АППК 91(5)"',
            'article = "АППК"\nsource = "rumour"',
            r"^x pretrial \* source: 'rumour' is none of",
        ),
        ('reason.en = "e"\n', "", r"^x pretrial \* reason: lacks en$"),
    ],
)
def test_a_file_that_breaks_the_form_is_refused_by_key(old, new, words):
    assert WHOLE.count(old) >= 1
    with pytest.raises(UnusableLaw, match=words):
        read(WHOLE.replace(old, new, 1))


def test_a_gap_between_rows_for_some_appeals_is_filled_by_the_general_one():
    some = [row + 'subject = "TAX"\n' for row in (DUTY, LATER.replace("2026-01-01", "2027-01-01"))]
    rules = read(LABEL + DUTY + LATER + "".join(some) + PRETRIAL)
    assert rules.duty("review", date(2026, 6, 1), subject="TAX").is_general


def test_another_duty_may_begin_later():
    other = LATER.replace('key = "review"', 'key = "appeal"').replace("2026-01-01", "2030-01-01")
    assert len(read(LABEL + DUTY + other + PRETRIAL).duties) == 2


def test_rows_that_touch_do_not_overlap():
    before = DUTY.replace("2021-07-01", "2020-01-01").replace("2025-12-31", "2021-06-30")
    assert len(read(LABEL + DUTY + before + PRETRIAL).duties) == 2


def test_the_last_day_of_a_row_is_in_it():
    duty = REAL.duty("consideration", date(2025, 12, 28))
    assert duty.valid_to == date(2025, 12, 28)
    assert [duty.holds_on(duty.valid_to + timedelta(days=n)) for n in (-1, 0, 1)] == [True, True, False]
    assert [duty.holds_on(duty.valid_from + timedelta(days=n)) for n in (-1, 0, 1)] == [False, True, True]


# --- files of an operator's own


def test_a_version_that_is_not_there_is_named():
    with pytest.raises(UnusableLaw, match=r"there is no appk-1999\.toml among the rules"):
        load_rules("appk-1999")


def test_an_operators_file_stands_for_the_packaged_one():
    corrected = packaged().replace("length = 20", "length = 25").replace('= "appk-2026"', '= "appk-2026 of 2027-01-10"')
    rules = load_rules("appk-2026", (LawFile("kz-days", ""), LawFile("appk-2026", corrected)))
    assert rules.duty("review", TODAY).length == 25
    assert rules.version == "appk-2026 of 2027-01-10"
    assert load_rules("appk-2026").duty("review", TODAY).length == 20


def test_a_corrected_file_needs_a_version_of_its_own():
    with pytest.raises(UnusableLaw, match=r"appk-2026\.toml is not the one of this release but has its version"):
        load_rules("appk-2026", (LawFile("appk-2026", packaged().replace("length = 20", "length = 25")),))


def test_a_copy_of_the_packaged_file_is_the_packaged_file():
    assert load_rules("appk-2026", (LawFile("appk-2026", packaged()),)) == REAL


def test_a_file_that_is_no_toml_is_refused():
    with pytest.raises(UnusableLaw, match=r"^broken\.toml: Invalid value"):
        read_law_file("broken", (LawFile("broken", "version ="),))
