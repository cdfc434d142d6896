"""A dossier proves itself offline; whatever is altered, the report names the part."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from dossier.check.report import Indication, StepVerdict, SubIndication, report_json
from dossier.packaging import layout
from dossier.packaging.assembly import assemble, events_file, salts_file
from dossier.packaging.description import DossierDescription
from dossier.packaging.description_xml import build_description, parse_description
from dossier.packaging.manifest import build_manifest, media_type_of
from signing.xades.container import SignedFile, build_signature
from tests.worlds.dossier_files import NOW, dossier, files, inspected, names, owner_of, packed, parts, with_file
from tests.worlds.dossiers import (
    AKIMAT,
    ASSEMBLED_AT,
    COURT,
    EXCHANGE,
    JER,
    NAMES,
    PLATFORM,
    START,
    dossier_input,
    message_key,
    party,
    seal_key,
    story,
)


@pytest.mark.parametrize("kind", ["RSA-2048", "P-256"])
def test_an_honest_dossier_passes_every_step(kind):
    report = inspected(dossier(kind))
    absent = [step.number for step in report.steps if step.verdict is StepVerdict.ABSENT]
    assert absent == [8, 9, 11]  # no time stamp, nothing for the long term, no seal of the ledger
    assert {step.verdict for step in report.steps} == {StepVerdict.PASSED, StepVerdict.ABSENT}
    assert report.indication is Indication.TOTAL_PASSED
    assert report.sub_indication is None
    assert report.level == "B-B"
    assert report.sha256 == hashlib.sha256(dossier(kind)).hexdigest()


def test_the_report_has_a_json_form_that_scripts_read():
    read = json.loads(report_json(inspected(dossier())))
    assert read["indication"] == "TOTAL-PASSED"
    assert [step["number"] for step in read["steps"]] == list(range(1, 15))
    assert all(step["text"]["kk"] and step["text"]["ru"] and step["text"]["en"] for step in read["steps"])


# --- the law: no byte can change unnoticed ----------------------------------------------------------------------------


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_a_flipped_byte_in_any_file_is_found_and_its_file_named(data):
    """Packed again with right checksums, as a forger would."""
    name, content = data.draw(st.sampled_from([(name, content) for name, content in files() if content]))
    at, mask = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(1, 255))
    flipped = content[:at] + bytes([content[at] ^ mask]) + content[at + 1 :]

    report = inspected(with_file(name, lambda _: flipped))

    assert report.indication is Indication.TOTAL_FAILED
    assert name in parts(report)


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_a_flipped_byte_anywhere_in_the_zip_is_found_and_its_part_named(data):
    original = dossier()
    at, mask = data.draw(st.integers(0, len(original) - 1)), data.draw(st.integers(1, 255))

    report = inspected(original[:at] + bytes([original[at] ^ mask]) + original[at + 1 :])

    assert report.indication is Indication.TOTAL_FAILED
    owner = owner_of(at)
    if owner is None:  # behind the files: the directory or the end record
        assert any(part in names() or part.startswith("ZIP ") for part in parts(report))
    else:
        assert owner in parts(report)


@given(st.integers(0, 40_000))
@settings(max_examples=40, deadline=None)
def test_a_dossier_cut_off_anywhere_is_found(size):
    assert inspected(dossier()[:size]).indication is Indication.TOTAL_FAILED


def test_the_directory_and_the_end_record_are_held_to_the_byte():
    original = dossier()
    start = original.index(b"PK\x01\x02")
    for at in range(start, len(original), 7):  # every field of every header comes under one of these
        report = inspected(original[:at] + bytes([original[at] ^ 0x10]) + original[at + 1 :])
        assert report.indication is Indication.TOTAL_FAILED, at


# --- attacks, one fact each -------------------------------------------------------------------------------------------


def test_a_file_put_in_is_named():
    with_extra = files()
    with_extra.insert(3, ("documents/004-жаңа.pdf", b"%PDF"))
    report = inspected(packed(with_extra))
    assert report.indication is Indication.TOTAL_FAILED
    assert "documents/004-жаңа.pdf" in parts(report)


def test_a_file_taken_out_is_named():
    name = next(name for name in names() if name.startswith("documents/002"))
    report = inspected(packed((held, data) for held, data in files() if held != name))
    assert (report.indication, name in parts(report)) == (Indication.TOTAL_FAILED, True)


def test_two_files_that_changed_places_are_found():
    swapped = files()
    swapped[3], swapped[4] = swapped[4], swapped[3]
    assert inspected(packed(swapped)).indication is Indication.TOTAL_FAILED


def test_a_changed_document_is_a_hash_failure_and_later_steps_still_run():
    name = next(name for name in names() if name.startswith("documents/001"))
    report = inspected(with_file(name, lambda data: data[:-1] + b"X"))
    assert report.sub_indication is SubIndication.HASH_FAILURE
    assert report.steps[12].verdict is StepVerdict.PASSED  # the messages are still what they were


@pytest.mark.parametrize(
    "name", [layout.SIGNATURE, layout.MANIFEST, layout.DESCRIPTION, layout.MIMETYPE, layout.EVENTS]
)
def test_a_missing_or_empty_part_is_named_and_breaks_nothing(name):
    for change in (lambda: packed(file for file in files() if file[0] != name), lambda: with_file(name, lambda _: b"")):
        report = inspected(change())
        assert report.indication is Indication.TOTAL_FAILED
        assert name in parts(report)


@pytest.mark.parametrize("rubbish", [b"<a/>", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"salts":[1]}', b"null\n"])
def test_rubbish_in_any_place_is_a_finding_and_never_a_crash(rubbish):
    for name in names():
        assert name in parts(inspected(with_file(name, lambda _: rubbish)))


# --- trust ------------------------------------------------------------------------------------------------------------


def test_without_an_anchor_nothing_is_decided():
    report = inspected(dossier(), ())
    assert report.indication is Indication.INDETERMINATE
    assert report.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


def test_with_anchors_of_others_nothing_is_decided():
    other = SandboxAuthority.create("Other CA", now=START).key.certificate
    assert inspected(dossier(), (other,)).sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


def test_once_the_certificate_is_over_the_claimed_time_alone_proves_nothing():
    report = inspected(dossier(), now=NOW + timedelta(days=900))
    assert report.indication is Indication.INDETERMINATE
    assert report.sub_indication is SubIndication.OUT_OF_BOUNDS_NO_POE


def test_a_signature_from_the_future_is_left_undecided():
    report = inspected(dossier(), now=ASSEMBLED_AT - timedelta(hours=1))
    assert report.indication is Indication.INDETERMINATE
    assert report.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE


def test_a_key_for_messages_does_not_seal_dossiers():
    report = inspected(resealed(files(), message_key(EXCHANGE)))
    assert report.indication is Indication.INDETERMINATE
    assert report.sub_indication is SubIndication.CHAIN_CONSTRAINTS_FAILURE


def test_a_forger_with_a_key_of_his_own_is_not_trusted():
    forger = SandboxAuthority.create("Dälel sandbox CA", now=START).issue(
        "Dälel", bin=NAMES[EXCHANGE][1], usage=Usage.SEAL, now=START
    )
    report = inspected(resealed(files(), forger))
    assert report.indication is Indication.INDETERMINATE


# --- a dossier sealed honestly whose parts contradict each other ------------------------------------------------------


def resealed(contents, key=None):
    """Manifest and signature made anew: only what the seal itself cannot vouch for is left to be found."""
    inner = [(name, data) for name, data in contents if name not in layout.UNSIGNED]
    signed = [SignedFile(name, media_type_of(name), hashlib.sha256(data).digest()) for name, data in inner]
    manifest = build_manifest(file.name for file in signed)
    signature = build_signature(signed, key or seal_key(), signed_at=ASSEMBLED_AT)
    return packed([files()[0], *inner, (layout.MANIFEST, manifest), (layout.SIGNATURE, signature)])


def resealed_with(name, data):
    return inspected(resealed((held, data if held == name else content) for held, content in files()))


def description() -> DossierDescription:
    return parse_description(dict(files())[layout.DESCRIPTION])


def described(**changes):
    return resealed_with(layout.DESCRIPTION, build_description(replace(description(), **changes)))


def test_resealing_without_a_change_passes():
    assert inspected(resealed(files())).is_passed


def test_a_timeline_that_is_not_that_of_the_events_is_found():
    first, *rest = description().timeline
    moved = (replace(first, at=first.at + timedelta(seconds=1)), *rest)
    assert described(timeline=moved).steps[11].verdict is StepVerdict.FAILED
    assert described(timeline=description().timeline[:-1]).steps[11].verdict is StepVerdict.FAILED


def test_a_breach_hidden_from_the_terms_is_found():
    hidden = tuple(replace(term, state=term.state.MET) for term in description().terms)
    assert described(terms=hidden).steps[11].verdict is StepVerdict.FAILED


def test_an_event_left_out_is_found():
    report = resealed_with(layout.EVENTS, events_file(story().events[:-1]))
    assert layout.EVENTS in parts(report)


def test_salts_that_do_not_open_the_commitments_are_found():
    wrong = tuple(replace(salt, salt=bytes(32)) for salt in story().salts)
    assert layout.SALTS in parts(resealed_with(layout.SALTS, salts_file(wrong)))
    assert layout.SALTS in parts(resealed_with(layout.SALTS, salts_file(())))


def test_a_document_whose_index_names_another_digest_is_found():
    first, *rest = description().documents
    other = replace(first, document=replace(first.document, sha256="0" * 64))
    assert first.file in parts(described(documents=(other, *rest)))


def test_a_message_signed_by_another_party_is_found():
    entries = [replace(entry, sender=JER) if entry.sender == AKIMAT else entry for entry in description().messages]
    assert any(part.startswith("messages/") for part in parts(described(messages=tuple(entries))))


def test_a_message_by_a_certificate_that_is_not_shown_is_left_undecided():
    known = tuple(entry for entry in description().parties if entry.party_id != PLATFORM)
    report = described(parties=known)
    assert report.indication is Indication.INDETERMINATE
    assert report.sub_indication is SubIndication.NO_SIGNING_CERTIFICATE_FOUND


def test_one_certificate_shown_for_two_parties_is_found():
    first, second, *rest = description().parties
    same = replace(second, certificates=first.certificates)
    assert described(parties=(first, same, *rest)).steps[12].verdict is StepVerdict.FAILED


def test_a_receipt_for_another_message_is_found():
    receipts = [name for name in names() if name.endswith("-receipt.xml") and "-out" in name]
    contents = dict(files())
    contents[receipts[0]], contents[receipts[1]] = contents[receipts[1]], contents[receipts[0]]
    swapped = []
    for entry in description().messages:
        if entry.receipt and entry.receipt.file in receipts[:2]:
            sha256 = hashlib.sha256(contents[entry.receipt.file]).hexdigest()
            swapped.append(replace(entry, receipt=replace(entry.receipt, sha256=sha256)))
        else:
            swapped.append(entry)
    contents[layout.DESCRIPTION] = build_description(replace(description(), messages=tuple(swapped)))
    report = inspected(resealed(contents.items()))
    assert set(receipts[:2]) <= parts(report)
    assert report.steps[11].verdict is StepVerdict.PASSED


def test_a_level_that_was_not_reached_is_found():
    assert described(level="B-T").steps[11].verdict is StepVerdict.FAILED


# --- assembly ---------------------------------------------------------------------------------------------------------


def test_the_same_case_gives_the_same_bytes(tmp_path):
    first = assemble(dossier_input(), seal_key(), tmp_path / "a")
    assemble(dossier_input(), seal_key(), tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == dossier()
    assert first.size == len(dossier())
    assert first.file_name == "2026-1102-000007-dossier-1.asice"


def test_the_court_is_among_the_parties_also_when_it_was_not_given():
    assert COURT in {entry.party_id for entry in description().parties}
    assert description().court == party(COURT).party_id
