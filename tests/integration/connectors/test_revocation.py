"""Asking authorities over real HTTP: who answers, who is silent, who lies; and what openssl says of the answers."""

from __future__ import annotations

import asyncio
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from connectors.authorities.revocation import HttpRevocationAuthorities, Places, places_named_by
from connectors.sandbox.authorities.behaviour import AuthorityService, Misconduct
from connectors.sandbox.authorities.ca import AuthorityServices
from signing.trust.answer import AnswerSource
from signing.trust.revocation import RevocationStatus, RevocationValues, judge_revocation
from tests.worlds.clocks import SteppedClock
from tests.worlds.parties.authority_services import Services, running_services

REASON = x509.ReasonFlags.key_compromise


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
async def services(tmp_path, clock):
    async with running_services(tmp_path / "authorities", clock.now) as running:
        yield running


@pytest.fixture
async def ask(services: Services, clock):
    async with aiohttp.ClientSession(auto_decompress=False) as session:

        def asking(places: Places | None = None, *, must_repeat: bool = False) -> HttpRevocationAuthorities:
            return HttpRevocationAuthorities(
                session,
                places or Places(),
                within=timedelta(seconds=1),
                clock=clock,
                nonce=lambda: b"n" * 16,
                nonce_must_repeat=must_repeat,
            )

        async def one(certificate, authorities=None):
            return await (authorities or asking()).query(certificate, services.anchor)

        one.with_ = asking
        yield one


def judged(services: Services, key, inquiry, clock):
    reported = inquiry.answer
    if reported is None:
        return RevocationStatus.UNKNOWN
    values = (
        RevocationValues((reported.der,))
        if reported.source is AnswerSource.OCSP
        else RevocationValues(crls=(reported.der,))
    )
    return judge_revocation(key.certificate, services.anchor, values, at=clock.now()).status


async def test_the_responder_that_the_certificate_names_is_asked(services, ask, clock):
    key = services.issue("Әкімдік")
    reported = await ask(key.certificate)
    assert (reported.answer.source, reported.answer.url) == (AnswerSource.OCSP, services.at.ocsp)
    assert judged(services, key, reported, clock) is RevocationStatus.GOOD


async def test_a_revoked_certificate_is_told_by_both(services, ask, clock):
    key = services.issue("Әкімдік")
    services.revoke(key)
    assert judged(services, key, await ask(key.certificate), clock) is RevocationStatus.REVOKED
    by_list = ask.with_(Places(crl=(services.at.crl,)))
    services.bend(Misconduct.BROKEN, AuthorityService.OCSP)
    inquiry = await ask(key.certificate, by_list)
    assert inquiry.answer.source is AnswerSource.CRL
    assert judged(services, key, inquiry, clock) is RevocationStatus.REVOKED


@pytest.mark.parametrize(
    "kind",
    [
        Misconduct.SILENT,
        Misconduct.RESETS,
        Misconduct.BROKEN,
        Misconduct.RUBBISH,
        Misconduct.HTML,
        Misconduct.ENDLESS,
        Misconduct.REFUSES,
        Misconduct.WRONG_NONCE,
        Misconduct.STRANGER,
        Misconduct.STALE,
        Misconduct.WRONG_CERTIFICATE,
    ],
)
async def test_whatever_a_responder_does_the_list_helps_and_without_it_nothing_is_known(services, ask, clock, kind):
    key = services.issue("Әкімдік")
    services.bend(kind, AuthorityService.OCSP)
    inquiry = await ask(key.certificate)
    assert inquiry.answer.source is AnswerSource.CRL
    assert inquiry.troubles[0].startswith(services.at.ocsp)

    services.bend(Misconduct.STALE, AuthorityService.CRL)
    alone = await ask(key.certificate, ask.with_())
    assert alone.answer is None
    assert [trouble.split(": ")[0] for trouble in alone.troubles] == [services.at.ocsp, services.at.crl]


@pytest.mark.parametrize("kind", [Misconduct.SILENT, Misconduct.RUBBISH, Misconduct.STRANGER, Misconduct.ENDLESS])
async def test_a_list_that_is_none_says_nothing(services, ask, kind):
    key = services.issue("Әкімдік", services=AuthorityServices(crl=services.at.crl))
    services.bend(kind, AuthorityService.CRL)
    assert (await ask(key.certificate)).answer is None


async def test_settings_overrule_whom_the_certificate_names(services, ask):
    key = services.issue("Әкімдік", services=AuthorityServices(ocsp="http://127.0.0.1:9/ocsp"))
    assert (await ask(key.certificate)).answer is None
    assert (await ask(key.certificate, ask.with_(Places(ocsp=(services.at.ocsp,))))).answer is not None


async def test_the_next_responder_is_asked_when_the_first_is_away(services, ask):
    key = services.issue("Әкімдік")
    places = Places(ocsp=("http://127.0.0.1:9/ocsp", services.at.ocsp))
    inquiry = await ask(key.certificate, ask.with_(places))
    assert (inquiry.answer.url, len(inquiry.troubles)) == (services.at.ocsp, 1)


async def test_nobody_to_ask_is_told_as_such(services, ask):
    key = services.issue("Әкімдік", services=AuthorityServices(issuer="http://x.kz/ca.cer"))
    inquiry = await ask(key.certificate)
    assert inquiry.answer is None
    assert "names nobody to ask" in inquiry.troubles[0]


def test_addresses_that_are_no_http_are_left_alone(services):
    named = AuthorityServices(ocsp="file:///etc/passwd", crl="ldap://directory.kz/ca")
    assert places_named_by(services.issue("Әкімдік", services=named).certificate) == Places()


async def test_one_list_serves_many_certificates_until_it_is_old(services, ask, clock):
    first, second = (
        services.issue(name, services=AuthorityServices(crl=services.at.crl)) for name in ("Әкімдік", "Сот")
    )
    authorities = ask.with_()
    reported = (await ask(first.certificate, authorities)).answer
    services.bend(Misconduct.BROKEN, AuthorityService.CRL)
    assert (await ask(second.certificate, authorities)).answer == reported
    clock.advance(minutes=11)
    assert (await ask(second.certificate, authorities)).answer is None


async def test_openssl_agrees_with_the_responder_and_the_list(services, tmp_path: Path):
    """``openssl ocsp`` asks the sandbox itself; ``openssl verify`` reads its list. At the machine's own time."""
    async with running_services(tmp_path / "now", lambda: datetime.now(UTC)) as real:
        good, revoked = real.issue("Әкімдік"), real.issue("Сот")
        real.revoke(revoked)
        ca = _written(tmp_path / "ca.pem", real.anchor.to_pem())
        for key, says in ((good, ": good"), (revoked, ": revoked")):
            leaf = _written(tmp_path / "leaf.pem", key.certificate.to_pem())
            words = ("ocsp", "-issuer", ca, "-cert", leaf, "-CAfile", ca, "-url", real.at.ocsp)
            answer = await _openssl(*words)
            assert f"{leaf}{says}" in answer.stdout, answer
            assert "Response verify OK" in answer.stderr, answer
        async with aiohttp.ClientSession() as session, session.get(real.at.crl) as response:
            crl = x509.load_der_x509_crl(await response.read())
        pem = _written(tmp_path / "ca.crl", crl.public_bytes(Encoding.PEM))
        assert "verify OK" in (await _openssl("crl", "-in", pem, "-CAfile", ca, "-noout")).stderr
        checked = await _openssl("verify", "-crl_check", "-CAfile", ca, "-CRLfile", pem, leaf)
        assert "certificate revoked" in checked.stderr


def _written(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)


async def _openssl(*words: str) -> subprocess.CompletedProcess[str]:
    run = lambda: subprocess.run(["openssl", *words], capture_output=True, text=True, check=False, timeout=30)  # noqa: E731
    return await asyncio.to_thread(run)
