"""The judge can fail: every kind of harm, planted into a run that was whole, is found and named."""

from dataclasses import replace

import pytest

from contracts.header import ConversationId, MessageId
from contracts.party import PartyId
from tests.faults.judge import DatabaseState, judge
from tests.faults.record import MessageCause, MessageEffect, PartyMessage, RunRecord

PLATFORM, AGENCY = PartyId("eotinish"), PartyId("akimat-almaty")
CASE = ConversationId("case-1")
ROOT = b"root of one"


def lodge(record: RunRecord) -> None:
    record.sends(PartyMessage(PLATFORM, MessageId("appeal"), "digest of appeal", MessageCause.APPEAL, None))
    record.has_receipt(MessageId("appeal"), CASE, "DL-1")


def hand(record: RunRecord, recipient: PartyId, name: str, effect: MessageEffect) -> None:
    record.sees(recipient, MessageId(name), CASE, effect, f"digest of {name}")


def whole_run() -> tuple[RunRecord, DatabaseState]:
    record = RunRecord()
    lodge(record)
    for recipient, name, effect in (
        (PLATFORM, "first", MessageEffect.NOTIFIED_REGISTERED),
        (AGENCY, "assigned", MessageEffect.ASSIGNED),
        (PLATFORM, "second", MessageEffect.NOTIFIED_HANDED_OVER),
    ):
        hand(record, recipient, name, effect)
        record.signs(MessageId(name))
    record.heads[1] = ROOT
    deliveries = {(seen.recipient, seen.message_id): "acknowledged" for seen in record.seen.values()}
    taken = {(PLATFORM, MessageId("appeal")): "digest of appeal"}
    return record, DatabaseState(taken, deliveries, frozenset({CASE}), {1: ROOT})


def test_a_whole_run_is_found_whole_and_counts_both_directions():
    verdict = judge(*whole_run())

    assert verdict.holds
    assert verdict.messages == 4


def test_a_receipt_without_an_inbox_key_is_a_loss():
    record, held = whole_run()
    assert "not in the inbox" in judge(record, replace(held, taken={})).lost[0]


def test_a_message_without_a_receipt_is_a_loss():
    record, held = whole_run()
    record.sends(PartyMessage(AGENCY, MessageId("reply"), "digest", MessageCause.REPLY, CASE))
    assert judge(record, held).lost == ("Reply reply never got a receipt",)


def test_a_refusal_of_what_must_be_taken_is_a_loss():
    record, held = whole_run()
    record.sends(PartyMessage(AGENCY, MessageId("reply"), "digest", MessageCause.REPLY, CASE))
    record.is_refused(MessageId("reply"), "WrongState")
    assert judge(record, held).lost == ("Reply reply was refused: WrongState",)


def test_a_case_that_does_not_end_is_a_loss():
    record, held = whole_run()
    record.unfinished = 1
    assert judge(record, held).lost == ("1 cases and errands did not come to their end",)


def test_a_dossier_that_does_not_verify_is_a_loss():
    record, held = whole_run()
    record.spoiled.append("one.asice: TOTAL-FAILED")
    assert judge(record, held).lost == ("one.asice: TOTAL-FAILED",)


def test_an_effect_that_never_came_is_a_loss():
    record, held = whole_run()
    gone = record.seen.pop(MessageId("assigned"))
    kept = {key: state for key, state in held.deliveries.items() if key[1] != gone.message_id}
    verdict = judge(record, replace(held, deliveries=kept))
    assert verdict.lost == ("RegisterAppeal appeal has a receipt, and its effect «AssignAppeal» never came",)


def test_a_delivery_that_waits_for_ever_is_a_loss():
    record, held = whole_run()
    open_ones = dict.fromkeys(held.deliveries, "retry_scheduled")
    assert len(judge(record, replace(held, deliveries=open_ones)).lost) == 3


def test_a_delivery_that_ended_without_a_receipt_is_a_loss():
    record, held = whole_run()
    record.seen[MessageId("second")].signed = None
    assert any("nobody signed for it" in finding for finding in judge(record, held).lost)


def test_a_message_that_the_database_forgot_is_a_loss():
    record, held = whole_run()
    verdict = judge(record, replace(held, deliveries={}))
    assert sum("does not know" in finding for finding in verdict.lost) == 3


@pytest.mark.parametrize("heads", [{}, {1: b"another root"}])
def test_a_head_that_is_gone_or_another_is_a_loss(heads: dict[int, bytes]):
    record, held = whole_run()
    assert len(judge(record, replace(held, heads=heads)).lost) == 1


def test_a_second_receipt_with_another_number_is_a_double():
    record, held = whole_run()
    record.has_receipt(MessageId("appeal"), CASE, "DL-2")
    assert judge(record, held).doubled == ("RegisterAppeal appeal has 2 different receipts",)


def test_a_second_case_for_one_appeal_is_a_double():
    record, held = whole_run()
    more = replace(held, conversations=held.conversations | {ConversationId("case-2")})
    assert judge(record, more).doubled == ("conversation case-2 is in the database, and no receipt names it",)


def test_a_second_message_for_one_effect_is_a_double():
    record, held = whole_run()
    hand(record, AGENCY, "assigned again", MessageEffect.ASSIGNED)
    record.signs(MessageId("assigned again"))
    more = {**held.deliveries, (AGENCY, MessageId("assigned again")): "acknowledged"}
    verdict = judge(record, replace(held, deliveries=more))
    assert verdict.doubled == ("«AssignAppeal» came as 2 messages in conversation case-1",)


def test_the_same_message_again_is_no_double_but_other_content_under_its_id_is():
    record, held = whole_run()
    hand(record, AGENCY, "assigned", MessageEffect.ASSIGNED)
    assert judge(record, held).holds

    record.sees(AGENCY, MessageId("assigned"), CASE, MessageEffect.ASSIGNED, "another digest")
    assert judge(record, held).doubled == ("assigned came with 2 different contents",)


def test_a_later_message_before_the_receipt_for_an_earlier_one_is_disorder():
    record, held = whole_run()
    first, second = record.seen[MessageId("first")], record.seen[MessageId("second")]
    first.signed, second.first_seen = second.first_seen, first.signed
    assert len(judge(record, held).disordered) == 1


def test_two_messages_in_the_wrong_order_are_disorder():
    record, held = whole_run()
    first, second = record.seen[MessageId("first")], record.seen[MessageId("second")]
    first.effect, second.effect = second.effect, first.effect
    assert len(judge(record, held).disordered) == 1


def test_recipients_do_not_wait_for_each_other():
    record, held = whole_run()
    record.seen[MessageId("assigned")].first_seen = -1
    assert judge(record, held).holds
