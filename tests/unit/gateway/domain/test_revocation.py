"""When to ask again, and whose certificates are barred."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import Code
from contracts.party import Agreement, PartyId, UnknownRevocation
from gateway.domain.registry.revocation import KnownRevocation, PollingRhythm, RevocationCheck, barred, next_look
from signing.trust.answer import RevocationStatus, WhyUnknown
from signing.trust.revocation import RevocationJudgement

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
RHYTHM = PollingRhythm(every=HOUR, first_rest=MINUTE)
GOOD, REVOKED, UNKNOWN = RevocationStatus.GOOD, RevocationStatus.REVOKED, RevocationStatus.UNKNOWN
ACCEPT, WAIT, REFUSE = UnknownRevocation.ACCEPT, UnknownRevocation.WAIT, UnknownRevocation.REFUSE


def known(
    status=GOOD, *, at=NOW, next_update=None, unanswered=0, first_at=NOW, last_good_at=None, why=None
) -> KnownRevocation:
    judged = RevocationJudgement(status, next_update=next_update, reason=why)
    return KnownRevocation(RevocationCheck("ab", at, judged, unanswered), first_at, last_good_at)


def code(policy: UnknownRevocation, what: KnownRevocation | None, *, now=NOW) -> Code | None:
    agreement = Agreement(PartyId("akimat"), on_unknown_revocation=policy, revocation_patience=2 * HOUR)
    return barred([("ab", agreement)], {"ab": what} if what else {}, now=now).get("ab")


@pytest.mark.parametrize(
    ("what", "after"),
    [
        (known(), HOUR),
        (known(next_update=NOW + 10 * HOUR), HOUR),
        (known(next_update=NOW + 10 * MINUTE), 9 * MINUTE),
        (known(next_update=NOW - MINUTE), HOUR),
        (known(UNKNOWN, unanswered=1), MINUTE),
        (known(UNKNOWN, unanswered=4), 8 * MINUTE),
        (known(UNKNOWN, unanswered=1000), HOUR),
        (known(next_update=NOW + 10 * HOUR, unanswered=2), 2 * MINUTE),
    ],
)
def test_a_certificate_is_asked_about_in_rhythm_and_before_its_answer_ends(what, after):
    assert next_look(what, RHYTHM) == NOW + after


@given(unanswered=st.integers(0, 10**6), minutes=st.integers(-10_000, 10_000))
def test_the_next_look_is_always_later_and_never_later_than_the_rhythm(unanswered, minutes):
    what = known(next_update=NOW + minutes * MINUTE, unanswered=unanswered)
    assert NOW < next_look(what, RHYTHM) <= NOW + HOUR


@pytest.mark.parametrize("policy", UnknownRevocation)
def test_what_is_known_needs_no_policy(policy):
    assert code(policy, known(GOOD)) is None
    assert code(policy, known(REVOKED)) is Code.CERTIFICATE_REVOKED


def test_what_is_unknown_is_answered_by_the_agreement():
    silent = known(UNKNOWN, last_good_at=NOW - 3 * HOUR, unanswered=3)
    assert [code(policy, silent) for policy in (ACCEPT, WAIT, REFUSE)] == [
        None,
        Code.CERTIFICATE_UNCHECKED,
        Code.CERTIFICATE_UNCHECKED,
    ]


def test_patience_counts_from_the_last_good_answer_else_from_the_first_look():
    silent = known(UNKNOWN, first_at=NOW - 9 * HOUR, last_good_at=NOW, unanswered=3)
    assert code(WAIT, silent, now=NOW + 2 * HOUR) is None
    assert code(WAIT, silent, now=NOW + 2 * HOUR + MINUTE) is Code.CERTIFICATE_UNCHECKED
    never_good = known(UNKNOWN, first_at=NOW, unanswered=3)
    assert code(WAIT, never_good, now=NOW + 2 * HOUR) is None
    assert code(WAIT, never_good, now=NOW + 2 * HOUR + MINUTE) is Code.CERTIFICATE_UNCHECKED


def test_before_the_first_look_only_those_who_refuse_silence_refuse():
    assert [code(policy, None) for policy in (ACCEPT, WAIT, REFUSE)] == [None, None, Code.CERTIFICATE_UNCHECKED]


def test_where_there_was_never_anybody_to_ask_waiting_has_no_end():
    nobody = known(UNKNOWN, first_at=NOW - 99 * HOUR, why=WhyUnknown.NOBODY_NAMED)
    assert [code(policy, nobody) for policy in (ACCEPT, WAIT, REFUSE)] == [None, None, Code.CERTIFICATE_UNCHECKED]


def test_an_anchor_that_is_taken_away_does_not_end_the_count():
    assert code(WAIT, known(UNKNOWN, last_good_at=NOW - 3 * HOUR)) is Code.CERTIFICATE_UNCHECKED


# --- a valid path is needed, whoever could be asked ----------------------------------------------------------------


@pytest.mark.parametrize("why", [None, *WhyUnknown])
@pytest.mark.parametrize("policy", UnknownRevocation)
@pytest.mark.parametrize("age", [0, 1, 99], ids="seen {} h ago".format)
def test_what_each_agreement_takes_of_what_is_unknown(why, policy, age):
    """The whole table: patience is two hours, and only where the certificate names nobody has waiting no end."""
    unknown = known(UNKNOWN, first_at=NOW - age * HOUR, why=why)
    taken = {
        WhyUnknown.PATH_INVALID: False,
        WhyUnknown.NO_PATH: policy is ACCEPT or (policy is WAIT and age <= 2),
        WhyUnknown.NO_ANSWER: policy is ACCEPT or (policy is WAIT and age <= 2),
        WhyUnknown.NOBODY_NAMED: policy is not REFUSE,
        None: policy is not REFUSE,  # of a former release: looked at anew before anything else
    }
    assert code(policy, unknown) is (None if taken[why] else Code.CERTIFICATE_UNCHECKED)


@pytest.mark.parametrize("why", WhyUnknown)
@given(policy=st.sampled_from(UnknownRevocation), hours=st.integers(0, 1000), later=st.integers(0, 1000))
def test_what_is_refused_is_not_taken_by_waiting(why, policy, hours, later):
    unknown = known(UNKNOWN, why=why)
    if code(policy, unknown, now=NOW + hours * HOUR) is not None:
        assert code(policy, unknown, now=NOW + (hours + later) * HOUR) is Code.CERTIFICATE_UNCHECKED


def test_a_row_of_a_former_release_does_not_say_which_and_is_looked_at_anew():
    assert known(UNKNOWN).is_of_former_release
    others = (known(GOOD), known(REVOKED), known(UNKNOWN, unanswered=1), known(UNKNOWN, why=WhyUnknown.NOBODY_NAMED))
    assert not any(one.is_of_former_release for one in others)
    assert known(UNKNOWN, unanswered=1).why_unknown is WhyUnknown.NO_ANSWER
