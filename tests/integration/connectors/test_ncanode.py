"""NCANode as a neighbour: whatever it does becomes retry, reject or park; GOST is its word; its word is checked."""

import logging
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest
from aiohttp.test_utils import TestServer, unused_port
from lxml import etree

from connectors.authorities.ncanode import NcaNode, NcaNodeKey
from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from contracts.codes import Disposition
from signing.errors import KeyUnavailable, KeyUnusable, OrderRefused
from signing.keys.files import Password
from signing.localservice import LocalSignatures
from signing.service import SignatureAnswer
from tests.conformance.keys.test_services import DATA, DOCUMENT, ENVELOPE, moved
from tests.simulators.ncanode import ALIAS, GOST_METHOD, NcaNodeBend, NcaNodeSimulator, key_store
from tests.worlds.clocks import SteppedClock

PASSWORD = "Qwerty12-secret"
SOON = timedelta(seconds=0.5)
LATE = timedelta(seconds=20)


class NcaNodeWorld:
    """One NCANode, a key for it, and a local judge beside it."""

    def __init__(self, clock, authority, session, url, simulator) -> None:
        self.clock, self.authority, self.simulator = clock, authority, simulator
        self._session, self.url = session, url
        self.key = authority.issue("Сот", bin="210640004156", usage=Usage.SEAL, now=clock.now())

    def node(self, *, gost=False, password=PASSWORD, alias=None, store=None, within=LATE, url=None) -> NcaNode:
        kept = store if store is not None else key_store(self.key, PASSWORD, gost=gost)
        key = NcaNodeKey(kept, password, alias)
        return NcaNode(self._session, url or self.url, key=key, now=self.clock.now, within=within)

    def local(self) -> LocalSignatures:
        anchors = [self.authority.key.certificate]
        return LocalSignatures(lambda: self.key, anchors=lambda: anchors, now=self.clock.now, body_id=lambda: "id-1")


@asynccontextmanager
async def a_world():
    clock = SteppedClock()
    authority = SandboxAuthority.create("ҰЛТТЫҚ сынақ орталығы", now=clock.now(), key_kind="RSA-2048")
    simulator = NcaNodeSimulator([authority.key.certificate], clock.now)
    async with TestServer(simulator.app()) as server, aiohttp.ClientSession() as session:
        yield NcaNodeWorld(clock, authority, session, str(server.make_url("")), simulator)


@pytest.fixture
async def world():
    async with a_world() as made:
        yield made


# --- GOST -----------------------------------------------------------------------------------------------------------


async def test_gost_is_judged_by_ncanode_and_by_nobody_else(world):
    node, local = world.node(gost=True), world.local()
    envelope, document = await node.sign_body(ENVELOPE), await node.sign_document(DOCUMENT)
    signature = await node.sign_data(DATA)
    assert GOST_METHOD.encode() in envelope

    for judge, verdict in ((node, SignatureAnswer.HOLDS), (local, SignatureAnswer.UNKNOWN)):
        assert (await judge.judge_body(envelope)).verdict is verdict
        assert (await judge.judge_document(document)).verdict is verdict
        assert (await judge.judge_data(DATA, signature)).verdict is verdict
    assert "only NCANode can judge" in (await local.judge_body(envelope)).detail


async def test_a_changed_document_under_gost_fails(world):
    node = world.node(gost=True)
    root = etree.fromstring(await node.sign_document(DOCUMENT))
    root[0].text = "Басқа сөз"

    assert (await node.judge_document(etree.tostring(root))).verdict is SignatureAnswer.FAILS
    assert (await node.judge_data(DATA + b"!", await node.sign_data(DATA))).verdict is SignatureAnswer.FAILS


async def test_a_wrapped_body_that_ncanode_calls_valid_is_refused_by_us(world):
    node = world.node(gost=True)
    wrapped = moved(await node.sign_body(ENVELOPE))

    async with aiohttp.ClientSession() as session:
        requested = {"xml": wrapped.decode(), "revocationCheck": ["OCSP"]}
        async with session.post(f"{world.url}/wsse/verify", json=requested) as answer:
            assert (await answer.json())["valid"]  # why the check beside it must be ours
    with pytest.raises(OrderRefused, match="the Body is #id-forged"):
        await node.judge_body(wrapped)


# --- what is asked --------------------------------------------------------------------------------------------------


async def test_revocation_is_asked_for_whenever_something_is_judged(world):
    node = world.node()
    envelope, document = await node.sign_body(ENVELOPE), await node.sign_document(DOCUMENT)
    signature = await node.sign_data(DATA)
    world.simulator.requests.clear()

    await node.judge_body(envelope)
    await node.judge_document(document)
    await node.judge_data(DATA, signature)
    await node.describe(world.key.certificate.der)

    requested = world.simulator.requests
    assert [path for path, _ in requested] == ["/wsse/verify", "/xml/verify", "/cms/verify", "/x509/info"]
    assert all(question["revocationCheck"] == ["OCSP"] for _, question in requested)


async def test_orders_are_spelt_as_ncanode_reads_them(world):
    node = world.node(alias=ALIAS)
    await node.sign_body(ENVELOPE)
    await node.sign_document(DOCUMENT)
    await node.sign_data(DATA)

    fields = {path: set(question) for path, question in world.simulator.requests}

    signer = {"key", "password", "keyAlias"}
    assert fields == {
        "/wsse/sign": {"xml", "trimXml"} | signer,
        "/xml/sign": {"xml", "signers", "clearSignatures", "trimXml"},
        "/cms/sign": {"data", "signers", "detached", "withTsp"},
    }
    assert set(world.simulator.requests[1][1]["signers"][0]) == signer


# --- trouble --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bend",
    [
        NcaNodeBend.SLOW,
        NcaNodeBend.FAIL,
        NcaNodeBend.TALK_RUBBISH,
        NcaNodeBend.ANSWER_HALF,
        NcaNodeBend.HANG_UP,
        NcaNodeBend.FLOOD,
    ],
)
async def test_a_service_in_trouble_is_asked_again_later(world, bend):
    node = world.node(within=SOON if bend is NcaNodeBend.SLOW else LATE)
    world.simulator.bend = bend

    for order in (node.sign_data(DATA), node.describe(world.key.certificate.der)):
        with pytest.raises(KeyUnavailable) as away:
            await order

        assert away.value.disposition is Disposition.RETRY


async def test_a_service_that_is_not_there_is_asked_again_later(world):
    with pytest.raises(KeyUnavailable, match="does not answer"):
        await world.node(url=f"http://127.0.0.1:{unused_port()}").sign_data(DATA)


async def test_another_program_at_its_address_is_the_operators_to_mend(world):
    with pytest.raises(KeyUnusable, match="must be NCANode of version 3") as trouble:
        await world.node(url=f"{world.url}/v1").sign_data(DATA)

    assert trouble.value.disposition is Disposition.PARK


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "wrong"}, "Password incorrect"),
        ({"alias": "another"}, "does not have 'another' alias"),
        ({"store": b"no key store"}, "Key reading error"),
    ],
)
async def test_a_key_that_ncanode_cannot_read_is_the_operators_to_mend(world, changes, words):
    with pytest.raises(KeyUnusable, match=words):
        await world.node(**changes).sign_document(DOCUMENT)


async def test_without_a_key_it_only_judges(world):
    async with aiohttp.ClientSession() as session:
        judge = NcaNode(session, world.url, key=None, now=world.clock.now)
        assert (await judge.judge_data(DATA, await world.node().sign_data(DATA))).verdict is SignatureAnswer.HOLDS
        with pytest.raises(KeyUnusable, match="no key is set"):
            await judge.sign_data(DATA)


# --- lies -----------------------------------------------------------------------------------------------------------


async def test_valid_of_other_bytes_is_not_believed(world):
    node = world.node()
    document, signature = await node.sign_document(DOCUMENT), await node.sign_data(DATA)
    world.simulator.bend = NcaNodeBend.LIE
    root = etree.fromstring(document)
    root[0].text = "Басқа сөз"

    assert (await node.judge_document(etree.tostring(root))).verdict is SignatureAnswer.FAILS
    assert (await node.judge_data(b"other", signature)).verdict is SignatureAnswer.FAILS


async def test_a_verdict_about_another_certificate_is_not_believed(world):
    node = world.node(gost=True)
    envelope = await node.sign_body(ENVELOPE)
    world.simulator.bend = NcaNodeBend.NAME_ANOTHER

    opinion = await node.judge_body(envelope)

    assert opinion.verdict is SignatureAnswer.FAILS
    assert "other certificates" in opinion.detail


async def test_valid_of_a_certificate_that_has_ended_is_not_believed(world):
    node = world.node()
    signature = await node.sign_data(DATA)
    world.simulator.bend = NcaNodeBend.LIE
    world.clock.advance(days=900)

    assert (await node.judge_data(DATA, signature)).verdict is SignatureAnswer.FAILS


@pytest.mark.parametrize("gost", [True, False])
async def test_a_rewritten_order_is_never_handed_out_as_signed(world, gost):
    node = world.node(gost=gost)
    world.simulator.bend = NcaNodeBend.REWRITE

    for order in (node.sign_body(ENVELOPE), node.sign_document(DOCUMENT)):
        with pytest.raises(KeyUnusable, match="not asked for"):
            await order


async def test_a_cms_over_rewritten_data_is_never_handed_out(world):
    world.simulator.bend = NcaNodeBend.REWRITE

    with pytest.raises(KeyUnusable, match="not asked for"):
        await world.node().sign_data(DATA)


# --- secrets --------------------------------------------------------------------------------------------------------


async def test_neither_key_nor_password_nor_document_shows_in_errors_or_logs(world, caplog):
    caplog.set_level(logging.DEBUG)
    reported = [repr(NcaNodeKey(key_store(world.key, PASSWORD), PASSWORD))]
    for bend in (NcaNodeBend.FAIL, NcaNodeBend.TALK_RUBBISH, NcaNodeBend.ANSWER_HALF, NcaNodeBend.HANG_UP):
        world.simulator.bend = bend
        with pytest.raises(KeyUnavailable) as away:
            await world.node().sign_document(DOCUMENT)
        error: BaseException | None = away.value
        while error is not None:
            reported.append(f"{error!r} {error}")
            error = error.__cause__
    world.simulator.bend = None
    with pytest.raises(KeyUnusable) as refused:
        await world.node(password=f"{PASSWORD}-wrong").sign_document(DOCUMENT)
    reported.append(str(refused.value))

    everything = "\n".join(reported) + caplog.text
    assert PASSWORD not in everything
    assert "MII" not in everything  # how the base64 of every key store begins
    assert "Тұрғын" not in everything


def test_a_key_store_for_ncanode_is_read_only_when_nobody_else_can(tmp_path):
    store, secret = tmp_path / "key.p12", tmp_path / "password"
    for file, content in ((store, b"store"), (secret, b"Qwerty12\n")):
        file.write_bytes(content)
        file.chmod(0o600)

    assert NcaNodeKey.load(store, Password(file=secret)) == NcaNodeKey(b"store", "Qwerty12")

    store.chmod(0o640)
    with pytest.raises(KeyUnusable, match="chmod 600"):
        NcaNodeKey.load(store, Password(file=secret))
