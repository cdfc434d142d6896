"""From facts to kinds: the table of ``dossier.erds.kinds``, where the integration tests do not reach."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.party import Channel
from dossier.erds import kinds
from dossier.erds.derive import evidence_of
from dossier.erds.kinds import EvidenceEventKind, EvidenceReason
from dossier.erds.record import AttemptFacts, AttemptOutcome, Ending, RefusalFacts, SignalFacts, Signalled
from tests.worlds.dossiers import START
from tests.worlds.evidence_samples import MINUTE, relayed, submitted

RECORD = relayed().record
HANDED_OUT = AttemptFacts(1, START, START, AttemptOutcome.DELIVERED, None, None, None, "a" * 64, None)


def mailbox(**changes):
    delivery = replace(RECORD.delivery, channel=Channel.MAILBOX, ended_by=None)
    return replace(RECORD, delivery=delivery, attempts=(HANDED_OUT,), **changes)


def kinds_of(record):
    return [one.kind for one in evidence_of(record)]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (replace(RECORD, attempts=()), EvidenceEventKind.RELAY_FAILURE),
        (mailbox(), EvidenceEventKind.CONTENT_HANDOVER_FAILURE),
    ],
    ids=["called", "mailbox"],
)
def test_a_delivery_that_a_person_stopped_failed_by_their_hand(record, expected):
    finished_at = RECORD.delivery.created_at + MINUTE
    stopped = replace(record.delivery, ending=Ending.CANCELLED, finished_at=finished_at, ended_by=None)
    last = evidence_of(replace(record, delivery=stopped))[-1]
    assert (last.kind, last.reason, last.at) == (expected, EvidenceReason.STOPPED_BY_OPERATOR, finished_at)


def test_the_same_receipt_heard_twice_is_one_event_with_two_proofs():
    heard = RECORD.attempts[1]
    again = replace(heard, number=3, finished_at=heard.finished_at + MINUTE, response="b" * 64)
    accepted = next(
        one
        for one in evidence_of(replace(RECORD, attempts=(heard, again)))
        if one.kind is EvidenceEventKind.RELAY_ACCEPTANCE
    )
    assert accepted.at == heard.finished_at
    assert {heard.response, again.response} <= set(accepted.proofs)


def test_a_message_that_was_fetched_and_never_acknowledged_shows_the_silence_once_it_is_fetched_anew():
    """Fetched twice within one lease it is the same attempt."""
    again = replace(HANDED_OUT, started_at=START + MINUTE)
    anew = [replace(HANDED_OUT, number=number, started_at=START + number * MINUTE) for number in (2, 3)]
    reported = evidence_of(replace(mailbox(), attempts=(HANDED_OUT, again, *anew)))
    assert [(one.kind, one.reason, one.at) for one in reported[1:]] == [
        (EvidenceEventKind.CONTENT_HANDOVER_FAILURE, EvidenceReason.NOT_ACKNOWLEDGED, attempt.started_at)
        for attempt in anew
    ]


def test_a_message_that_was_taken_without_a_receipt_shows_the_silence_once_it_goes_again():
    taken = replace(RECORD.attempts[0], outcome=AttemptOutcome.DELIVERED, http_status=202, detail=None)
    assert kinds_of(replace(RECORD, attempts=(taken,))) == []
    (failed, *heard) = evidence_of(replace(RECORD, attempts=(taken, RECORD.attempts[1])))
    assert (failed.kind, failed.reason) == (EvidenceEventKind.RELAY_FAILURE, EvidenceReason.NOT_ACKNOWLEDGED)
    assert [one.kind for one in heard] == [EvidenceEventKind.RELAY_ACCEPTANCE, EvidenceEventKind.CONTENT_CONSIGNMENT]


def test_a_party_that_gave_up_its_server_has_its_message_consigned_from_the_first_handing_out():
    failed = replace(RECORD.attempts[0], finished_at=START)
    handed_out = replace(HANDED_OUT, number=2, started_at=START + MINUTE, finished_at=START + MINUTE)
    reported = evidence_of(replace(mailbox(), attempts=(failed, handed_out)))
    assert [(one.kind, one.at) for one in reported] == [
        (EvidenceEventKind.RELAY_FAILURE, START),
        (EvidenceEventKind.CONTENT_CONSIGNMENT, START + MINUTE),
    ]


def test_a_fault_that_asks_for_the_same_message_again_refuses_nothing():
    busy = RefusalFacts(START, "ServerBusy", "busy", False, "c" * 64, "d" * 64, None)
    reported = kinds_of(replace(submitted().record, refusals=(busy, replace(busy, code="WrongState", final=True))))
    assert reported.count(EvidenceEventKind.SUBMISSION_REJECTION) == 1


def test_a_message_that_was_only_refused_has_that_evidence_alone():
    refused = RefusalFacts(START, "WrongState", "no", True, "c" * 64, "d" * 64, "e" * 64)
    record = replace(submitted().record, message=None, receipt=None, refusals=(refused,))
    assert kinds_of(record) == [EvidenceEventKind.SUBMISSION_REJECTION]


def test_every_kind_of_the_table_is_written_as_the_standard_writes_its_identifier():
    assert EvidenceEventKind.RELAY_ACCEPTANCE.uri == "http://uri.etsi.org/19522/Event/RelayAcceptance"
    assert all(kind.value in (kinds.__doc__ or "") for kind in EvidenceEventKind)


digests = st.sampled_from(["a" * 64, "b" * 64, "c" * 64, None])
minutes = st.integers(0, 60).map(lambda many: START + many * MINUTE)
attempts = st.builds(
    AttemptFacts, st.integers(1, 9), minutes, st.none() | minutes, st.sampled_from(AttemptOutcome), st.none(),
    st.sampled_from([None, "words"]), st.sampled_from([None, 200, 202, 500]), digests, digests,
)  # fmt: skip
signals = st.builds(
    SignalFacts,
    minutes,
    st.just(RECORD.message_id),
    st.sampled_from(Signalled),
    st.just("WrongState"),
    st.none(),
    digests,
)


@given(st.lists(attempts, max_size=6), st.lists(signals, max_size=3), st.sampled_from(Channel))
def test_whatever_happened_evidence_is_in_order_and_rests_on_envelopes_of_the_record(tried, stated, channel):
    record = replace(
        RECORD, delivery=replace(RECORD.delivery, channel=channel), attempts=tuple(tried), signals=tuple(stated)
    )
    reported = evidence_of(record)
    assert [one.at for one in reported] == sorted(one.at for one in reported)
    assert {proof for one in reported for proof in one.proofs} <= set(record.envelopes())
    assert all(one.reason for one in reported if one.kind.value.endswith(("Failure", "Rejection")))
