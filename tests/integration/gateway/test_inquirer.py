"""The inquirer over a path of three: authorities at hand without a network, the store a real one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from cryptography.x509 import ocsp

from contracts.codes import Code
from contracts.party import Agreement, Registry, UnknownRevocation
from gateway.domain.revocation import RevocationCheck, Rhythm
from gateway.store.database import SqlStore, open_store
from gateway.workers.directory import DirectoryInForce
from gateway.workers.inquirer import Belief, Inquirer
from signing.answer import Inquiry, RevocationStatus, Source, Told, WhyUnknown
from signing.errors import KeyUnusable
from signing.keys import Certificate
from signing.revocation import RevocationJudgement
from tests.builders import AKIMAT, party
from tests.clocks import SteppedClock
from tests.sqlite import migrated
from tests.unit.signing.hierarchy import (
    DAY,
    HOLDER,
    HOUR,
    ISSUING,
    NOW,
    OTHER_HOLDER,
    ROOT,
    Node,
    ocsp_response,
    of_other_policies,
    revocation_list,
)

REVOKED = ocsp.OCSPCertStatus.REVOKED


@dataclass
class Desk:
    """Authorities that answer from a drawer; what lies in none is silence. Remembers whom it was asked about."""

    drawer: dict[Certificate, Told] = field(default_factory=dict)
    asked: list[Certificate] = field(default_factory=list)

    def put(self, node: Node, source: Source, der: bytes) -> None:
        self.drawer[node.certificate] = Told(source, "http://ca.kz", der)

    async def ask(self, certificate: Certificate, issuer: Certificate) -> Inquiry:
        assert certificate.issuer == issuer.subject
        self.asked.append(certificate)
        told = self.drawer.get(certificate)
        return Inquiry(told, () if told else ("nobody answers",))


@dataclass
class Trust:
    """The trust folder: what lies in it, or why it cannot be read."""

    belief: Belief
    trouble: Exception | None = None

    def read(self) -> Belief:
        if self.trouble is not None:
            raise self.trouble
        return self.belief


@dataclass
class Office:
    """An inquirer at work, and what it leads to."""

    clock: SteppedClock
    store: SqlStore
    desk: Desk
    directory: DirectoryInForce
    inquirer: Inquirer
    trust: Trust

    async def take(self, *nodes: Node, policy: UnknownRevocation = UnknownRevocation.WAIT) -> None:
        """Register these certificates instead."""
        akimat = replace(party(AKIMAT), certificates=tuple(node.certificate.der for node in nodes))
        agreement = Agreement(AKIMAT, on_unknown_revocation=policy)
        await self.store.apply_registry(Registry(0, (akimat,), (agreement,), ()), by="test", at=self.clock.now())
        await self.directory.reload()

    async def why(self, node: Node) -> WhyUnknown | None:
        known = {one.latest.certificate_sha256: one for one in await self.store.known_revocations()}
        return known[node.certificate.sha256].why_unknown

    def barred(self, node: Node) -> Code | None:
        return self.directory().barred.get(node.certificate.sha256)


@pytest.fixture
async def office(tmp_path):
    clock, desk = SteppedClock(NOW), Desk()
    store = await open_store(migrated(tmp_path))
    ders = (HOLDER.certificate.der, OTHER_HOLDER.certificate.der)
    akimat = replace(party(AKIMAT), certificates=ders)
    await store.apply_registry(Registry(0, (akimat,), (Agreement(AKIMAT),), ()), by="test", at=NOW)
    directory = await DirectoryInForce.open(store, clock)
    trust = Trust(Belief((ROOT.certificate,), (ISSUING.certificate,)))
    inquirer = Inquirer(
        SimpleNamespace(clock=clock, store=store, directory=directory),
        desk,
        own=lambda: (),
        belief=trust.read,
        rhythm=Rhythm(HOUR, timedelta(minutes=1)),
        learn=directory.learn,
    )
    desk.put(HOLDER, Source.OCSP, ocsp_response(HOLDER))
    desk.put(OTHER_HOLDER, Source.OCSP, ocsp_response(OTHER_HOLDER))
    desk.put(ISSUING, Source.CRL, revocation_list(ROOT))
    yield Office(clock, store, desk, directory, inquirer, trust)
    await store.close()


async def test_issuing_authorities_are_asked_about_once_and_before_their_holders(office: Office):
    await office.inquirer.run_once()
    assert office.desk.asked[0] == ISSUING.certificate
    assert set(office.desk.asked[1:]) == {HOLDER.certificate, OTHER_HOLDER.certificate}
    assert len(office.desk.asked) == 3
    assert office.directory().barred == {}


async def test_whom_a_revoked_authority_certified_is_barred_with_it(office: Office):
    office.desk.put(ISSUING, Source.CRL, revocation_list(ROOT, ISSUING))
    await office.inquirer.run_once()
    assert [office.barred(node) for node in (HOLDER, OTHER_HOLDER)] == [Code.CERTIFICATE_REVOKED] * 2


async def test_one_revoked_certificate_bars_no_other(office: Office):
    office.desk.put(HOLDER, Source.OCSP, ocsp_response(HOLDER, status=REVOKED))
    await office.inquirer.run_once()
    assert [office.barred(node) for node in (HOLDER, OTHER_HOLDER)] == [Code.CERTIFICATE_REVOKED, None]


async def test_nobody_is_asked_before_it_is_due(office: Office):
    await office.inquirer.run_once()
    office.clock.advance(minutes=50)
    await office.inquirer.run_once()
    assert len(office.desk.asked) == 3
    office.clock.advance(minutes=10)
    await office.inquirer.run_once()
    assert len(office.desk.asked) == 6


async def test_a_trust_folder_that_cannot_be_read_makes_nothing_good_and_stops_nothing_at_once(office: Office):
    await office.inquirer.run_once()
    office.trust.trouble = KeyUnusable("trust/broken.pem: not a PEM certificate")
    office.clock.advance(hours=2)
    await office.inquirer.run_once()
    assert office.barred(HOLDER) is None

    office.clock.advance(hours=25)
    await office.inquirer.run_once()
    assert office.barred(HOLDER) is Code.CERTIFICATE_UNCHECKED


# --- without a valid path nothing is good ---------------------------------------------------------------------------


def _forbidden() -> Node:
    """A holder under an authority that the path length of its root forbids."""
    root = ROOT.but(path_length=0)
    return HOLDER.but(parent=ISSUING.but(parent=root))


async def test_under_an_anchor_with_other_policies_a_holder_is_asked_about_and_barred(office: Office):
    root, issuing, holder = of_other_policies()
    office.trust.belief = Belief((root.certificate,), (issuing.certificate,))
    office.desk.put(issuing, Source.CRL, revocation_list(root))
    office.desk.put(holder, Source.OCSP, ocsp_response(holder, status=REVOKED))
    await office.take(holder)
    await office.inquirer.run_once()
    assert office.barred(holder) is Code.CERTIFICATE_REVOKED


async def test_a_certificate_whose_path_is_invalid_is_refused_though_its_authority_says_good(office: Office):
    holder = _forbidden()
    issuing, root = holder.parent, holder.parent.parent
    office.trust.belief = Belief((root.certificate,), (issuing.certificate,))
    office.desk.put(holder, Source.OCSP, ocsp_response(holder))
    for policy in UnknownRevocation:
        await office.take(holder, policy=policy)
        office.clock.advance(hours=1)
        await office.inquirer.run_once()
        assert office.barred(holder) is Code.CERTIFICATE_UNCHECKED
    assert await office.why(holder) is WhyUnknown.PATH_INVALID
    (known,) = [
        one
        for one in await office.store.known_revocations()
        if one.latest.certificate_sha256 == holder.certificate.sha256
    ]
    assert "no valid path" in known.latest.judgement.detail
    assert known.last_good_at is None


async def test_whoever_signed_a_certificate_is_believed_that_it_is_revoked_without_a_path(office: Office):
    holder = _forbidden()
    office.trust.belief = Belief((holder.parent.parent.certificate,), (holder.parent.certificate,))
    office.desk.put(holder, Source.OCSP, ocsp_response(holder, status=REVOKED))
    await office.take(holder)
    await office.inquirer.run_once()
    assert office.barred(holder) is Code.CERTIFICATE_REVOKED


async def test_where_no_path_leads_to_an_anchor_patience_ends(office: Office):
    office.trust.belief = Belief((), ())
    await office.inquirer.run_once()
    assert await office.why(HOLDER) is WhyUnknown.NO_PATH
    assert office.barred(HOLDER) is None, "patience is a day"

    office.clock.advance(hours=25)
    await office.inquirer.run_once()
    assert office.barred(HOLDER) is Code.CERTIFICATE_UNCHECKED


async def test_whoever_mends_the_trust_folder_does_not_wait_for_the_next_look(office: Office):
    held, office.trust.belief = office.trust.belief, Belief((), ())
    await office.inquirer.run_once()
    office.clock.advance(minutes=1)
    await office.inquirer.run_once()
    assert office.desk.asked == []

    office.trust.belief = held
    office.clock.advance(minutes=1)
    await office.inquirer.run_once()
    assert await office.why(HOLDER) is None
    assert HOLDER.certificate in office.desk.asked


async def test_a_successor_is_asked_about_before_it_begins(office: Office):
    successor = HOLDER.but(not_before=NOW + DAY, serial=4711)
    office.desk.put(successor, Source.OCSP, ocsp_response(successor))
    await office.take(HOLDER, successor)
    await office.inquirer.run_once()
    known = {one.latest.certificate_sha256: one for one in await office.store.known_revocations()}
    assert known[successor.certificate.sha256].latest.judgement.status is RevocationStatus.GOOD


async def test_what_a_former_release_did_not_tell_apart_is_looked_at_at_once(office: Office):
    judged = RevocationJudgement(RevocationStatus.UNKNOWN, detail="whom to ask? the path is invalid")
    await office.store.record_check(RevocationCheck(HOLDER.certificate.sha256, NOW, judged, unanswered=0))
    await office.inquirer.run_once()
    assert HOLDER.certificate in office.desk.asked
