"""A test ping against doors of every kind: each step of the way is told, with the words of whoever stands there."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.ports.probe import ProbeStep, ProbeStepResult
from connectors.soap import probe as probe_module
from connectors.soap.probe import SoapProber

P = ProbeStep


class TickingClock:
    """A second for each look."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        self.now_s += 0.5
        return self.now_s


class OnePageServer:
    """A host with one page. ``asked``: what came, method and query."""

    def __init__(self) -> None:
        self.status, self.body, self.requests = 200, "<wsdl:definitions/>", []
        self.let_go = asyncio.Event()
        self.is_silent = False

    async def answer(self, request: web.Request) -> web.Response:
        self.requests.append((request.method, request.query_string, await request.read()))
        if self.is_silent:
            await self.let_go.wait()
        return web.Response(status=self.status, text=self.body, content_type="text/html")


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(auto_decompress=False) as opened:
        yield opened


@pytest.fixture
def prober(session: aiohttp.ClientSession) -> SoapProber:
    return SoapProber(session, seconds=TickingClock())


@pytest.fixture
async def door() -> OnePageServer:
    return OnePageServer()


async def a_server(door: OnePageServer, tls: ssl.SSLContext | None = None) -> TestServer:
    app = web.Application()
    app.router.add_route("*", "/inbox", door.answer)
    server = TestServer(app)
    await server.start_server(ssl=tls)
    return server


@pytest.fixture
async def url(door: OnePageServer) -> AsyncIterator[str]:
    server = await a_server(door)
    yield str(server.make_url("/inbox"))
    door.let_go.set()
    await server.close()


def steps_of(steps: tuple[ProbeStepResult, ...]) -> list[tuple[ProbeStep, bool]]:
    return [(one.step, one.is_good) for one in steps]


async def test_a_party_that_is_well_is_reached_and_asked_for_nothing_but_its_description(prober, door, url):
    probed = await prober.probe(url)

    assert probed.is_good
    assert steps_of(probed.steps) == [(P.NAME, True), (P.CONNECT, True), (P.ANSWER, True)]
    assert probed.steps[0].words == "127.0.0.1"
    assert probed.steps[-1].words == "HTTP 200 OK, its description"
    assert all(one.took == timedelta(seconds=0.5) for one in probed.steps)
    assert door.requests == [("GET", "wsdl", b"")]


async def test_whatever_answers_in_its_own_words_counts_as_reached(prober, door, url):
    door.status, door.body = 405, "<h1>Only\n POST</h1><script>here</script>"
    probed = await prober.probe(url)
    assert probed.is_good
    assert probed.steps[-1].words == "HTTP 405 Method Not Allowed: Only POST here"


async def test_a_page_that_says_that_nothing_works_behind_it_does_not(prober, door, url):
    door.status, door.body = 502, "<h1>Bad gateway</h1>"
    probed = await prober.probe(url)
    assert not probed.is_good
    assert probed.steps[-1] == replace(probed.steps[-1], is_good=False, words="HTTP 502 Bad Gateway: Bad gateway")


async def test_a_redirect_is_told_and_not_followed(prober, door, url):
    door.status = 302
    assert (await prober.probe(url)).steps[-1].words.startswith("HTTP 302 Found")
    assert len(door.requests) == 1


async def test_where_nobody_listens_the_connection_fails_and_nothing_is_asked(prober):
    probed = await prober.probe(f"http://127.0.0.1:{unused_port()}/inbox")
    assert steps_of(probed.steps) == [(P.NAME, True), (P.CONNECT, False)]
    assert "Connect call failed" in probed.steps[-1].words


async def test_a_name_that_nobody_knows_is_the_first_step_that_fails(prober):
    probed = await prober.probe("https://akimat.invalid/inbox")
    assert steps_of(probed.steps) == [(P.NAME, False)]
    assert probed.steps[0].words


async def test_who_takes_the_connection_and_says_nothing_is_waited_for_no_longer_than_told(
    prober, door, url, monkeypatch
):
    door.is_silent = True
    monkeypatch.setattr(probe_module, "WITHIN", {**probe_module.WITHIN, P.ANSWER: 0.2})
    probed = await prober.probe(url)
    assert steps_of(probed.steps)[-1] == (P.ANSWER, False)
    assert probed.steps[-1].words == "nothing came within 0.2 s"


# --- TLS ------------------------------------------------------------------------------------------------------------


def a_certificate(folder: Path) -> tuple[Path, Path]:
    """Of 127.0.0.1, by itself; valid for ten days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "akimat gateway")]), datetime.now(UTC)
    host = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(0xABCDEF)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=10))
        .add_extension(host, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, key_pem = folder / "tls.crt", folder / "tls.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    key_pem.write_bytes(key.private_bytes(*form))
    return pem, key_pem


@pytest.fixture
async def tls(door: OnePageServer, tmp_path: Path) -> AsyncIterator[tuple[str, Path]]:
    """An https endpoint and the certificate that vouches for it."""
    pem, key = a_certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, key)
    server = await a_server(door, context)
    yield str(server.make_url("/inbox")), pem
    door.let_go.set()
    await server.close()


async def test_a_certificate_that_nobody_vouches_for_is_shown_and_no_further_step_is_taken(prober, door, tls):
    probed = await prober.probe(tls[0])
    assert steps_of(probed.steps)[-1] == (P.TLS, False)
    assert probed.steps[-1].words == "its certificate is not believed: self-signed certificate"
    assert probed.certificate is not None
    assert (probed.certificate.subject, probed.certificate.serial) == ("CN=akimat gateway", "abcdef")
    assert door.requests == []


async def test_a_certificate_that_is_believed_is_shown_with_its_end(door, tls):
    url, pem = tls
    trusted = ssl.create_default_context(cafile=str(pem))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusted)) as session:
        probed = await SoapProber(session, seconds=TickingClock(), trust=lambda: trusted).probe(url)
    assert probed.is_good
    assert [one.step for one in probed.steps] == list(ProbeStep)
    assert probed.certificate is not None
    assert timedelta(days=9) < probed.certificate.not_after - datetime.now(UTC) < timedelta(days=10)
