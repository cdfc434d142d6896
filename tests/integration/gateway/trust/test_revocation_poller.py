"""The inquirer over a path of three: authorities at hand without a network, the store a real one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from cryptography.x509 import ocsp

from contracts.codes import Code
from contracts.party import Agreement, Registry, UnknownRevocation
from gateway.domain.registry.revocation import PollingRhythm, RevocationCheck
from gateway.ports.parties import ApplyRegistry, ListRevocations, RecordCheck
from gateway.store.database import SqlStore, open_store
from gateway.workers.directory import LiveDirectory
from gateway.workers.revocation_poller import RevocationPoller, TrustFolder
from signing.errors import KeyUnusable
from signing.keys.keypair import Certificate
from signing.trust.answer import AnswerSource, Inquiry, RevocationAnswer, RevocationStatus, WhyUnknown
from signing.trust.revocation import RevocationJudgement
from tests.worlds.builders import AKIMAT, party
from tests.worlds.clocks import SteppedClock
from tests.worlds.signing.hierarchy import (
    DAY,
    HOLDER,
    HOUR,
    ISSUING,
    NOW,
    OTHER_HOLDER,
    ROOT,
    CertificateNode,
    ocsp_response,
    of_other_policies,
    revocation_list,
)
from tests.worlds.sqlite import migrated

REVOKED = ocsp.OCSPCertStatus.REVOKED


@dataclass
class FakeAuthorities:
    """Authorities that answer from a drawer; what lies in none is silence. Remembers whom it was asked about."""

    drawer: dict[Certificate, RevocationAnswer] = field(default_factory=dict)
    calls: list[Certificate] = field(default_factory=list)

    def put(self, node: CertificateNode, source: AnswerSource, der: bytes) -> None:
        self.drawer[node.certificate] = RevocationAnswer(source, "http://ca.kz", der)

    async def query(self, certificate: Certificate, issuer: Certificate) -> Inquiry:
        assert certificate.issuer == issuer.subject
        self.calls.append(certificate)
        reported = self.drawer.get(certificate)
        return Inquiry(reported, () if reported else ("nobody answers",))


@dataclass
class Trust:
    """The trust folder: what lies in it, or why it cannot be read."""

    trust_folder: TrustFolder
    trouble: Exception | None = None

    def read(self) -> TrustFolder:
        if self.trouble is not None:
            raise self.trouble
        return self.trust_folder


@dataclass
class PollerOffice:
    """An inquirer at work, and what it leads to."""

    clock: SteppedClock
    store: SqlStore
    desk: FakeAuthorities
    directory: LiveDirectory
    revocation_poller: RevocationPoller
    trust: Trust

    async def take(self, *nodes: CertificateNode, policy: UnknownRevocation = UnknownRevocation.WAIT) -> None:
        """Register these certificates instead."""
        akimat = replace(party(AKIMAT), certificates=tuple(node.certificate.der for node in nodes))
        agreement = Agreement(AKIMAT, on_unknown_revocation=policy)
        await self.store.run(ApplyRegistry(Registry(0, (akimat,), (agreement,), ()), by="test", at=self.clock.now()))
        await self.directory.reload()

    async def why(self, node: CertificateNode) -> WhyUnknown | None:
        known = {one.latest.certificate_sha256: one for one in await self.store.run(ListRevocations())}
        return known[node.certificate.sha256].why_unknown

    def barred(self, node: CertificateNode) -> Code | None:
        return self.directory().barred.get(node.certificate.sha256)


@pytest.fixture
async def office(tmp_path):
    clock, desk = SteppedClock(NOW), FakeAuthorities()
    store = await open_store(migrated(tmp_path))
    ders = (HOLDER.certificate.der, OTHER_HOLDER.certificate.der)
    akimat = replace(party(AKIMAT), certificates=ders)
    await store.run(ApplyRegistry(Registry(0, (akimat,), (Agreement(AKIMAT),), ()), by="test", at=NOW))
    directory = await LiveDirectory.open(store, clock)
    trust = Trust(TrustFolder((ROOT.certificate,), (ISSUING.certificate,)))
    revocation_poller = RevocationPoller(
        SimpleNamespace(clock=clock, store=store, directory=directory),
        desk,
        own=lambda: (),
        trust_folder=trust.read,
        rhythm=PollingRhythm(HOUR, timedelta(minutes=1)),
        learn=directory.learn,
    )
    desk.put(HOLDER, AnswerSource.OCSP, ocsp_response(HOLDER))
    desk.put(OTHER_HOLDER, AnswerSource.OCSP, ocsp_response(OTHER_HOLDER))
    desk.put(ISSUING, AnswerSource.CRL, revocation_list(ROOT))
    yield PollerOffice(clock, store, desk, directory, revocation_poller, trust)
    await store.close()


async def test_issuing_authorities_are_asked_about_once_and_before_their_holders(office: PollerOffice):
    await office.revocation_poller.run_once()
    assert office.desk.calls[0] == ISSUING.certificate
    assert set(office.desk.calls[1:]) == {HOLDER.certificate, OTHER_HOLDER.certificate}
    assert len(office.desk.calls) == 3
    assert office.directory().barred == {}


async def test_whom_a_revoked_authority_certified_is_barred_with_it(office: PollerOffice):
    office.desk.put(ISSUING, AnswerSource.CRL, revocation_list(ROOT, ISSUING))
    await office.revocation_poller.run_once()
    assert [office.barred(node) for node in (HOLDER, OTHER_HOLDER)] == [Code.CERTIFICATE_REVOKED] * 2


async def test_one_revoked_certificate_bars_no_other(office: PollerOffice):
    office.desk.put(HOLDER, AnswerSource.OCSP, ocsp_response(HOLDER, status=REVOKED))
    await office.revocation_poller.run_once()
    assert [office.barred(node) for node in (HOLDER, OTHER_HOLDER)] == [Code.CERTIFICATE_REVOKED, None]


async def test_nobody_is_asked_before_it_is_due(office: PollerOffice):
    await office.revocation_poller.run_once()
    office.clock.advance(minutes=50)
    await office.revocation_poller.run_once()
    assert len(office.desk.calls) == 3
    office.clock.advance(minutes=10)
    await office.revocation_poller.run_once()
    assert len(office.desk.calls) == 6


async def test_a_trust_folder_that_cannot_be_read_makes_nothing_good_and_stops_nothing_at_once(office: PollerOffice):
    await office.revocation_poller.run_once()
    office.trust.trouble = KeyUnusable("trust/broken.pem: not a PEM certificate")
    office.clock.advance(hours=2)
    await office.revocation_poller.run_once()
    assert office.barred(HOLDER) is None

    office.clock.advance(hours=25)
    await office.revocation_poller.run_once()
    assert office.barred(HOLDER) is Code.CERTIFICATE_UNCHECKED


# --- without a valid path nothing is good ---------------------------------------------------------------------------


def _forbidden() -> CertificateNode:
    """A holder under an authority that the path length of its root forbids."""
    root = ROOT.but(path_length=0)
    return HOLDER.but(parent=ISSUING.but(parent=root))


async def test_under_an_anchor_with_other_policies_a_holder_is_asked_about_and_barred(office: PollerOffice):
    root, issuing, holder = of_other_policies()
    office.trust.trust_folder = TrustFolder((root.certificate,), (issuing.certificate,))
    office.desk.put(issuing, AnswerSource.CRL, revocation_list(root))
    office.desk.put(holder, AnswerSource.OCSP, ocsp_response(holder, status=REVOKED))
    await office.take(holder)
    await office.revocation_poller.run_once()
    assert office.barred(holder) is Code.CERTIFICATE_REVOKED


async def test_a_certificate_whose_path_is_invalid_is_refused_though_its_authority_says_good(office: PollerOffice):
    holder = _forbidden()
    issuing, root = holder.parent, holder.parent.parent
    office.trust.trust_folder = TrustFolder((root.certificate,), (issuing.certificate,))
    office.desk.put(holder, AnswerSource.OCSP, ocsp_response(holder))
    for policy in UnknownRevocation:
        await office.take(holder, policy=policy)
        office.clock.advance(hours=1)
        await office.revocation_poller.run_once()
        assert office.barred(holder) is Code.CERTIFICATE_UNCHECKED
    assert await office.why(holder) is WhyUnknown.PATH_INVALID
    (known,) = [
        one
        for one in await office.store.run(ListRevocations())
        if one.latest.certificate_sha256 == holder.certificate.sha256
    ]
    assert "no valid path" in known.latest.judgement.detail
    assert known.last_good_at is None


async def test_whoever_signed_a_certificate_is_believed_that_it_is_revoked_without_a_path(office: PollerOffice):
    holder = _forbidden()
    office.trust.trust_folder = TrustFolder((holder.parent.parent.certificate,), (holder.parent.certificate,))
    office.desk.put(holder, AnswerSource.OCSP, ocsp_response(holder, status=REVOKED))
    await office.take(holder)
    await office.revocation_poller.run_once()
    assert office.barred(holder) is Code.CERTIFICATE_REVOKED


async def test_where_no_path_leads_to_an_anchor_patience_ends(office: PollerOffice):
    office.trust.trust_folder = TrustFolder((), ())
    await office.revocation_poller.run_once()
    assert await office.why(HOLDER) is WhyUnknown.NO_PATH
    assert office.barred(HOLDER) is None, "patience is a day"

    office.clock.advance(hours=25)
    await office.revocation_poller.run_once()
    assert office.barred(HOLDER) is Code.CERTIFICATE_UNCHECKED


async def test_whoever_mends_the_trust_folder_does_not_wait_for_the_next_look(office: PollerOffice):
    held, office.trust.trust_folder = office.trust.trust_folder, TrustFolder((), ())
    await office.revocation_poller.run_once()
    office.clock.advance(minutes=1)
    await office.revocation_poller.run_once()
    assert office.desk.calls == []

    office.trust.trust_folder = held
    office.clock.advance(minutes=1)
    await office.revocation_poller.run_once()
    assert await office.why(HOLDER) is None
    assert HOLDER.certificate in office.desk.calls


async def test_a_successor_is_asked_about_before_it_begins(office: PollerOffice):
    successor = HOLDER.but(not_before=NOW + DAY, serial=4711)
    office.desk.put(successor, AnswerSource.OCSP, ocsp_response(successor))
    await office.take(HOLDER, successor)
    await office.revocation_poller.run_once()
    known = {one.latest.certificate_sha256: one for one in await office.store.run(ListRevocations())}
    assert known[successor.certificate.sha256].latest.judgement.status is RevocationStatus.GOOD


async def test_what_a_former_release_did_not_tell_apart_is_looked_at_at_once(office: PollerOffice):
    judged = RevocationJudgement(RevocationStatus.UNKNOWN, detail="whom to ask? the path is invalid")
    await office.store.run(RecordCheck(RevocationCheck(HOLDER.certificate.sha256, NOW, judged, unanswered=0)))
    await office.revocation_poller.run_once()
    assert HOLDER.certificate in office.desk.calls
