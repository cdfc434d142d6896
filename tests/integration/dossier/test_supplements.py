"""A second dossier: all events and messages, only the documents that are new, and the first one named by its digest."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import rfc8785
from lxml import etree

from contracts.party import LocalText
from contracts.payloads import FilingPurpose
from dossier.case.events import DefaultRecorded
from dossier.case.grounds import Relation
from dossier.check.report import Indication
from dossier.check.story import check_story
from dossier.packaging import assembly, silence
from dossier.packaging.assembly import assemble
from dossier.packaging.describe import describe, event_entry
from dossier.packaging.description_xml import SCHEMA, build_description, parse_description
from dossier.packaging.silence import Handover, default_acts
from tests.worlds.dossier_files import contents_of, inspected, packed
from tests.worlds.dossiers import JER, dossier_input, seal_key
from tests.worlds.supplement_story import FIRST_SHA256, OBJECTION, carried_on, supplement_input

ACT = "acts/default-2.xml"
FORM_1 = "698d9ba1be87acf982963307b5198082164ae2f0aa27419bd3c5e6b3905c0706"


@cache
def built(first: bool = False) -> bytes:
    given = dossier_input() if first else supplement_input()
    with TemporaryDirectory() as folder:
        assemble(given, seal_key(), Path(folder) / "d.asice")
        return (Path(folder) / "d.asice").read_bytes()


def held(data: bytes) -> dict[str, bytes]:
    return dict(contents_of(data))


def resealed(change) -> bytes:
    """The supplement built of a description that was changed behind the back of the assembly."""
    given = supplement_input()
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(assembly, "describe", lambda *args: change(describe(*args)))
        assemble(given, seal_key(), Path(folder) / "d.asice")
        return (Path(folder) / "d.asice").read_bytes()


def test_it_passes_and_holds_only_what_is_new():
    assert inspected(built()).indication is Indication.TOTAL_PASSED
    names = [name for name in held(built()) if name.startswith("documents/")]
    assert names == ["documents/001-Отзыв.pdf"]


def test_the_index_says_where_the_others_lie_under_their_names_there():
    description = parse_description(held(built())["dossier.xml"])
    elsewhere = {entry.file: entry for entry in description.documents if entry.in_dossier == 1}
    first = {name: data for name, data in held(built(first=True)).items() if name.startswith("documents/")}
    assert elsewhere.keys() == first.keys()
    for name, data in first.items():
        assert elsewhere[name].document.sha256 == hashlib.sha256(data).hexdigest()


def test_it_names_the_first_one_and_why_it_is_filed():
    description = parse_description(held(built())["dossier.xml"])
    assert description.purpose is FilingPurpose.SUPPLEMENT
    assert [(entry.dossier_no, entry.sha256) for entry in description.supplements] == [(1, FIRST_SHA256)]


def test_a_first_dossier_that_did_not_say_what_it_holds_surely_holds_what_came_before_its_order():
    described = describe(supplement_input(carried_on(knows_what_it_holds=False)))
    assert [entry.in_dossier for entry in described.documents] == [1, 1, 1, None]
    assert described.documents[-1].document == OBJECTION.ref


def test_positions_and_decisions_are_told_with_what_is_new_in_them():
    described = describe(supplement_input())
    (position,) = described.positions
    assert [one.standing for one in position.standings] == [Relation.STATED, Relation.NEW]
    assert [entry.reviewer for entry in described.complaints] == [JER]
    assert {mark.kind for mark in described.marks} >= {"new_grounds", "like_replies"}
    assert parse_description(build_description(described)) == described


# --- acts of silence --------------------------------------------------------------------------------------------------


def acts():
    given = supplement_input()
    return default_acts(describe(given), given.case.events)


def test_every_silence_has_an_act_of_its_own_with_the_right_demand():
    materials, position = acts()
    assert (materials.demand.action, position.demand.action) == ("ProvideMaterials", "ProvidePosition")
    assert (materials.demand.handover, position.demand.handover) == (Handover.UNDELIVERED, Handover.RECEIVED)
    assert position.demand.answer_file in held(built())
    assert position.due_at < position.recorded_at


def test_an_act_is_valid_by_the_schema_and_speaks_three_languages():
    root = etree.fromstring(held(built())[ACT])
    etree.XMLSchema(etree.parse(SCHEMA)).assertValid(root)
    texts = [node.text for node in root.iter("{*}statements") for node in node]
    assert len(texts) == 3 * len(root.findall("{*}statements")) == 12
    assert all(texts)


def test_the_words_of_form_1_are_never_changed():
    """Acts of this form lie in dossiers that were filed: other words are another form."""
    words = tomllib.loads((Path(silence.__file__).parent / "silence.toml").read_text("utf-8"))["form"]["1"]
    assert hashlib.sha256(rfc8785.dumps(words)).hexdigest() == FORM_1


@pytest.mark.parametrize(
    ("old", "new"),
    [("undelivered", "received"), ("<d:number>2<", "<d:number>1<"), ("23:59:59", "23:59:58"), ("+0500", "+0600")],
)
def test_an_act_that_says_anything_else_is_found(old, new):
    changed = [
        (name, data.replace(old.encode(), new.encode(), 1) if name.startswith("acts/") else data)
        for name, data in contents_of(built())
    ]
    assert changed != list(contents_of(built()))
    report = inspected(packed(changed))
    texts = {(finding.part, finding.text.en) for finding in report.findings()}
    assert any(part.startswith("acts/") and "rebuild from events" in text for part, text in texts)


# --- what whoever holds the key could not tell either -----------------------------------------------------------------


def stated_by(report) -> set[str]:
    return {finding.text.en for finding in report.findings()}


def other_dossier(description):
    return replace(description, supplements=(replace(description.supplements[0], sha256="cd" * 32),))


def new_ground_hidden(description):
    (position,) = description.positions
    standings = tuple(replace(one, standing=Relation.STATED) for one in position.standings)
    return replace(description, positions=(replace(position, standings=standings),))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (other_dossier, "What is said of the dossiers filed before is not what the events say."),
        (new_ground_hidden, "The events say otherwise: positions."),
        (lambda d: replace(d, marks=()), "The events say otherwise: marks."),
        (lambda d: replace(d, roads=()), "The events say otherwise: roads."),
        (lambda d: replace(d, purpose=FilingPurpose.CLAIM), "The events say otherwise: purpose."),
    ],
)
def test_a_story_that_the_events_do_not_tell_fails_though_the_seal_holds(change, text):
    report = inspected(resealed(change))
    assert report.indication is Indication.TOTAL_FAILED
    assert text in stated_by(report)


def test_a_history_that_cannot_be_is_told_and_stops_no_inspection():
    """Behind a good seal anything may lie: a history without a beginning, a term that nobody opened, the year 9999."""
    description = describe(supplement_input())
    events = list(supplement_input().case.events)
    silence_alone = [replace(event, seq=1) for event in events if isinstance(event.fact, DefaultRecorded)][:1]
    far = [replace(event, at=datetime.max.replace(tzinfo=UTC)) for event in events]
    for reported in (silence_alone, far, events[1:], []):
        timeline = tuple(event_entry(event, LocalText("", "", "")) for event in reported)
        assert check_story(None, replace(description, timeline=timeline), reported)
