"""Dossiers, time stamps, containers of others and citizens' signatures: one function judges the paths of all.

So the same anchor, with policies that nobody below it names, is believed by each; and the same one with a limit that is
broken is believed by none.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography import x509

from connectors.sandbox.authorities.ca import Usage
from connectors.sandbox.authorities.tsa import TimeStampAuthority
from dossier.check.report import Indication, SubIndication
from signing.localservice import LocalSignatures
from signing.service import Opinion, SignatureAnswer
from signing.timestamps.token import read_token
from signing.trust.path import CertificateStanding
from signing.trust.proof import TrustInputs, judge_stamps
from signing.trust.revocation import NO_VALUES, RevocationValues
from tests.foreign import pki, samples
from tests.unit.dossier.foreign.judging import judged
from tests.worlds.anchors import ABROAD, OF_ITS_OWN, anchor_with
from tests.worlds.dossier_files import NOW, dossier, inspected
from tests.worlds.dossiers import authority
from tests.worlds.signing import forge

Judge = Callable[[x509.ExtensionType], str]
BROKEN = CertificateStanding.PATH_INVALID.value


def of_a_dossier(limit: x509.ExtensionType) -> str:
    ca = authority().key
    report = inspected(dossier(), (anchor_with(ca.certificate, ca.private_key, limit),))
    return _reported(report.indication, report.sub_indication)


def of_a_foreign_container(limit: x509.ExtensionType) -> str:
    ca = pki.ca()
    report = judged(samples.container(samples.plan()), anchors=(anchor_with(ca.ours, ca.key, limit),))
    return _reported(report.indication, report.sub_indication)


def _reported(indication: Indication, sub: SubIndication | None) -> str:
    if indication is Indication.TOTAL_PASSED:
        return CertificateStanding.TRUSTED.value
    return BROKEN if sub is SubIndication.CHAIN_CONSTRAINTS_FAILURE else str(sub)


def of_a_time_stamp(limit: x509.ExtensionType) -> str:
    ca = authority().key
    key = authority().issue("tsa", bin="0" * 12, usage=Usage.TIME_STAMPS, now=NOW, key_kind="P-256")
    der = TimeStampAuthority(key, serial=lambda: 1).token(hashlib.sha256(b"").digest(), now=NOW, nonce=1)
    trust_inputs = TrustInputs((anchor_with(ca.certificate, ca.private_key, limit),), (), NO_VALUES, NOW)
    return judge_stamps([read_token(der)], trust_inputs)[0].path.standing.value


def of_a_citizen(limit: x509.ExtensionType) -> str:
    ca = forge.authority()
    key = ca.issue("citizen", bin="210640004156", usage=Usage.SEAL, now=forge.NOW, key_kind="P-256")
    crl = ca.revocation_list([], now=forge.NOW, next_update=forge.NOW + timedelta(hours=1))
    service = LocalSignatures(
        lambda: key,
        anchors=lambda: [anchor_with(ca.key.certificate, ca.key.private_key, limit)],
        now=lambda: forge.NOW,
        body_id=lambda: "id-1",
        values=lambda _: RevocationValues(crls=(crl,)),
    )

    async def ask() -> Opinion:
        return await service.judge_data(b"text", await service.sign_data(b"text"))

    verdict = asyncio.run(ask()).verdict
    return {SignatureAnswer.HOLDS: CertificateStanding.TRUSTED.value, SignatureAnswer.FAILS: BROKEN}.get(
        verdict, verdict.value
    )


JUDGES = [of_a_dossier, of_a_foreign_container, of_a_time_stamp, of_a_citizen]


@pytest.mark.parametrize("judge", JUDGES)
def test_policies_of_an_anchor_make_no_true_path_invalid(judge: Judge):
    assert judge(OF_ITS_OWN) == CertificateStanding.TRUSTED.value


@pytest.mark.parametrize("judge", JUDGES)
def test_names_that_an_anchor_may_not_vouch_for_make_a_path_invalid(judge: Judge):
    assert judge(ABROAD) == BROKEN
