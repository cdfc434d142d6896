"""Two nodes over one PostgreSQL and one S3 service: a document comes in through both, and goes out through either."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import aiohttp
import pytest

from connectors.sandbox.party import SandboxRandomIds, SandboxSystemClock
from connectors.soap import documents
from connectors.soap.calls import Answered
from connectors.soap.client import SoapClient
from contracts.operations import Service
from contracts.party import PartyId
from contracts.payloads import PART_BYTES, DocumentKind, DocumentRef, GetDocumentPart, PutDocument
from signing.keys.keypair import SoftwareKey, load_certificate
from signing.keys.pinned import PinnedCertificates
from tests.bench.message import register_appeal
from tests.e2e.nodes import Nodes, nodes_over
from tests.worlds.buckets import BucketService, bucket_service, names_in
from tests.worlds.postgres import Postgres, postgres

__all__ = ["bucket_service", "postgres"]  # fixtures

EXCHANGE = PartyId("dalel")
SCAN = b"".join(hashlib.sha256(b"%d" % n).digest() for n in range(2 * PART_BYTES // 32 + 1000))
"""Of three parts, and no two of its blocks alike."""


@dataclass(frozen=True)
class InTurns:
    """Calls one node after the other."""

    clients: cycle[SoapClient]

    async def call(self, service: Service, payload: PutDocument | GetDocumentPart) -> Answered:
        return await next(self.clients).call(service, payload)


@pytest.fixture
def two(postgres: Postgres, bucket_service: BucketService, tmp_path: Path) -> Iterator[Nodes]:
    access = bucket_service.access("two-nodes")
    with postgres.database() as url, nodes_over(url, tmp_path, "a", "b") as nodes:
        secret = nodes.home / "keys" / "documents.secret"
        secret.write_text(f"{access.secret_key}\n")
        secret.chmod(0o600)
        with (nodes.home / "dalel.toml").open("a") as file:
            file.write(f'documents_url = "{access.url}"\ndocuments_endpoint = "{access.endpoint}"\n')
            file.write(f'documents_region = "{access.region}"\ndocuments_access_key = "{access.access_key}"\n')
            file.write('documents_secret_key_file = "keys/documents.secret"\n')
        for name in nodes.ports:
            nodes.start(name)
        yield nodes


@asynccontextmanager
async def clients(nodes: Nodes, party: str) -> AsyncIterator[dict[str, SoapClient]]:
    """This party's client of each node."""
    folder = nodes.home / "sandbox" / party
    key = SoftwareKey.load(folder / "key.pem", folder / "cert.pem")
    pinned = PinnedCertificates([(EXCHANGE, load_certificate(nodes.home / "keys" / "exchange.pem"))])
    async with aiohttp.ClientSession() as session:
        yield {
            name: SoapClient(
                session, me=PartyId(party), key=key, peer=EXCHANGE, peer_certificates=pinned,
                base_url=f"http://127.0.0.1:{port}/soap/v1", clock=SandboxSystemClock(), ids=SandboxRandomIds(),
            )
            for name, port in nodes.ports.items()
        }  # fmt: skip


async def upload(to: dict[str, SoapClient]) -> DocumentRef:
    """The parts go to the nodes in turns."""
    return await documents.put_document(
        InTurns(cycle(to.values())), SCAN, "скан.pdf", "application/pdf", DocumentKind.ATTACHMENT, "Скан"
    )


async def register(through: SoapClient, document: DocumentRef) -> None:
    appeal = register_appeal(datetime.now(UTC)).payload
    await through.call(Service.APPEALS, replace(appeal, documents=(document,)))


async def read_back(through: SoapClient | InTurns, document: DocumentRef) -> bytes:
    return b"".join([part async for part in documents.get_document(through, document.document_id)])


async def test_a_document_whose_parts_came_to_both_nodes_is_whole_at_each_and_outlives_one(
    two: Nodes, bucket_service: BucketService
):
    async with clients(two, "eotinish") as platform, clients(two, "akimat-almaty") as agency:
        document = await upload(platform)
        await register(platform["b"], document)

        assert await read_back(agency["a"], document) == SCAN
        assert await read_back(InTurns(cycle(agency.values())), document) == SCAN
        two.kill("a")
        assert await read_back(agency["b"], document) == SCAN
    assert document.sha256 in "".join(names_in(bucket_service.access("two-nodes"), ""))


async def test_what_one_node_had_begun_another_finishes_when_it_is_gone(two: Nodes):
    async with clients(two, "eotinish") as platform:
        first, *rest = documents.split(SCAN, upload_id="scan-1", file_name="скан.pdf", media_type="application/pdf")
        await platform["a"].call(Service.DOCUMENTS, first)
        two.kill("a")
        for part in rest:
            answer = (await platform["b"].call(Service.DOCUMENTS, part)).message.payload

        assert answer.complete
