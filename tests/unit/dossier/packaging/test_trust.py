"""Whom we believe: a certificate for seals, from an anchor, in force."""

from datetime import timedelta

import pytest

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from signing.keys.files import write_pair
from signing.trust.path import CertificateStanding, Purpose, judge_path, load_anchors
from tests.worlds.dossiers import PLATFORM, START, anchors, authority, message_key, seal_key

CERTIFICATE = seal_key().certificate


@pytest.mark.parametrize(
    ("certificate", "given_anchors", "at", "standing"),
    [
        (CERTIFICATE, anchors(), START, CertificateStanding.TRUSTED),
        (CERTIFICATE, (), START, CertificateStanding.NO_ANCHOR_GIVEN),
        (CERTIFICATE, (CERTIFICATE,), START, CertificateStanding.ISSUER_UNKNOWN),  # a leaf is no authority
        (CERTIFICATE, anchors(), START - timedelta(days=1), CertificateStanding.OUT_OF_VALIDITY),
        (CERTIFICATE, anchors(), START + timedelta(days=900), CertificateStanding.OUT_OF_VALIDITY),
        (message_key(PLATFORM).certificate, anchors(), START, CertificateStanding.NOT_FOR_PURPOSE),
    ],
)
def test_a_certificate_is_judged(certificate, given_anchors, at, standing):
    assert judge_path(certificate, given_anchors, at=at, purpose=Purpose.SEALS).standing is standing


def test_an_authority_of_the_same_name_with_another_key_is_not_the_issuer():
    other = SandboxAuthority.create("Dälel sandbox CA", now=START)
    assert (
        judge_path(CERTIFICATE, (other.key.certificate,), at=START, purpose=Purpose.SEALS).standing
        is CertificateStanding.ISSUER_UNKNOWN
    )


def test_a_certificate_that_a_leaf_issued_is_not_believed():
    leaf = SandboxAuthority(authority().issue("leaf", bin="1" * 12, usage=Usage.SEAL, now=START))
    forged = leaf.issue("forged", bin="1" * 12, usage=Usage.SEAL, now=START)
    held = (leaf.key.certificate, *anchors())
    assert (
        judge_path(forged.certificate, held, at=START, purpose=Purpose.SEALS).standing
        is CertificateStanding.ISSUER_UNKNOWN
    )


def test_anchors_are_read_from_a_folder(tmp_path):
    assert load_anchors(tmp_path / "absent") == ()
    write_pair(tmp_path, "ca", authority().key)
    assert load_anchors(tmp_path) == anchors()
