"""The client of time-stamp authorities against ours, bent in every way there is."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.x509.oid import ExtendedKeyUsageOID

from connectors.authorities.timestamps import FIRST_REST, RESPONSE_LIMIT_BYTES, TimestampAuthorities
from connectors.sandbox.authorities.answering import ENDLESS_BYTES
from connectors.sandbox.authorities.behaviour import AuthorityBend, AuthorityService, Misconduct
from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from connectors.sandbox.authorities.folder import write_authorities
from connectors.sandbox.authorities.service import SandboxAuthorities
from connectors.sandbox.authorities.stamping import TSA_BIN, TSA_NAME
from signing.errors import TimestampUnavailable
from signing.keys.files import write_pair
from signing.keys.keypair import Certificate, SoftwareKey
from tests.worlds.parties.world import authority, free_port
from tests.worlds.signing import hierarchy

DIGEST = hashlib.sha256(b"the value of a signature").digest()
WITHIN = timedelta(seconds=10)  # generous: whoever answers at once is not cut off on a busy machine
REFUSED = {
    Misconduct.SILENT: "Timeout",
    Misconduct.RESETS: "Disconnected|Reset",
    Misconduct.BROKEN: "HTTP status 500",
    Misconduct.RUBBISH: "not a time-stamp",
    Misconduct.HTML: "type text/html",
    Misconduct.ENDLESS: "more than",
    Misconduct.REFUSES: "time_not_available",
    Misconduct.WRONG_DIGEST: "another digest",
    Misconduct.WRONG_NONCE: "nonce",
    Misconduct.STRANGER: "not trusted",
    Misconduct.EXPIRED: "not in force",
}


class SettableClock:
    """The machine's clock, set forward at will."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class RunningAuthorities:
    """One running service of authorities and its URL."""

    def __init__(self, service: SandboxAuthorities, url: str, control: str) -> None:
        self.service, self.url, self.control = service, url, control

    def bend(self, kind: Misconduct, *, seconds: float = 0, times: int | None = None) -> None:
        self.service.bends.put(AuthorityBend(AuthorityService.TSA, kind, seconds, times))


@asynccontextmanager
async def running(folder: Path, name: str, key: SoftwareKey | None = None) -> AsyncIterator[RunningAuthorities]:
    """``key`` stamps in place of one that the sandbox authority issued."""
    ca: SandboxAuthority = authority()
    home = folder / name
    ca.save(home / "ca")
    now = datetime.now(UTC)
    for service, usage in (("tsa", Usage.TIME_STAMPS), ("ocsp", Usage.OCSP)):
        write_pair(home / name, service, ca.issue(TSA_NAME, bin=TSA_BIN, usage=usage, now=now, key_kind="P-256"))
    if key is not None:
        write_pair(home / name, "tsa", key)
    file = write_authorities(
        home / name, listen_port=free_port(), control_port=free_port(), ca_folder=Path("..") / "ca"
    )
    async with SandboxAuthorities(file) as service:
        yield RunningAuthorities(service, file.tsa_url, f"http://127.0.0.1:{file.control_port}/control")


@pytest.fixture
async def first(tmp_path: Path) -> AsyncIterator[RunningAuthorities]:
    async with running(tmp_path, "first") as made:
        yield made


@pytest.fixture
async def second(tmp_path: Path) -> AsyncIterator[RunningAuthorities]:
    async with running(tmp_path, "second") as made:
        yield made


class Dead:
    """An authority that counts who asks it, and answers nobody."""

    def __init__(self) -> None:
        self.requests = 0
        self.url = ""

    async def answer(self, _request: web.Request) -> web.Response:
        self.requests += 1
        return web.Response(status=503)


@pytest.fixture
async def dead() -> AsyncIterator[Dead]:
    made, app = Dead(), web.Application()
    app.router.add_post("/tsa", made.answer)
    async with TestServer(app) as server:
        made.url = str(server.make_url("/tsa"))
        yield made


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def asking(session: aiohttp.ClientSession, clock: SettableClock) -> Callable[..., TimestampAuthorities]:
    def asking(*urls: str, within: timedelta = WITHIN, anchors: tuple[Certificate, ...] | None = None):
        trusted = (authority().key.certificate,) if anchors is None else anchors
        return TimestampAuthorities(
            session, urls, anchors=lambda: trusted, within=within, clock=clock, nonce=lambda: secrets.randbits(64)
        )

    return asking


async def test_a_token_over_our_digest_by_a_trusted_authority_is_taken(first, asking):
    token = await asking(first.url).stamp(DIGEST)

    assert token.digest == DIGEST
    assert TSA_NAME in token.authority.subject
    assert abs(token.gen_time - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize("kind", REFUSED, ids=str)
async def test_what_is_no_proof_is_refused_in_time_and_the_next_authority_is_asked(kind, first, second, asking):
    first.bend(kind)
    within = timedelta(seconds=4) if kind is Misconduct.SILENT else WITHIN

    with pytest.raises(TimestampUnavailable, match=REFUSED[kind]):
        await asking(first.url, within=within / 4).stamp(DIGEST)
    token = await asking(first.url, second.url, within=within).stamp(DIGEST)

    assert token.digest == DIGEST


async def test_the_first_authority_is_the_one_that_stamps_while_it_is_well(first, second, asking):
    second.bend(Misconduct.STRANGER)

    tokens = [await asking(first.url, second.url).stamp(DIGEST) for _ in range(3)]

    assert [token.digest for token in tokens] == [DIGEST] * 3


async def test_an_authority_that_answers_in_time_is_waited_for(first, asking):
    first.bend(Misconduct.SLOW, seconds=0.5)

    assert (await asking(first.url).stamp(DIGEST)).digest == DIGEST


async def test_when_all_are_silent_the_wait_ends_in_the_set_time(first, second, asking):
    first.bend(Misconduct.SILENT)
    second.bend(Misconduct.SILENT)
    started = time.monotonic()

    with pytest.raises(TimestampUnavailable):
        async with asyncio.timeout(300):  # they are silent for ever
            await asking(first.url, second.url, within=timedelta(seconds=1)).stamp(DIGEST)

    assert time.monotonic() - started > 0.9


async def test_a_dead_authority_costs_the_next_stamps_nothing(dead, second, asking):
    both = asking(dead.url, second.url)
    await both.stamp(DIGEST)

    await asyncio.gather(*(both.stamp(DIGEST) for _ in range(3)))

    assert dead.requests == 1


async def test_while_all_rest_nobody_is_asked(dead, asking):
    alone = asking(dead.url)
    for reason in ("HTTP status 503", "rests"):
        with pytest.raises(TimestampUnavailable, match=reason):
            await alone.stamp(DIGEST)

    assert alone.is_away()
    assert dead.requests == 1


async def test_an_authority_that_came_back_is_asked_first_again(first, second, asking, clock):
    first.bend(Misconduct.BROKEN, times=1)
    both = asking(first.url, second.url)
    await both.stamp(DIGEST)
    second.bend(Misconduct.BROKEN)

    clock.ahead = FIRST_REST + timedelta(seconds=1)

    assert (await both.stamp(DIGEST)).digest == DIGEST


async def test_one_caller_tries_a_failed_authority_and_the_others_go_on(dead, second, asking, clock):
    both = asking(dead.url, second.url)
    await both.stamp(DIGEST)
    clock.ahead = FIRST_REST + timedelta(seconds=1)

    await asyncio.gather(*(both.stamp(DIGEST) for _ in range(5)))

    assert dead.requests == 2


async def test_it_is_left_alone_for_longer_each_time_it_fails(dead, asking, clock):
    alone = asking(dead.url)
    for rest in (FIRST_REST, 2 * FIRST_REST, 4 * FIRST_REST):
        with pytest.raises(TimestampUnavailable, match="503"):
            await alone.stamp(DIGEST)
        clock.ahead += rest - timedelta(seconds=0.5)
        assert alone.is_away()
        clock.ahead += timedelta(seconds=1)

    assert not alone.is_away()


async def test_a_port_where_nobody_listens_is_an_authority_that_is_away(asking, second):
    assert await asking(f"http://127.0.0.1:{free_port()}/tsa", second.url).stamp(DIGEST)


async def test_without_authorities_there_are_no_time_stamps(asking):
    with pytest.raises(TimestampUnavailable, match="no time-stamp authority is configured"):
        await asking().stamp(DIGEST)


async def test_without_anchors_nobody_is_believed(first, asking):
    with pytest.raises(TimestampUnavailable, match="not trusted"):
        await asking(first.url, anchors=()).stamp(DIGEST)


async def test_a_path_that_the_token_leaves_out_is_taken_from_what_we_were_given(tmp_path, session, clock):
    """As at national authorities, whose issuing certificate one has anyway."""
    span = {"not_before": clock.now() - timedelta(days=1), "not_after": clock.now() + timedelta(days=1)}
    root = hierarchy.authority("root", **span)
    issuing = hierarchy.authority("issuing", root, **span)
    purpose = {"extended": (ExtendedKeyUsageOID.TIME_STAMPING,), "extended_critical": True}
    leaf = hierarchy.CertificateNode("time", issuing, **purpose, **span)
    async with running(tmp_path, "national", SoftwareKey(leaf.private_key, leaf.certificate)) as national:
        without, given = (
            TimestampAuthorities(
                session, [national.url], anchors=lambda: (root.certificate,), intermediates=lambda known=known: known,
                within=WITHIN, clock=clock, nonce=lambda: secrets.randbits(64),
            )
            for known in ((), (issuing.certificate,))
        )  # fmt: skip

        assert (await given.stamp(DIGEST)).authority == leaf.certificate
        with pytest.raises(TimestampUnavailable, match="not trusted"):
            await without.stamp(DIGEST)


async def test_an_authority_of_another_time_is_refused(first, asking, clock):
    clock.ahead = timedelta(hours=1)

    with pytest.raises(TimestampUnavailable, match="apart"):
        await asking(first.url).stamp(DIGEST)


async def test_the_reason_names_the_authority_and_no_password(asking):
    with pytest.raises(TimestampUnavailable) as reported:
        await asking(f"http://user:secret@127.0.0.1:{free_port()}/tsa?key=secret").stamp(DIGEST)

    assert "127.0.0.1" in str(reported.value)
    assert "secret" not in str(reported.value)


async def test_it_is_bent_and_straightened_over_its_control_port(first, session, asking):
    async with session.post(f"{first.control}/bend", json={"service": "tsa", "kind": "refuses"}) as answer:
        assert (await answer.json())["bends"] == {"tsa": "refuses"}
    with pytest.raises(TimestampUnavailable):
        await asking(first.url).stamp(DIGEST)
    async with session.post(f"{first.control}/bend", json={"kind": "straight"}) as answer:
        assert (await answer.json())["bends"] == {}

    assert await asking(first.url).stamp(DIGEST)


async def test_a_bend_that_does_not_exist_is_told(first, session):
    async with session.post(f"{first.control}/bend", json={"service": "tsa", "kind": "polite"}) as answer:
        assert answer.status == 400
        assert "polite" in (await answer.json())["error"]


def test_the_endless_answer_is_longer_than_what_is_read():
    assert ENDLESS_BYTES > RESPONSE_LIMIT_BYTES
