"""A file of evidence proves itself, and whatever is changed in it is found and named, even under the true seal."""

import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.case.event_form import event_bytes
from dossier.check.report import ContainerKind, Indication, StepVerdict, SubIndication
from dossier.check.verification import verify_container
from dossier.erds.evidence_xml import build_evidence
from dossier.erds.inspection import inspect_evidence
from dossier.erds.pack import pack
from dossier.erds.record import AttemptOutcome
from dossier.erds.record_xml import (
    EVIDENCE,
    LEAVES,
    RECORD,
    RecordUnreadable,
    build_record,
    envelope_path,
    parse_record,
)
from dossier.ledger.form import INCLUSION_PATH
from dossier.packaging.container import write_container
from signing.xades.container import XadesLevel
from tests.worlds.dossiers import AKIMAT, ASSEMBLED_AT, PLATFORM, anchors, message_key, seal_key, story
from tests.worlds.evidence_samples import contents, relayed, resealed, submitted, written
from tests.worlds.proofs import Authorities, extended, ledger_evidence, no_stamp, stamp_at


def inspected(path, trusted=None):
    return inspect_evidence(path, anchors() if trusted is None else trusted, now=ASSEMBLED_AT)


def failing(path):
    report = inspected(path)
    assert report.indication is Indication.TOTAL_FAILED
    return {finding.part for finding in report.findings()}


@pytest.fixture(params=[submitted, relayed], ids=["submitted", "relayed"])
def traced(request):
    return request.param()


def test_a_whole_file_is_proven(traced, tmp_path):
    report = inspected(written(traced, tmp_path))
    assert report.is_passed, list(report.findings())
    assert (report.kind, report.level, len(report.steps)) == (ContainerKind.EVIDENCE, "B-B", 14)


def test_without_an_anchor_all_but_trust_is_decided(traced, tmp_path):
    report = inspected(written(traced, tmp_path), trusted=())
    assert report.indication is Indication.INDETERMINATE
    assert {step.number for step in report.steps if step.findings} == {10}


def test_a_changed_byte_in_any_file_is_found_and_named(traced, tmp_path):
    with zipfile.ZipFile(written(traced, tmp_path)) as container:
        files = {name: container.read(name) for name in container.namelist()}
    for changed, whole in files.items():
        spoilt = bytearray(whole)
        spoilt[len(spoilt) // 2] ^= 0x01
        with (tmp_path / "spoilt.asice").open("w+b") as stream:
            write_container(stream, [(name, bytes(spoilt) if name == changed else files[name]) for name in files])
        report = verify_container(tmp_path / "spoilt.asice", anchors(), now=ASSEMBLED_AT)
        assert report.indication is Indication.TOTAL_FAILED, changed
        assert changed in {finding.part for finding in report.findings()}


def test_evidence_that_does_not_follow_from_the_record_is_found_under_the_true_seal(tmp_path):
    traced = relayed()
    files = contents(traced) | {EVIDENCE: build_evidence(replace(traced.record, attempts=traced.record.attempts[1:]))}
    assert failing(resealed(files, tmp_path)) == {EVIDENCE}


def test_a_receipt_that_was_put_in_the_place_of_silence_is_found(tmp_path):
    """The record says that the message itself, which is no receipt, was its receipt."""
    traced = relayed()
    silent, heard = traced.record.attempts
    forged = replace(heard, response=silent.request)
    record = replace(traced.record, attempts=(silent, forged), delivery=replace(traced.record.delivery, ended_by=None))
    path = resealed(contents(replace(traced, record=record)), tmp_path)
    assert failing(path) == {envelope_path(silent.request)}


def test_an_error_signal_told_as_a_receipt_is_found_and_the_other_way_round(tmp_path):
    traced = relayed()
    silent, heard = traced.record.attempts
    record = replace(
        traced.record, attempts=(silent, replace(heard, outcome=AttemptOutcome.REJECTED, code="WrongState"))
    )
    assert failing(resealed(contents(replace(traced, record=record)), tmp_path)) == {envelope_path(heard.response)}


def test_a_message_under_another_digest_is_found(traced, tmp_path):
    record = replace(traced.record, message=replace(traced.record.message, digest="0" * 64))
    files = failing(resealed(contents(replace(traced, record=record)), tmp_path))
    assert files == {envelope_path(digest) for digest in traced.record.envelopes()}


def test_a_back_dated_acceptance_is_found(tmp_path):
    traced = submitted()
    earlier = replace(traced.record.receipt, at=traced.record.receipt.at - timedelta(days=1))
    path = resealed(contents(replace(traced, record=replace(traced.record, receipt=earlier))), tmp_path)
    assert failing(path) == {envelope_path(traced.record.receipt.envelope)}


def test_a_party_under_the_certificate_of_another_is_found(tmp_path):
    traced = relayed()
    swapped = [
        replace(party, certificates=(message_key(PLATFORM).certificate.sha256,)) if party.party_id == AKIMAT else party
        for party in traced.record.parties
    ]
    certificates = (*traced.certificates, message_key(PLATFORM).certificate)
    path = resealed(
        contents(replace(traced, record=replace(traced.record, parties=tuple(swapped)), certificates=certificates)),
        tmp_path,
    )
    report = inspected(path)
    assert report.indication is Indication.INDETERMINATE
    assert report.sub_indication is SubIndication.NO_SIGNING_CERTIFICATE_FOUND


def test_an_envelope_taken_out_or_put_in_is_found(traced, tmp_path):
    files = contents(traced)
    lost = envelope_path(traced.record.envelopes()[0])
    assert failing(resealed({name: data for name, data in files.items() if name != lost}, tmp_path)) == {lost}
    assert failing(resealed(files | {"envelopes/extra.xml": b"<a/>"}, tmp_path)) == {"envelopes/extra.xml"}


def test_an_envelope_that_was_erased_is_named_as_such_and_proves_nothing_more(tmp_path):
    traced = relayed()
    (erased, *left) = traced.record.envelopes()
    record = replace(traced.record, absent=(erased,))
    path = written(replace(traced, record=record, envelopes={one: traced.envelopes[one] for one in left}), tmp_path)
    assert inspected(path).is_passed
    with zipfile.ZipFile(path) as container:
        assert envelope_path(erased).encode() not in container.read(EVIDENCE)
        assert f"<ev:ProvedBy><ev:SHA256>{erased}".encode() in container.read(EVIDENCE)


def test_an_envelope_under_another_name_is_found(traced, tmp_path):
    name = envelope_path(traced.record.envelopes()[0])
    files = contents(traced) | {name: b"<other/>"}
    assert name in failing(resealed(files, tmp_path))


def test_a_record_that_cannot_be_read_leaves_the_rest_undecided_and_fails(traced, tmp_path):
    files = contents(traced) | {RECORD: b"<record/>"}
    assert RECORD in failing(resealed(files, tmp_path))


def test_a_file_without_its_record_is_no_file_of_ours(traced, tmp_path):
    files = {name: data for name, data in contents(traced).items() if name != RECORD}
    assert verify_container(resealed(files, tmp_path), anchors(), now=ASSEMBLED_AT).kind is ContainerKind.ASIC_E


# --- the record -----------------------------------------------------------------------------------------------------


def test_a_record_is_read_back_as_it_was_written(traced):
    assert parse_record(build_record(traced.record)) == traced.record


@settings(max_examples=50)
@given(detail=st.none() | st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=40))
def test_whatever_a_peer_said_its_record_is_read_back(detail):
    record = relayed().record
    stated = replace(record, attempts=(replace(record.attempts[0], detail=detail), *record.attempts[1:]))
    assert parse_record(build_record(stated)) == stated


def test_another_spelling_of_a_record_is_refused():
    written_so = build_record(relayed().record)
    for other in (b"<!-- -->" + written_so, written_so.replace(b"<d:form>1<", b"<d:form>01<"), written_so + b"\n", b""):
        with pytest.raises(RecordUnreadable):
            parse_record(other)


def test_a_record_of_a_later_form_is_refused():
    with pytest.raises(RecordUnreadable, match="form 2"):
        parse_record(build_record(replace(relayed().record, form=2)))


# --- proof of time, and the ledger ----------------------------------------------------------------------------------


def sealed(traced):
    """The same with events as its ledger records, under a seal that was stamped."""
    events = tuple(story().events)
    return replace(traced, leaves=tuple(map(event_bytes, events)), ledger=ledger_evidence(events))


def test_a_stamped_file_is_proven_at_the_time_of_its_stamp(traced, tmp_path):
    path = tmp_path / "stamped.asice"
    with path.open("w+b") as stream:
        assert pack(stream, sealed(traced), seal_key(), stamp_at(ASSEMBLED_AT)) is XadesLevel.T
    report = inspected(path)
    assert report.is_passed, list(report.findings())
    assert (report.level, report.proven_at) == ("B-T", ASSEMBLED_AT)
    years_later = inspect_evidence(path, anchors(), now=ASSEMBLED_AT + timedelta(days=750))
    assert years_later.is_passed, list(years_later.findings())


def test_a_file_is_carried_on_as_a_dossier_is(traced, tmp_path):
    data, _ = extended(written(sealed(traced), tmp_path).read_bytes(), XadesLevel.LTA, Authorities(ASSEMBLED_AT))
    path = tmp_path / "carried.asice"
    path.write_bytes(data)
    report = inspected(path)
    assert report.is_passed, list(report.findings())
    assert (report.kind, report.level) == (ContainerKind.EVIDENCE, "B-LTA")


def test_without_an_answer_of_the_authority_the_file_is_written_and_says_so(traced, tmp_path):
    path = tmp_path / "unstamped.asice"
    with path.open("w+b") as stream:
        assert pack(stream, traced, seal_key(), no_stamp) is XadesLevel.B
    report = inspected(path)
    assert report.is_passed
    assert (report.level, report.steps[7].verdict) == ("B-B", StepVerdict.ABSENT)


def test_records_under_a_seal_of_the_ledger_are_proven(traced, tmp_path):
    report = inspected(written(sealed(traced), tmp_path))
    assert report.is_passed, list(report.findings())
    assert report.steps[10].verdict is StepVerdict.PASSED


def test_a_record_of_the_ledger_that_was_changed_taken_out_or_put_in_is_found(traced, tmp_path):
    whole = sealed(traced)
    first, second, *rest = whole.leaves
    for leaves in ((first + b" ", second, *rest), (first, *rest), (second, first, *rest), (*whole.leaves, b"{}")):
        assert failing(written(replace(whole, leaves=leaves), tmp_path)) == {LEAVES}


def test_a_seal_of_another_exchange_is_found(traced, tmp_path):
    foreign = replace(sealed(traced), ledger=ledger_evidence(log="another"))
    assert len(failing(written(foreign, tmp_path))) == 1


def test_proofs_without_their_records_are_found(traced, tmp_path):
    files = {name: data for name, data in contents(sealed(traced)).items() if name != LEAVES}
    assert INCLUSION_PATH in failing(resealed(files, tmp_path))
