"""A client that a generator makes of the served description has every operation, and works against the running API."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import aiohttp
import pytest

from gateway.domain.people.access import UserRole
from tests.docs.pages import ROOT
from tests.worlds.api_program import DOCUMENT, Program
from tests.worlds.console.seat import Seat
from tests.worlds.console.tour import a_bad_day
from tests.worlds.exchange.world import AKIMAT

GENERATOR = ROOT / ".venv/generator/bin/openapi-python-client"
NAME = "generated_client"
CONTAINER = "application/vnd.etsi.asic-e+zip"
SETTINGS = {"post_hooks": [], "content_type_overrides": {CONTAINER: "application/octet-stream"}}
"""Nothing is formatted, and of a container the generator is told that it is a file."""
DESCRIBED = {
    (item["tags"][0], item["operationId"]) for path in DOCUMENT["paths"].values() for item in path.values()
}  # fmt: skip


def generate(folder: Path) -> str:
    """The client as a package in the folder; returns what the generator said."""
    assert GENERATOR.exists(), "The generator is absent: make .venv/.generator"
    source, settings = folder / "openapi.json", folder / "settings.json"
    source.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    settings.write_text(json.dumps(SETTINGS), encoding="utf-8")
    words = ["generate", "--path", source, "--config", settings, "--meta", "none", "--output-path", folder / NAME]
    ran = subprocess.run([GENERATOR, *words], cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What the generator listed; the client can be imported while the module runs."""
    folder = tmp_path_factory.mktemp("client")
    listed = generate(folder)
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(folder)
        yield listed
    for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
        del sys.modules[name]


def module(path: str) -> ModuleType:
    return importlib.import_module(f"{NAME}.{path}")


def operation(tag: str, name: str) -> Callable[..., Any]:
    return module(f"api.{tag}.{name}").asyncio_detailed


def titles(schema: Any) -> Iterator[str]:
    """Every title of a schema anywhere in the value; a property named title is none."""
    if isinstance(schema, dict):
        if isinstance(schema.get("title"), str):
            yield schema["title"]
        for member in schema.values():
            yield from titles(member)
    elif isinstance(schema, list):
        for member in schema:
            yield from titles(member)


@pytest.fixture
async def client(generated: str, program: Program) -> AsyncIterator[Any]:
    """Of an operator, at the running API."""
    await program.given(UserRole.OPERATOR)
    made = module("client").AuthenticatedClient(base_url=program.url, token=program.token)
    async with made as opened:
        yield opened


def test_every_title_names_one_schema():
    found = list(titles(DOCUMENT["components"]["schemas"]))
    assert sorted(found) == sorted(DOCUMENT["components"]["schemas"])
    assert len({title.lower() for title in found}) == len(found)


def test_the_generator_leaves_nothing_out(generated: str):
    assert "WARNING" not in generated
    assert "ERROR" not in generated


def test_the_client_has_every_operation_and_no_other(generated: str):
    folder = Path(module("api").__file__ or "").parent
    made = {(path.parent.name, path.stem) for path in folder.glob("*/*.py") if path.stem != "__init__"}
    assert made == DESCRIBED
    assert all(callable(operation(tag, name)) for tag, name in made)


def test_the_client_has_every_schema_by_its_own_name(generated: str):
    models = module("models")
    assert set(DOCUMENT["components"]["schemas"]) <= set(models.__all__)
    assert {role.value for role in models.UserRole} == set(UserRole)


async def test_what_it_was_made_of_is_what_is_served(program: Program):
    async with aiohttp.ClientSession() as http, http.get(f"{program.url}/openapi.json") as answered:
        assert await answered.json() == DOCUMENT


async def test_it_lists_deliveries_and_shows_one(client: Any, seat: Seat):
    day = await a_bad_day(seat)

    page = (await operation("deliveries", "list_deliveries")(client=client, limit=2)).parsed
    one = (await operation("deliveries", "show_delivery")(client=client, delivery_id=day.delivery)).parsed

    assert type(page).__name__ == "DeliveryPage"
    assert len(page.items) == 2
    assert one.delivery.delivery_id == day.delivery


async def test_it_acts_with_its_token_once_under_a_key(client: Any, seat: Seat):
    await a_bad_day(seat)
    body, key = module("models").ReasonBody(reason="their hall moves house"), str(uuid.uuid4())

    pause = operation("parties", "pause_party")
    first = await pause(client=client, party_id=AKIMAT, body=body, idempotency_key=key)
    again = await pause(client=client, party_id=AKIMAT, body=body, idempotency_key=key)

    assert type(first.parsed).__name__ == "Switched"
    assert again.parsed == first.parsed
    shown = (await operation("parties", "show_party")(client=client, party_id=AKIMAT)).parsed
    assert shown.party.pause.reason == body.reason


async def test_a_file_comes_as_its_bytes(generated: str, seat: Seat, program: Program):
    day = await a_bad_day(seat)
    token = await program.another(UserRole.SECURITY_OFFICER)
    async with module("client").AuthenticatedClient(base_url=program.url, token=token) as officer:
        taken = await operation("deliveries", "take_evidence")(client=officer, delivery_id=day.delivery)
    assert taken.parsed.payload.read(2) == b"PK"


async def test_a_problem_is_a_value_that_names_the_right_one_lacks(client: Any):
    refused = await operation("audit", "list_acts")(client=client)
    assert refused.status_code == 403
    assert type(refused.parsed).__name__ == "ProblemDetails"
    assert (refused.parsed.type_, refused.parsed.right) == ("urn:dalel:problem:no-right", "audit")
