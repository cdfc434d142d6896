"""What authorities said of certificates: kept byte for byte, found again by certificate, the newest first."""

from dataclasses import replace
from datetime import timedelta

from gateway.domain.registry.revocation import RevocationCheck
from gateway.ports.parties import ListRevocations, LoadRevocationValues, RecordCheck
from gateway.store.database import SqlStore
from signing.trust.answer import AnswerSource, RevocationAnswer, RevocationStatus
from signing.trust.revocation import RevocationJudgement, RevocationValues
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import MINUTE, NOON

OURS, THEIRS = "aa" * 32, "bb" * 32
LIST = RevocationAnswer(AnswerSource.CRL, "http://ca.kz/ca.crl", b"a list")


def answered(der: bytes, status: RevocationStatus = RevocationStatus.GOOD, **changes) -> RevocationCheck:
    judged = RevocationJudgement(status, "ocsp", NOON, NOON + MINUTE, detail="said so")
    check = RevocationCheck(OURS, NOON, judged, 0, RevocationAnswer(AnswerSource.OCSP, "http://ca.kz/ocsp", der))
    return replace(check, **changes)


def silent(at=NOON, unanswered=1) -> RevocationCheck:
    return RevocationCheck(OURS, at, RevocationJudgement(RevocationStatus.UNKNOWN, detail="silent"), unanswered)


async def test_before_the_first_look_nothing_is_known(store: SqlStore):
    assert await store.run(ListRevocations()) == ()
    assert await store.run(LoadRevocationValues([OURS])) == RevocationValues()


async def test_the_newest_look_counts_and_the_last_good_one_is_remembered(store: SqlStore):
    later = NOON + timedelta(hours=1)
    for check in (answered(b"first"), silent(later), silent(later + MINUTE, 2)):
        await store.run(RecordCheck(check))

    (known,) = await store.run(ListRevocations())

    assert known.latest == silent(later + MINUTE, 2)
    assert (known.first_at, known.last_good_at) == (NOON, NOON)


async def test_a_judgement_comes_back_whole(store: SqlStore):
    judged = RevocationJudgement(
        RevocationStatus.REVOKED, "crl", NOON, NOON + MINUTE, NOON - MINUTE, "keyCompromise", "revoked"
    )
    await store.run(RecordCheck(RevocationCheck(OURS, NOON, judged, 0, LIST)))

    (known,) = await store.run(ListRevocations())

    assert known.latest == RevocationCheck(OURS, NOON, judged, 0)
    assert known.last_good_at is None


async def test_the_newest_answers_of_each_kind_are_found_by_certificate(store: SqlStore):
    for check in (
        answered(b"old good"),
        answered(b"good"),
        answered(b"revoked", RevocationStatus.REVOKED),
        silent(),
        answered(b"theirs", certificate_sha256=THEIRS),
    ):
        await store.run(RecordCheck(check))

    assert set((await store.run(LoadRevocationValues([OURS]))).ocsp) == {b"good", b"revoked"}
    assert (await store.run(LoadRevocationValues([THEIRS]))).ocsp == (b"theirs",)


async def test_one_list_for_many_certificates_is_kept_once(store: SqlStore, look: SecondConnection):
    for certificate in (OURS, THEIRS, OURS):
        await store.run(RecordCheck(answered(b"", certificate_sha256=certificate, ground=LIST)))

    assert (look.count("revocation_values"), look.count("revocation_checks")) == (1, 3)
    assert await store.run(LoadRevocationValues([OURS, THEIRS])) == RevocationValues(crls=(LIST.der,))
