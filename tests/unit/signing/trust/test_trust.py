"""Paths from a holder over an issuing authority to the root, and everything that breaks them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from signing.keys.keypair import Certificate
from signing.trust.path import (
    MOST_INTERMEDIATES,
    CertificateStanding,
    PathJudgement,
    Purpose,
    judge_path,
    load_intermediates,
)
from signing.trust.revocation import NO_VALUES, RevocationStatus, RevocationValues
from tests.worlds.signing.hierarchy import (
    DAY,
    HOLDER,
    HOUR,
    ISSUING,
    NOW,
    RESPONDER,
    ROOT,
    RSA_HOLDER,
    RSA_ISSUING,
    RSA_ROOT,
    CertificateNode,
    authority,
    ocsp_response,
    of_other_policies,
    policies,
    revocation_list,
)

STAMPING = CertificateNode("TSA", ISSUING, extended=(ExtendedKeyUsageOID.TIME_STAMPING,), extended_critical=True)
DIRECTORY_OF_KZ = x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ")]))
DIRECTORY_OF_XX = x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "XX")]))
LEGAL_ENTITY = x509.ObjectIdentifier("1.2.398.3.3.4.1.2")


def judge(
    leaf: CertificateNode = HOLDER, *between: CertificateNode, anchors=(ROOT,), at=NOW, purpose=Purpose.SEALS, **more
) -> PathJudgement:
    given = between or ((leaf.parent,) if leaf.parent and leaf.parent.parent else ())
    return judge_path(
        leaf.certificate,
        [anchor.certificate for anchor in anchors],
        at=at,
        purpose=purpose,
        intermediates=[node.certificate for node in given],
        **more,
    )


def under(issuing: CertificateNode, **changes) -> CertificateNode:
    return HOLDER.but(parent=issuing, **changes)


# --- paths ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("leaf", "issuing", "root"), [(HOLDER, ISSUING, ROOT), (RSA_HOLDER, RSA_ISSUING, RSA_ROOT)], ids=["EC", "RSA"]
)
def test_a_path_over_an_issuing_authority_is_found(leaf, issuing, root):
    judged = judge(leaf, anchors=(root,))
    assert judged.standing is CertificateStanding.TRUSTED, judged.detail
    assert judged.path == (leaf.certificate, issuing.certificate, root.certificate)
    assert [one.status for one in judged.revocation] == [RevocationStatus.UNKNOWN] * 2


def test_a_mixed_path_of_rsa_and_p384_is_found():
    issuing = authority("P-384 issuing", RSA_ROOT, kind="P-384")
    assert judge(under(issuing), anchors=(RSA_ROOT,)).standing is CertificateStanding.TRUSTED


def test_an_issuing_authority_may_itself_be_the_anchor():
    assert judge(anchors=(ISSUING,)).path == (HOLDER.certificate, ISSUING.certificate)


def test_a_path_is_judged_within_a_running_event_loop_too():
    async def within() -> PathJudgement:
        return judge()

    assert asyncio.run(within()).standing is CertificateStanding.TRUSTED


def test_intermediates_lie_beside_the_anchors(tmp_path):
    (tmp_path / "intermediates").mkdir()
    (tmp_path / "intermediates" / "issuing.pem").write_bytes(ISSUING.certificate.to_pem())
    assert load_intermediates(tmp_path) == (ISSUING.certificate,)
    assert load_intermediates(tmp_path / "absent") == ()


def test_a_cross_signed_authority_has_another_path():
    old_root = authority("an old root", not_after=NOW - DAY)
    crossed = ISSUING.but(parent=old_root)
    judged = judge(HOLDER, crossed, ISSUING, anchors=(old_root, ROOT))
    assert judged.standing is CertificateStanding.TRUSTED, judged.detail
    assert judged.path[-1] == ROOT.certificate


@pytest.mark.parametrize(
    ("judged", "standing"),
    [
        (lambda: judge(anchors=()), CertificateStanding.NO_ANCHOR_GIVEN),
        (lambda: judge(anchors=(RSA_ROOT,)), CertificateStanding.ISSUER_UNKNOWN),
        (lambda: judge(HOLDER, RSA_ISSUING), CertificateStanding.ISSUER_UNKNOWN),
        (lambda: judge(anchors=(HOLDER,)), CertificateStanding.ISSUER_UNKNOWN),
        (
            lambda: judge(anchors=(ROOT.but(key_name="another key of the same name"),)),
            CertificateStanding.ISSUER_UNKNOWN,
        ),
        (lambda: judge(HOLDER, ISSUING.but(key_name="another key")), CertificateStanding.ISSUER_UNKNOWN),
        (lambda: judge(at=NOW - 40 * DAY), CertificateStanding.OUT_OF_VALIDITY),
        (lambda: judge(at=NOW + 400 * DAY), CertificateStanding.OUT_OF_VALIDITY),
        (lambda: judge(under(ISSUING.but(not_after=NOW - DAY))), CertificateStanding.OUT_OF_VALIDITY),
        (lambda: _with_root(ROOT.but(not_after=NOW - DAY)), CertificateStanding.OUT_OF_VALIDITY),
        (lambda: judge(under(ISSUING.but(is_ca=False, path_length=None))), CertificateStanding.PATH_INVALID),
        (lambda: judge(under(ISSUING.but(usage=frozenset({"crl_sign"})))), CertificateStanding.PATH_INVALID),
        (lambda: _two_between(path_length=0), CertificateStanding.PATH_INVALID),
        (lambda: _with_root(ROOT.but(path_length=0)), CertificateStanding.PATH_INVALID),
        (lambda: judge(under(ISSUING, more=((_unheard_of(), True),))), CertificateStanding.PATH_INVALID),
        (lambda: judge(under(_constrained(permitted=[DIRECTORY_OF_XX]))), CertificateStanding.PATH_INVALID),
        (lambda: judge(under(_constrained(excluded=[DIRECTORY_OF_KZ]))), CertificateStanding.PATH_INVALID),
        (lambda: judge(under(authority("weak", ROOT, kind="RSA-1024"))), CertificateStanding.WEAK_ALGORITHM),
        (lambda: judge(under(authority("odd curve", ROOT, kind="secp256k1"))), CertificateStanding.WEAK_ALGORITHM),
        (lambda: judge(under(ISSUING, kind="RSA-1024")), CertificateStanding.WEAK_ALGORITHM),
        (lambda: judge(under(ISSUING, kind="secp256k1")), CertificateStanding.WEAK_ALGORITHM),
    ],
)
def test_a_broken_path_is_named_by_what_breaks_it(judged, standing):
    found = judged()
    assert found.standing is standing, found.detail
    assert found.detail


def test_constraints_that_are_kept_break_nothing():
    assert judge(under(_constrained(permitted=[DIRECTORY_OF_KZ]))).standing is CertificateStanding.TRUSTED
    assert _two_between(path_length=1).standing is CertificateStanding.TRUSTED
    assert judge(under(ISSUING, more=((_unheard_of(), False),))).standing is CertificateStanding.TRUSTED


# --- policies (RFC 5280 §6.1.1) --------------------------------------------------------------------------------------

EXPLICIT = (x509.PolicyConstraints(require_explicit_policy=0, inhibit_policy_mapping=None), True)


def test_an_anchor_imposes_no_policies_on_those_below_it():
    root, issuing, leaf = of_other_policies()
    judged = judge(leaf, anchors=(root,))
    assert judged.standing is CertificateStanding.TRUSTED, judged.detail
    assert judged.path == tuple(node.certificate for node in (leaf, issuing, root))


@pytest.mark.parametrize(
    ("of_issuing", "of_leaf"), [((), ()), (policies("1.2.3"), ()), ((), policies("1.2.4"))], ids=str
)
def test_nor_on_those_that_name_none(of_issuing, of_leaf):
    root = ROOT.but(more=(policies("1.2.398.3.1.2"),))
    issuing = ISSUING.but(parent=root, more=tuple(filter(None, (of_issuing,))))
    leaf = under(issuing, more=tuple(filter(None, (of_leaf,))))
    assert judge(leaf, anchors=(root,)).standing is CertificateStanding.TRUSTED


@pytest.mark.parametrize(
    ("of_leaf", "standing"),
    [
        ((), CertificateStanding.PATH_INVALID),
        ((policies("1.2.398.3.3.2.1"),), CertificateStanding.PATH_INVALID),
        ((policies("1.2.398.3.3.2"),), CertificateStanding.TRUSTED),
    ],
    ids=["none", "another", "the one that it has itself"],
)
def test_an_authority_on_the_path_that_demands_a_policy_is_heeded(of_leaf, standing):
    root, issuing, _ = of_other_policies()
    demanding = issuing.but(more=(policies("1.2.398.3.3.2"), EXPLICIT))
    judged = judge(under(demanding, more=of_leaf), anchors=(root,))
    assert judged.standing is standing, judged.detail


@pytest.mark.parametrize(
    "of_root",
    [{"path_length": 0}, {"more": (policies("1.2.3"), (x509.NameConstraints([DIRECTORY_OF_XX], None), True))}],
    ids=["its length", "its names"],
)
def test_other_limits_of_an_anchor_with_policies_hold(of_root):
    root, issuing, leaf = of_other_policies()
    bounded = root.but(**of_root)
    judged = judge(leaf.but(parent=issuing.but(parent=bounded)), anchors=(bounded,))
    assert judged.standing is CertificateStanding.PATH_INVALID


def test_a_signature_with_sha1_is_not_believed():
    """Read from a file: no library of ours makes one any more, so the algorithm is patched into a true one."""
    der = RSA_HOLDER.certificate.der.replace(bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105"))
    judged = judge_path(
        Certificate.from_der(der),
        [RSA_ROOT.certificate],
        at=NOW,
        purpose=Purpose.SEALS,
        intermediates=[RSA_ISSUING.certificate],
    )
    assert judged.standing in {CertificateStanding.ISSUER_UNKNOWN, CertificateStanding.WEAK_ALGORITHM}


def test_a_mesh_of_authorities_is_walked_no_further_than_allowed():
    mesh = [authority("mesh", ROOT, serial=number, key_name="mesh") for number in range(1, 40)]
    mesh += [node.but(parent=mesh[0], serial=100 + number) for number, node in enumerate(mesh)]
    assert len(mesh) > MOST_INTERMEDIATES
    assert judge(under(mesh[0]), *mesh).standing in {CertificateStanding.TRUSTED, CertificateStanding.ISSUER_UNKNOWN}


def _with_root(root: CertificateNode) -> PathJudgement:
    issuing = ISSUING.but(parent=root)
    return judge(under(issuing), anchors=(root,))


def _two_between(path_length: int) -> PathJudgement:
    upper = authority("upper", ROOT, path_length=path_length)
    lower = authority("lower", upper)
    return judge(under(lower), lower, upper)


def _constrained(permitted=None, excluded=None) -> CertificateNode:
    return ISSUING.but(more=((x509.NameConstraints(permitted, excluded), True),))


def _unheard_of() -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.398.99"), b"\x05\x00")


# --- purposes -------------------------------------------------------------------------------------------------------

SIGNS = frozenset({"digital_signature"})
SEALS = frozenset({"digital_signature", "content_commitment"})
STAMPS, ANSWERS = ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.OCSP_SIGNING


@pytest.mark.parametrize(
    ("leaf", "purposes"),
    [
        (HOLDER, {Purpose.SEALS, Purpose.MESSAGES}),
        (HOLDER.but(usage=SIGNS), {Purpose.MESSAGES}),
        (HOLDER.but(usage=SIGNS, extended=(LEGAL_ENTITY,)), {Purpose.MESSAGES}),
        (HOLDER.but(usage=frozenset({"key_encipherment"})), set()),
        (HOLDER.but(usage=frozenset()), set()),
        (HOLDER.but(is_ca=True, usage=SEALS | {"key_cert_sign"}), set()),
        (STAMPING, {Purpose.TIME_STAMPS}),
        (STAMPING.but(extended_critical=False), set()),
        (STAMPING.but(extended=(STAMPS, ExtendedKeyUsageOID.EMAIL_PROTECTION)), set()),
        (STAMPING.but(usage=frozenset({"key_encipherment"})), set()),
        (RESPONDER, {Purpose.OCSP}),
        (RESPONDER.but(usage=frozenset({"key_encipherment"})), set()),
        (HOLDER.but(extended=(ANSWERS, LEGAL_ENTITY)), {Purpose.OCSP}),
    ],
)
def test_a_certificate_serves_the_purposes_that_it_names(leaf, purposes):
    plain = leaf.but(parent=ISSUING.but(path_length=None))
    found = {purpose for purpose in Purpose if judge(plain, purpose=purpose).standing is CertificateStanding.TRUSTED}
    assert found == purposes
    for other in set(Purpose) - purposes:
        assert judge(plain, purpose=other).standing is CertificateStanding.NOT_FOR_PURPOSE


# --- revocation on the path -----------------------------------------------------------------------------------------

ISSUING_IS_GOOD = revocation_list(ROOT)
REVOKED = ocsp.OCSPCertStatus.REVOKED


def test_a_path_all_of_which_is_good_is_trusted_where_it_must_be_known():
    values = RevocationValues((ocsp_response(),), (ISSUING_IS_GOOD,))
    judged = judge(values=values, need_revocation=True)
    assert judged.standing is CertificateStanding.TRUSTED, judged.detail
    assert [(one.status, one.source) for one in judged.revocation] == [
        (RevocationStatus.GOOD, "ocsp"),
        (RevocationStatus.GOOD, "crl"),
    ]


@pytest.mark.parametrize(
    "values",
    [NO_VALUES, RevocationValues((ocsp_response(),)), RevocationValues(crls=(ISSUING_IS_GOOD,))],
    ids=["nothing", "of the holder only", "of the authority only"],
)
def test_a_gap_on_the_path_is_unknown_where_it_must_be_known(values):
    assert judge(values=values, need_revocation=True).standing is CertificateStanding.REVOCATION_UNKNOWN
    assert judge(values=values).standing is CertificateStanding.TRUSTED


@pytest.mark.parametrize(
    "values",
    [RevocationValues((ocsp_response(status=REVOKED),)), RevocationValues(crls=(revocation_list(ROOT, ISSUING),))],
    ids=["the holder", "the authority"],
)
def test_a_revocation_on_the_path_is_never_passed_over(values):
    assert judge(values=values).standing is CertificateStanding.REVOKED


def test_what_was_revoked_after_the_proven_moment_is_trusted_at_it():
    values = RevocationValues((ocsp_response(status=REVOKED, revoked_at=NOW - DAY),), (ISSUING_IS_GOOD,))
    assert (
        judge(at=NOW - 2 * DAY, known_at=NOW, values=values, need_revocation=True).standing
        is CertificateStanding.TRUSTED
    )
    assert (
        judge(at=NOW - DAY, known_at=NOW, values=values, need_revocation=True).standing is CertificateStanding.REVOKED
    )
    assert (
        judge(at=NOW - 2 * DAY, values=values, need_revocation=True).standing is CertificateStanding.REVOCATION_UNKNOWN
    )


def test_grace_reaches_the_judgement_of_revocation():
    late = ocsp_response(this_update=NOW - 4 * HOUR, next_update=NOW - 2 * HOUR)
    values = RevocationValues((late,), (ISSUING_IS_GOOD,))
    assert judge(values=values, need_revocation=True).standing is CertificateStanding.REVOCATION_UNKNOWN
    assert judge(values=values, need_revocation=True, grace=timedelta(hours=3)).standing is CertificateStanding.TRUSTED


def test_nobody_asks_about_a_responder_that_is_exempt():
    values = RevocationValues(crls=(ISSUING_IS_GOOD,))
    assert (
        judge(RESPONDER, purpose=Purpose.OCSP, values=values, need_revocation=True).standing
        is CertificateStanding.TRUSTED
    )
