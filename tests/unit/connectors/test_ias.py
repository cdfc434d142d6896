"""Exports of the portal: what is read of them, and what is told of those that cannot be."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from connectors.ias.form import read_form, record_form
from connectors.ias.key import KeyInvalid, parse_key
from connectors.ias.problems import ExportUnreadable, RecordInvalid, UnknownCode
from connectors.ias.reading import read_record
from connectors.ias.split import doubled, read_export
from contracts import payloads as p
from dossier.importing.record import ComplaintLodged
from tests.worlds.imports import ANSWERED, FOLDER, RUNNING, case_of, sample, the_key

CSV_NUMBER = "ЖТ-2026-00000071"


def record(number=RUNNING, name="export.json"):
    return next(one for one in sample(name).records if one.number == number)


def problems_of(tmp_path, *, key=None, **changes):
    """What is wrong with the running case when these fields of it are changed; None takes one away."""
    card = json.loads(record().parts[0].content) | changes
    path = tmp_path / "one.json"
    path.write_text(json.dumps([{k: v for k, v in card.items() if v is not None}]), encoding="utf-8")
    with pytest.raises(RecordInvalid) as invalid:
        read_record(read_export(path).records[0], key or the_key())
    return invalid.value.problems


def read_changed(tmp_path, key=None, **changes):
    card = json.loads(record().parts[0].content) | changes
    path = tmp_path / "one.json"
    path.write_text(json.dumps(card), encoding="utf-8")
    return read_record(read_export(path).records[0], key or the_key())


def row(state, at="2026-11-17T10:00:00+05:00", **more):
    return {"type": "CHANGE_STATUS", "state": state, "created_at": at, "actor_org": "7510", **more}


# --- what is read ---------------------------------------------------------------------------------------------------


def test_the_card_becomes_the_appeal_in_our_words():
    appeal = case_of(ANSWERED).appeal
    assert (appeal.kind, appeal.language, appeal.channel) == (
        p.AppealKind.APPLICATION,
        p.Language.KK,
        p.IntakeChannel.ELECTRONIC,
    )
    assert (appeal.subject, appeal.kato) == ("HOUSING-QUEUE", "750000000")
    assert appeal.applicant.name == "Әбілқасымова Гүлнұр Өмірбекқызы"
    assert appeal.lodged_at == datetime(2026, 10, 5, 5, 15, tzinfo=UTC)


def test_an_eds_that_the_portal_checked_is_its_word_and_no_signature_of_ours():
    authentication = case_of(ANSWERED).appeal.authentication
    assert isinstance(authentication, p.Identification)
    assert authentication.reference == "4b1f"
    assert case_of(RUNNING).appeal.authentication is None


def test_history_rows_become_the_steps_that_they_are():
    steps = case_of(ANSWERED).steps
    assert [(step.by, type(getattr(step.payload, "step", step.payload))) for step in steps] == [
        ("akimat-almaty", p.Registered),
        ("akimat-almaty", p.Redirected),
        ("jer-almaty", p.Registered),
        ("jer-almaty", p.Reply),
    ]
    reply = steps[-1].payload
    assert (reply.decision, reply.act_number, reply.act_date) == (
        p.DecisionKind.REFUSED,
        "15-7/123",
        date(2026, 10, 26),
    )


@pytest.mark.parametrize(
    ("reported", "step"),
    [
        (row("PROLONGED", deadline="2026-12-20"), p.Extended),
        (row("ПРОДЛЁН", deadline="20.12.2026"), p.Extended),
        (row("HEARING", hearing_at="2026-11-25 15:00"), p.HearingScheduled),
        (row("DEFECTS", deadline="2026-11-25"), p.DefectsNamed),
        (row("ҚАЙТАРЫЛДЫ"), p.Returned),
        (row("terminated"), p.Terminated),
        (row("REDIRECTED", target_org="7523"), p.Redirected),
    ],
)
def test_each_state_is_its_step(tmp_path, reported, step):
    (read,) = read_changed(tmp_path, history=[reported]).steps
    assert type(read.payload.step) is step


@pytest.mark.parametrize(
    ("state", "full", "whole"),
    [("REDIRECTED", True, True), ("REDIRECTED", False, False), ("REDIRECTED_PARTIALLY", True, False)],
)
def test_a_redirect_is_whole_or_in_part(tmp_path, state, full, whole):
    (step,) = read_changed(tmp_path, history=[row(state, target_org="7523", full_forward=full)]).steps
    assert step.payload.step.whole is whole


def test_a_withdrawal_is_the_applicants(tmp_path):
    (step,) = read_changed(tmp_path, history=[row("ОТОЗВАНО", actor_org=None)]).steps
    assert (step.by, type(step.payload)) == (None, p.WithdrawAppeal)


def test_a_decided_complaint_is_two_steps_of_one_row(tmp_path):
    reported = row(
        "COMPLAINT_DECIDED", "2026-11-22T10:00:00+05:00", target_org="7523", decision="REJECTED", act_number="7",
        complaint_at="2026-11-18T10:00:00+05:00",
    )  # fmt: skip
    lodged, over = read_changed(tmp_path, history=[reported]).steps
    assert lodged.payload == ComplaintLodged("jer-almaty", "akimat-almaty")
    assert (over.by, over.payload.decision) == ("akimat-almaty", p.ComplaintDecision.REJECTED)


def test_rows_that_are_no_change_of_state_are_only_kept(tmp_path):
    assert read_changed(tmp_path, history=[row("ANYTHING") | {"type": "COMMENT"}, row("NEW")]).steps == ()


def test_steps_come_in_the_order_in_which_they_happened(tmp_path):
    reported = [row("TERMINATED", "2026-11-20T10:00:00+05:00"), row("REGISTERED", "2026-11-17T10:00:00+05:00")]
    assert [step.row for step in read_changed(tmp_path, history=reported).steps] == [2, 1]


def test_a_case_that_went_to_court_says_so(tmp_path):
    read = read_changed(
        tmp_path, has_lawsuit=True, case_number="7594-26-00-4/17", lawsuit_create_date="2026-11-20T09:00:00+05:00"
    )
    assert (read.lawsuit.case_number, read.lawsuit.at.day) == ("7594-26-00-4/17", 20)


def test_the_operators_map_adds_words_and_categories(tmp_path):
    text = (FOLDER / "orgs.yaml").read_text(encoding="utf-8")
    key = parse_key(f"{text}states: {{ON_THE_MOON: noted}}\nsubjects: {{'77': LAND}}\ntypes: {{5: complaint}}\n")
    read = read_changed(tmp_path, key, history=[row("on_the_moon")], issueCategoryId=77, typeId=5)
    assert (read.appeal.subject, read.appeal.kind, read.steps) == ("LAND", p.AppealKind.COMPLAINT, ())


# --- bytes ----------------------------------------------------------------------------------------------------------


def test_a_record_is_kept_byte_for_byte():
    text = (FOLDER / "export.json").read_bytes()
    for one in sample().records:
        assert one.parts[0].content in text


def test_each_record_knows_its_line():
    lines = (FOLDER / "export.json").read_text(encoding="utf-8").splitlines()
    for one in sample().records:
        assert lines[one.line - 1].strip().startswith("{")


def test_csv_with_a_mark_semicolons_and_a_text_of_two_lines_is_read():
    (one,) = sample("cards.csv").records
    assert one.number == CSV_NUMBER
    read = case_of(CSV_NUMBER, "cards.csv")
    assert read.appeal.text == 'Көшедегі шамдар жанбайды;\nкешке қараңғы. «Жарық» деп сұраймын: "тезірек".'
    assert [type(step.payload.step) for step in read.steps] == [p.Registered, p.Redirected]
    assert read.appeal.lodged_at == datetime(2026, 11, 16, 14, 5, tzinfo=UTC)
    assert [file.file_name for file in read.files] == ["өтініш.pdf"]


@pytest.mark.parametrize(("row", "kind"), [("", "attachment"), ("1", "other"), ("2", "reply"), ("9", "attachment")])
def test_a_file_in_csv_is_of_the_row_that_it_came_with(tmp_path, row, kind):
    number = "ЖТ-2026-00000071"
    (tmp_path / "cards.csv").write_bytes((FOLDER / "cards.csv").read_bytes())
    history = f"{number},ТІРКЕЛДІ,2026-11-17,7510,,\n{number},ОРЫНДАЛДЫ,2026-11-18,7510,БАС ТАРТЫЛДЫ,5\n"
    head = "reg_number,state,created_at,actor_org,decision,act_number\n"
    (tmp_path / "cards-history.csv").write_text(head + history, encoding="utf-8")
    (tmp_path / "cards-files.csv").write_text(
        f"reg_number,fileName,history_row\n{number},a.pdf,{row}", encoding="utf-8"
    )
    (one,) = read_export(tmp_path / "cards.csv").records
    assert [file.kind.value for file in read_record(one, the_key()).files] == [kind]


def test_the_parts_of_a_csv_record_are_its_rows_under_their_header():
    whole = (FOLDER / "cards-history.csv").read_bytes().removeprefix(b"\xef\xbb\xbf")
    (one,) = sample("cards.csv").records
    assert [part.name for part in one.parts] == ["card.csv", "history.csv", "files.csv"]
    assert one.parts[1].content == whole
    assert one.parts[1].lines == (2, 3)


def test_a_record_survives_its_way_over_the_socket():
    text = (FOLDER / "orgs.yaml").read_text(encoding="utf-8")
    for name, number in (("export.json", ANSWERED), ("cards.csv", CSV_NUMBER)):
        assert read_form(json.loads(json.dumps(record_form(record(number, name), text)))) == case_of(number, name)


def test_one_object_a_line_and_one_alone_are_exports_too(tmp_path):
    assert len(sample("broken.json").records) == 3
    path = tmp_path / "alone.json"
    path.write_bytes(record().parts[0].content)
    assert [one.number for one in read_export(path).records] == [RUNNING]


# --- what is wrong --------------------------------------------------------------------------------------------------


def test_everything_wrong_with_a_record_is_told_at_once_with_its_field():
    broken = sample("broken.json").records[0]
    with pytest.raises(RecordInvalid) as invalid:
        read_record(broken, the_key())
    fields = {problem.field for problem in invalid.value.problems}
    assert fields == {
        "organizationId", "data", "history[1].state", "history[1].actor_org", "history[2].created_at",
        "applicant.iinbin", "applicant.name", "applicant.personFactAddress",
    }  # fmt: skip
    assert all(
        problem.cure and problem.line == 1 and problem.file == "broken.json" for problem in invalid.value.problems
    )


def test_codes_that_the_map_lacks_are_named_as_such():
    with pytest.raises(RecordInvalid) as invalid:
        read_record(sample("broken.json").records[0], the_key())
    unknown = {problem.unknown for problem in invalid.value.problems if problem.unknown}
    assert unknown == {
        UnknownCode("organisations", "9999"),
        UnknownCode("organisations", "9998"),
        UnknownCode("states", "ON_THE_MOON"),
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reg_number": "42"}, "reg_number"),
        ({"start_date": None}, "start_date"),
        ({"start_date": "кеше"}, "start_date"),
        ({"typeId": "77"}, "typeId"),
        ({"typeId": None}, "typeId"),
        ({"locationId": "Алматы"}, "locationId"),
        ({"issueCategoryId": "Жер"}, "issueCategoryId"),
        ({"prolong_count": 1}, "prolong_count"),
        ({"history": [row("REGISTERED", "2026-11-01T10:00:00+05:00")]}, "history[1].created_at"),
        ({"history": [row("REGISTERED") | {"created_at": None}]}, "history[1].created_at"),
        ({"history": [row("REDIRECTED")]}, "history[1].target_org"),
        ({"history": [row("FINISHED", decision="REFUSED")]}, "history[1].act_number"),
        ({"history": [row("FINISHED", act_number="1")]}, "history[1].decision"),
        ({"history": [row("HEARING")]}, "history[1].hearing_at"),
        ({"history": [row("DEFECTS")]}, "history[1].deadline"),
        ({"history": [row("COMPLAINT_DECIDED", target_org="7523", decision="REJECTED")]}, "history[1].complaint_at"),
        ({"files": [{"fileName": "a.pdf", "hash": "12"}]}, "files[1].hash"),
        ({"files": [{"hash": "ab" * 32}]}, "files[1].fileName"),
    ],
)
def test_a_field_that_does_not_hold_is_named(tmp_path, changes, field):
    assert field in [problem.field for problem in problems_of(tmp_path, **changes)]


def test_what_citizens_wrote_is_in_no_problem(tmp_path):
    person = {"applicantType": "PERSON", "lastName": "Құпия", "iinbin": "", "personFactAddress": "Жасырын көше"}
    reported = repr(problems_of(tmp_path, applicant=person, typeId="77", data="Сыр"))
    assert not any(word in reported for word in ("Құпия", "Жасырын", "Сыр"))


def test_of_a_number_that_stands_twice_neither_is_taken(tmp_path):
    content = record().parts[0].content
    path = tmp_path / "twice.json"
    path.write_bytes(content + b"\n" + content)
    found = list(doubled(read_export(path)))
    assert [problem.record for problem in found] == [RUNNING, RUNNING]
    assert found[0].line == 1 < found[1].line


def test_rows_of_no_card_are_told(tmp_path):
    for name in ("cards.csv", "cards-files.csv"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    history = (FOLDER / "cards-history.csv").read_bytes().replace(CSV_NUMBER.encode(), "ЖТ-2026-00000099".encode())
    (tmp_path / "cards-history.csv").write_bytes(history)
    strays = read_export(tmp_path / "cards.csv").strays
    assert [(stray.file, stray.line) for stray in strays] == [("cards-history.csv", 2), ("cards-history.csv", 3)]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.json", b'[{"reg_number": "x"}', "line"),
        ("a.json", b"", "no JSON"),
        ("a.json", b"17", "a list of records"),
        ("a.csv", "Өтініш;саны\r\n".encode(), "reg_number"),
        ("a.json", b'{"exported_at": "soon", "appeals": []}', "exported_at"),
        ("a.json", b"[" * 100_000, "Recursion"),
        ("a.csv", b"", "empty"),
        ("a.csv", b'reg_number;data\r\n1;"a\r\n', "never closed"),
        ("a.csv", b"reg_number;data\r\n1;" + b"a" * 140_000, "larger than field limit"),
        ("a.csv", b"reg_number;applicant;applicant.name\r\n", "group of columns"),
        ("a.csv", "reg_number;data\r\n1;Ә".encode("utf-16"), "UTF-8"),
    ],
)
def test_a_file_that_is_no_export_is_refused_whole(tmp_path, name, content, words):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ExportUnreadable, match=words):
        read_export(path)


def test_a_record_that_is_no_object_hinders_no_other(tmp_path):
    path = tmp_path / "mixed.json"
    path.write_bytes(b"[17, " + record().parts[0].content + b"]")
    first, second = read_export(path).records
    with pytest.raises(RecordInvalid):
        read_record(first, the_key())
    assert read_record(second, the_key()).number == RUNNING


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("organisations: [a]", "organisations"),
        ("organisations: {1: Акимат}", "no id of a party"),
        ("states: {X: flown}", "is none of"),
        ("orgs: {}", "no such part"),
        ("- a", "begin it with"),
        ("a: [", "no YAML"),
    ],
)
def test_a_map_that_cannot_be_used_says_why(text, words):
    with pytest.raises(KeyInvalid, match=words):
        parse_key(text)
