"""Good, revoked or unknown: what an authority's answer says of a certificate, and what it does not say."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from signing.trust.answer import NoAnswer
from signing.trust.ocsp import build_request, require_current
from signing.trust.revocation import RevocationStatus, RevocationValues, judge_revocation
from tests.worlds.signing.hierarchy import (
    DAY,
    HOLDER,
    HOUR,
    ISSUING,
    NOW,
    OTHER_HOLDER,
    RESPONDER,
    ROOT,
    RSA_HOLDER,
    RSA_ISSUING,
    CertificateNode,
    authority,
    ocsp_response,
    points,
    revocation_list,
    scope,
)

GOOD, REVOKED, UNKNOWN = RevocationStatus.GOOD, RevocationStatus.REVOKED, RevocationStatus.UNKNOWN
IS_REVOKED = ocsp.OCSPCertStatus.REVOKED
HOLD = x509.ReasonFlags.certificate_hold
OF_CA = "http://crl.example.kz/ca.crl"
POINTED = CertificateNode("pointed", ISSUING, more=(points(OF_CA),))
STRANGER = authority("НЕГІЗГІ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ", key_name="a stranger's")
IMPOSTOR = ISSUING.but(key_name="an impostor's")
SAME_NUMBER = HOLDER.but(parent=IMPOSTOR, serial=HOLDER.certificate.serial)  # of another authority
CHECKED_RESPONDER = RESPONDER.but(more=())


def judge(
    *answers: bytes,
    lists: tuple[bytes, ...] = (),
    of: CertificateNode = HOLDER,
    issuer: CertificateNode | None = None,
    **more,
):
    values = RevocationValues(ocsp=answers, crls=lists)
    parent = issuer or of.parent
    assert parent is not None
    return judge_revocation(of.certificate, parent.certificate, values, **{"at": NOW, "grace": HOUR, **more})


def status(*answers: bytes, **more) -> RevocationStatus:
    return judge(*answers, **more).status


# --- OCSP -----------------------------------------------------------------------------------------------------------


def test_without_an_answer_nothing_is_known():
    assert judge() == judge(lists=())
    assert (judge().status, judge().source) == (UNKNOWN, None)
    assert "no authority has answered" in judge().detail


@pytest.mark.parametrize(
    "answer",
    [
        ocsp_response(),
        ocsp_response(by=ocsp.OCSPResponderEncoding.NAME),
        ocsp_response(signer=RESPONDER),
        ocsp_response(signer=RESPONDER, by=ocsp.OCSPResponderEncoding.NAME),
        ocsp_response(id_digest=hashes.SHA256()),
        ocsp_response(digest=hashes.SHA384()),
    ],
    ids=["by the issuer", "by name", "by its responder", "by its responder's name", "sha-256 id", "sha-384"],
)
def test_the_authority_says_good(answer):
    judged = judge(answer)
    assert (judged.status, judged.source) == (GOOD, "ocsp")
    assert (judged.this_update, judged.next_update) == (NOW - HOUR, NOW + HOUR)


def test_an_authority_with_rsa_keys_says_good():
    assert status(ocsp_response(RSA_HOLDER), of=RSA_HOLDER) is GOOD
    assert status(lists=(revocation_list(RSA_ISSUING),), of=RSA_HOLDER) is GOOD


def test_the_authority_says_revoked():
    judged = judge(ocsp_response(status=IS_REVOKED, reason=x509.ReasonFlags.key_compromise))
    assert (judged.status, judged.revoked_at, judged.reason) == (REVOKED, NOW - DAY, "keyCompromise")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (ocsp_response(OTHER_HOLDER), "another certificate"),
        (ocsp_response(SAME_NUMBER, signer=ISSUING), "another certificate"),
        (ocsp_response(SAME_NUMBER), "neither by the issuer"),
        (ocsp_response(status=ocsp.OCSPCertStatus.UNKNOWN), "does not know"),
        (ocsp_response(signer=IMPOSTOR), "another|not named|not signed"),
        (ocsp_response(signer=ROOT), "not named by the issuer"),
        (ocsp_response(signer=RESPONDER, encloses=False), "neither by the issuer"),
        (ocsp_response(signer=RESPONDER.but(parent=STRANGER)), "not named by the issuer"),
        (ocsp_response(signer=RESPONDER.but(extended=())), "not for OCSP"),
        (ocsp_response(signer=RESPONDER.but(extended=(ExtendedKeyUsageOID.TIME_STAMPING,))), "not for OCSP"),
        (ocsp_response(signer=RESPONDER.but(usage=frozenset({"key_agreement"}))), "not for signatures"),
        (ocsp_response(signer=RESPONDER.but(not_after=NOW - DAY)), "not in force"),
        (ocsp_response(signer=RESPONDER.but(not_before=NOW + DAY)), "not in force"),
        (ocsp_response(signer=RESPONDER.but(kind="RSA-1024", key_name="weak")), "neither|not named"),
        (ocsp_response(signer=RESPONDER.but(kind="secp256k1", key_name="odd")), "neither|not named"),
        (ocsp_response(signer=CHECKED_RESPONDER), "responder is unknown"),
        (ocsp_response(more=((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b""), True),)), "critical"),
        (ocsp_response(this_update=NOW - 3 * HOUR, next_update=NOW - 2 * HOUR), "too old"),
        (ocsp_response(this_update=NOW - 2 * HOUR, next_update=None), "too old"),
        (ocsp_response(this_update=NOW + HOUR, next_update=NOW + 2 * HOUR), "future"),
        (
            ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER).public_bytes(Encoding.DER),
            "try_later",
        ),
        (b"", "no OCSP response"),
        (b"rubbish", "no OCSP response"),
        (ocsp_response() + b"\0", "no OCSP response|DER"),
    ],
)
def test_an_answer_that_does_not_prove_itself_is_none(answer, says):
    judged = judge(answer)
    assert judged.status is UNKNOWN
    assert any(part in judged.detail for part in says.split("|")), judged.detail


def test_a_late_answer_counts_within_the_grace():
    late = ocsp_response(this_update=NOW - 3 * HOUR, next_update=NOW - HOUR)
    assert status(late) is GOOD
    assert status(late, grace=timedelta(minutes=59)) is UNKNOWN


def test_a_responder_that_is_not_exempt_must_be_good_by_a_list():
    answer = ocsp_response(signer=CHECKED_RESPONDER)
    assert judge(answer, lists=(revocation_list(ISSUING),)).source == "ocsp"
    assert judge(answer, lists=(revocation_list(ISSUING, CHECKED_RESPONDER),)).source == "crl"
    other_scope = revocation_list(ISSUING, CHECKED_RESPONDER, more=((scope(only_contains_ca_certs=True), True),))
    assert "responder is unknown" in judge(answer, lists=(other_scope,)).detail


def test_who_did_not_issue_the_certificate_cannot_answer_for_it():
    assert status(lists=(revocation_list(ROOT),), issuer=ROOT) is UNKNOWN
    assert status(lists=(revocation_list(IMPOSTOR),), issuer=IMPOSTOR) is UNKNOWN


# --- nonces ---------------------------------------------------------------------------------------------------------


def test_the_question_names_the_certificate_and_carries_the_nonce():
    request = ocsp.load_der_ocsp_request(build_request(HOLDER.certificate, ISSUING.certificate, nonce=b"n" * 16))
    assert request.serial_number == HOLDER.certificate.serial
    assert request.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"n" * 16


def test_an_answer_to_another_question_is_refused():
    require_current(ocsp_response(nonce=b"mine"), nonce=b"mine", must_repeat=True)
    require_current(ocsp_response(), nonce=b"mine", must_repeat=False)
    with pytest.raises(NoAnswer, match="another nonce"):
        require_current(ocsp_response(nonce=b"old"), nonce=b"mine", must_repeat=False)
    with pytest.raises(NoAnswer, match="does not repeat"):
        require_current(ocsp_response(), nonce=b"mine", must_repeat=True)


# --- CRL ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("crl", "holder"),
    [
        (revocation_list(), HOLDER),
        (revocation_list(ISSUING, OTHER_HOLDER), HOLDER),
        (revocation_list(more=((scope(only_contains_user_certs=True), True),)), HOLDER),
        (revocation_list(more=((scope(full_name=[x509.UniformResourceIdentifier(OF_CA)]), True),)), POINTED),
        (revocation_list(ROOT, more=((scope(only_contains_ca_certs=True), True),)), ISSUING),
    ],
    ids=["empty", "about another", "holders only", "its distribution point", "authorities only"],
)
def test_a_complete_list_that_does_not_name_the_certificate_says_good(crl, holder):
    judged = judge(lists=(crl,), of=holder)
    assert (judged.status, judged.source) == (GOOD, "crl"), judged.detail


def test_a_list_that_names_the_certificate_says_revoked():
    judged = judge(lists=(revocation_list(ISSUING, HOLDER, reason=x509.ReasonFlags.superseded),))
    assert (judged.status, judged.source, judged.revoked_at) == (REVOKED, "crl", NOW - DAY)
    assert judged.reason == "superseded"


@pytest.mark.parametrize(
    ("crl", "says"),
    [
        (revocation_list(ROOT), "another issuer"),
        (revocation_list(ISSUING, signer=IMPOSTOR), "not signed by"),
        (revocation_list(number=None), "no number"),
        (revocation_list(this_update=NOW - 3 * HOUR, next_update=NOW - 2 * HOUR), "too old"),
        (revocation_list(this_update=NOW + HOUR, next_update=NOW + 2 * HOUR), "future"),
        (revocation_list(more=((x509.DeltaCRLIndicator(6), True),)), "delta"),
        (revocation_list(more=((scope(indirect_crl=True), True),)), "indirect"),
        (revocation_list(more=((scope(only_contains_attribute_certs=True), True),)), "attribute"),
        (
            revocation_list(more=((scope(only_some_reasons=frozenset({x509.ReasonFlags.key_compromise})), True),)),
            "some reasons",
        ),
        (revocation_list(more=((scope(only_contains_ca_certs=True), True),)), "of this kind"),
        (revocation_list(more=((scope(full_name=[x509.UniformResourceIdentifier(OF_CA)]), True),)), "distribution"),
        (revocation_list(more=((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b""), True),)), "critical"),
        (
            revocation_list(
                ISSUING,
                HOLDER,
                entry_more=((x509.CertificateIssuer([x509.DirectoryName(ROOT.full_name)]), True),),
            ),
            "critical",
        ),
        (b"rubbish", "no CRL"),
        (revocation_list() + b"\0", "CRL|DER"),
    ],
)
def test_a_list_that_does_not_prove_itself_is_no_answer(crl, says):
    judged = judge(lists=(crl,))
    assert judged.status is UNKNOWN
    assert any(part in judged.detail for part in says.split("|")), judged.detail


def test_an_authority_that_may_not_sign_lists_gives_no_answer():
    no_lists = ISSUING.but(usage=frozenset({"key_cert_sign"}))
    holder = HOLDER.but(parent=no_lists)
    assert "not for signing lists" in judge(lists=(revocation_list(no_lists),), of=holder).detail


# --- time and several answers ---------------------------------------------------------------------------------------


def test_what_was_revoked_later_was_good_before():
    crl = revocation_list(ISSUING, HOLDER, revoked_at=NOW - DAY)
    before = judge(lists=(crl,), at=NOW - 2 * DAY, known_at=NOW)
    assert (before.status, before.revoked_at) == (GOOD, NOW - DAY)
    assert judge(lists=(crl,), at=NOW - DAY, known_at=NOW).status is REVOKED


def test_an_answer_from_after_the_moment_counts_only_when_it_was_known():
    answer = ocsp_response()
    assert status(answer, at=NOW - 2 * DAY) is UNKNOWN
    assert status(answer, at=NOW - 2 * DAY, known_at=NOW) is GOOD


def test_an_answer_from_after_the_certificates_end_does_not_say_good():
    ended = HOLDER.but(not_after=NOW - DAY)
    assert status(ocsp_response(ended), of=ended, at=NOW - 2 * DAY, known_at=NOW) is UNKNOWN
    revoked = ocsp_response(ended, status=IS_REVOKED, revoked_at=NOW - 3 * DAY)
    assert status(revoked, of=ended, at=NOW - 2 * DAY, known_at=NOW) is REVOKED


def test_the_day_a_key_was_lost_counts_and_not_the_day_it_was_told():
    since = ((x509.InvalidityDate((NOW - 5 * DAY).replace(tzinfo=None)), False),)
    crl = revocation_list(ISSUING, HOLDER, reason=x509.ReasonFlags.key_compromise, entry_more=since)
    assert judge(lists=(crl,), at=NOW - 3 * DAY, known_at=NOW).status is REVOKED


def test_a_revocation_outweighs_a_good_answer_of_the_other_source():
    assert status(ocsp_response(), lists=(revocation_list(ISSUING, HOLDER),)) is REVOKED


def test_a_revocation_is_not_forgotten_when_its_answer_grows_old():
    old = ocsp_response(
        status=IS_REVOKED, this_update=NOW - 9 * DAY, next_update=NOW - 8 * DAY, revoked_at=NOW - 10 * DAY
    )
    assert status(old) is REVOKED
    assert status(old, ocsp_response()) is REVOKED, "only a hold can be lifted"


def test_a_hold_is_lifted_by_a_newer_good_answer_only():
    held = ocsp_response(status=IS_REVOKED, reason=HOLD, this_update=NOW - 2 * HOUR)
    assert status(held) is REVOKED
    assert status(held, ocsp_response(this_update=NOW - HOUR)) is GOOD
    assert status(held, ocsp_response(this_update=NOW - 3 * HOUR)) is REVOKED


def test_a_good_list_helps_where_the_responder_is_silent():
    stale = ocsp_response(this_update=NOW - 3 * DAY, next_update=NOW - 2 * DAY)
    judged = judge(stale, lists=(revocation_list(),))
    assert (judged.status, judged.source) == (GOOD, "crl")


# --- laws -----------------------------------------------------------------------------------------------------------


@cache
def _good_answers() -> dict[str, bytes]:
    return {
        "ocsp by the issuer": ocsp_response(this_update=NOW),
        "ocsp by its responder": ocsp_response(signer=RESPONDER, nonce=b"nonce"),
        "ocsp with rsa": ocsp_response(RSA_HOLDER),
        "crl": revocation_list(ISSUING, OTHER_HOLDER),
        "crl with rsa": revocation_list(RSA_ISSUING),
    }


def _judged(kind: str, answer: bytes) -> RevocationStatus:
    holder = RSA_HOLDER if "rsa" in kind else HOLDER
    return status(lists=(answer,), of=holder) if "crl" in kind else status(answer, of=holder)


@pytest.mark.filterwarnings("ignore")  # cryptography warns of odd bytes; in the product that stops nothing
@pytest.mark.parametrize("kind", sorted(_good_answers()))
def test_no_answer_with_one_byte_changed_says_good(kind):
    """Every byte, in one changed bit and in all bits."""
    answer = _good_answers()[kind]
    assert _judged(kind, answer) is GOOD
    for position in range(len(answer)):
        for flip in (0x01, 0x80, 0xFF):
            changed = bytearray(answer)
            changed[position] ^= flip
            assert _judged(kind, bytes(changed)) is not GOOD, f"byte {position} ^ {flip:#x}"


@pytest.mark.filterwarnings("ignore")
@given(data=st.data())
def test_no_mutilated_answer_says_good(data):
    kind = data.draw(st.sampled_from(sorted(_good_answers())))
    answer = _good_answers()[kind]
    start = data.draw(st.integers(0, len(answer)))
    end = data.draw(st.integers(start, min(len(answer), start + 40)))
    other = data.draw(st.binary(max_size=40))
    changed = answer[:start] + other + answer[end:]
    assert changed == answer or _judged(kind, changed) is not GOOD


@given(at=st.integers(-20, 20), revoked=st.integers(-20, 20), reported=st.integers(-20, 20), span=st.integers(0, 10))
def test_good_is_never_said_of_a_moment_after_the_revocation(at, revoked, reported, span):
    moment = NOW + at * HOUR
    answer = ocsp_response(
        status=IS_REVOKED,
        revoked_at=NOW + revoked * HOUR,
        this_update=NOW + reported * HOUR,
        next_update=NOW + (reported + span) * HOUR,
    )
    judged = status(answer, at=moment, known_at=NOW + 20 * HOUR, grace=timedelta(0))
    assert (judged is REVOKED) == (revoked <= at)
