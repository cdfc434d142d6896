"""The commands' way to the store: reading beside a running exchange, acting through it or in its place."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import aiohttp

from contracts.party import PartyId
from gateway.cli.frame import CommandFailed, Exit
from gateway.config.settings import Settings

if TYPE_CHECKING:
    from gateway.domain.refusal import ActRefusal
    from gateway.ports.operations import Write
    from gateway.store.database import SqlReader, SqlStore

T = TypeVar("T")
_JSON: Final = {"Content-Type": "application/json"}


def read(settings: Settings, work: Callable[[SqlReader], Awaitable[T]]) -> T:
    """Do ``work`` on the store, opened for reading; ``serve`` may run meanwhile."""

    async def do() -> T:
        async with reader(settings) as store:
            return await work(store)

    return asyncio.run(do())


def act(settings: Settings, work: Callable[[SqlStore], Awaitable[T]]) -> T:
    """Do ``work`` on the store under its lock; refused while another process holds it."""

    async def do() -> T:
        async with _writer(settings) as store:
            return await work(store)

    return asyncio.run(do())


@asynccontextmanager
async def reader(settings: Settings) -> AsyncIterator[SqlReader]:
    """The store for reading. Raises CommandFailed when it is not there."""
    from gateway.store.database import open_reader

    with _with_failures():
        store = await asyncio.to_thread(open_reader, settings.database_url)
    try:
        with _with_failures():
            yield store
    finally:
        await store.close()


@asynccontextmanager
async def _writer(settings: Settings) -> AsyncIterator[SqlStore]:
    """The store under its lock, migrated. Raises CommandFailed when it is not there or taken."""
    from gateway.store.database import open_store

    with _with_failures():
        store = await open_store(settings.database_url, exchange=PartyId(settings.party_id))
    try:
        with _with_failures():
            yield store
    finally:
        await store.close()


@contextmanager
def _with_failures() -> Iterator[None]:
    from gateway.store.engine.errors import StoreError

    try:
        yield
    except StoreError as problem:
        raise CommandFailed(f"The database is not to be had: {problem}", Exit.UNREACHABLE) from problem


def call_server(settings: Settings, method: str, path: str, form: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
    """Ask a running node of this home through its admin socket; None when none runs. Raises CommandFailed on a refusal.

    Any will do: what concerns all of them lies in the database, where the others look for it.
    """
    return next(iter(_answers(settings, method, path, form)), None)


def call_every_node(settings: Settings, method: str, path: str) -> list[Any]:
    """Ask all running nodes of this home; what is on other machines looks by itself."""
    return list(_answers(settings, method, path, None))


def _answers(settings: Settings, method: str, path: str, form: dict[str, Any] | None) -> Iterator[Any]:
    """A killed process leaves its socket behind; it is passed over."""
    for admin_socket in _sockets(settings):
        if (reply := asyncio.run(_requested(admin_socket, method, path, form))) is not None:
            yield reply


def _sockets(settings: Settings) -> Iterator[Path]:
    named = sorted({*settings.home.glob("admin-*.sock"), settings.admin_socket})
    return (path for path in named if path.exists())


async def _requested(admin_socket: Path, method: str, path: str, form: dict[str, Any] | None) -> Any:  # noqa: ANN401 - JSON
    connector = aiohttp.UnixConnector(str(admin_socket))
    limit = aiohttp.ClientTimeout(total=30)
    body = None if form is None else io.BytesIO(json.dumps(form).encode())  # a part of a file is megabytes
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=limit) as session,
            session.request(method, f"http://dalel{path}", data=body, headers=_JSON) as answer,
        ):
            reply = await answer.json(content_type=None)
    except aiohttp.ClientConnectorError:
        return None
    except (aiohttp.ClientError, TimeoutError, ValueError) as problem:
        text = f"The running exchange did not answer on {admin_socket} ({problem}). Look at its log."
        raise CommandFailed(text, Exit.UNREACHABLE) from problem
    if answer.status >= 400:
        raise CommandFailed(f"The exchange refused: {reply.get('error', answer.reason)}")
    return reply


def refused_words(settings: Settings, path: str, form: dict[str, Any], job: Write[ActRefusal | None]) -> str | None:
    """Do it through the running exchange, else in its place; in words what stands against it, None when it is done."""
    answer = call_server(settings, "POST", path, form)
    if answer is not None:
        words: str | None = answer["against"]
        return words
    refusal: ActRefusal | None = act(settings, lambda store: store.run(job))
    return refusal.text.en if refusal else None
