"""The local admin socket: the command line's acts while ``serve`` holds the store's lock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Final

from aiohttp import web

from gateway.config.yaml_form import FormInvalid
from gateway.domain.refusal import ActRefusal
from gateway.domain.retention import Retention
from gateway.http.imports import Imports
from gateway.http.json_form import FormUnreadable
from gateway.http.orders import (
    ACKNOWLEDGE,
    CHECK,
    MOVED,
    SWITCH,
    TOKEN_CHANGE,
    USER_CHANGE,
    read_order,
    read_sweep,
    sweep_form,
)
from gateway.keys.keyring import Keyring, KeyState
from gateway.ports.appeals import Recount
from gateway.ports.people.users import AuditNote
from gateway.ports.store import CheckStore
from gateway.registry.certificates import party_certificates, problems_of
from gateway.registry.parties_file import parse_parties
from gateway.service.alarms import acknowledge
from gateway.service.exchange import Exchange
from gateway.service.operate import apply_registry, change_user, move
from gateway.service.parties import switch


@dataclass(frozen=True, slots=True)
class Acts:
    """What the socket may do: act on the exchange, put the newest keys and registry in force, wake the loops.

    ``retention``: how long each is kept that is not kept for ever. ``imports``: what cases are taken in by.
    """

    exchange: Exchange
    keys: Keyring
    reload: Callable[[], Awaitable[None]]
    wake: Callable[[], None]
    retention: Retention = field(default_factory=dict)
    imports: Imports | None = None


REGISTRY_BYTES: Final = 64 * 1024**2
"""A registry of ten thousand routes and a thousand certificates is under 4 MiB; a part of a document in base64 is 6."""

ACTS: Final = web.AppKey("acts", Acts)


def admin_app(acts: Acts) -> web.Application:
    """The application behind ``HOME/admin.sock``; the socket's file mode is the access control."""
    app = web.Application(client_max_size=REGISTRY_BYTES)
    app[ACTS] = acts
    app.router.add_get("/status", _status)
    app.router.add_post("/deliveries/act", _move)
    app.router.add_post("/retention/step", _erase_next)
    app.router.add_post("/reports/recount", _recount)
    app.router.add_post("/users", _change_user)
    app.router.add_post("/tokens", _change_token)
    app.router.add_post("/parties/switch", _switch_party)
    app.router.add_post("/alarms/acknowledge", _acknowledge)
    app.router.add_post("/registry", _registry)
    app.router.add_post("/ledger/checked", _note_check)
    app.router.add_get("/keys", _keys)
    app.router.add_post("/keys/reload", _reload_keys)
    if acts.imports is not None:
        acts.imports.add_to(app)
    return app


async def _status(request: web.Request) -> web.Response:
    exchange = request.app[ACTS].exchange
    return web.json_response(
        {
            "party_id": exchange.me,
            "store": await exchange.store.run(CheckStore()),
            "registry": exchange.directory().registry.version,
        }
    )


async def _move(request: web.Request) -> web.Response:
    acts, form = request.app[ACTS], await request.json()
    try:
        order = read_order(form)
    except FormUnreadable as invalid:
        return web.json_response({"error": f"not an order: {invalid}"}, status=422)
    moved = await move(acts.exchange, order.act, order.of, by=order.by, reason=order.reason, after=order.after)
    if moved.moved:
        acts.wake()  # also after a cancel: the next of its pair may go
    return web.json_response(MOVED.written(moved))


async def _change_user(request: web.Request) -> web.Response:
    acts, form = request.app[ACTS], await request.json()
    try:
        change = USER_CHANGE.read(form)
    except FormUnreadable as invalid:
        return web.json_response({"error": f"not an order: {invalid}"}, status=422)
    return web.json_response(_outcome(await change_user(acts.exchange, change)))


async def _change_token(request: web.Request) -> web.Response:
    acts, form = request.app[ACTS], await request.json()
    try:
        change = TOKEN_CHANGE.read(form)
    except FormUnreadable as invalid:
        return web.json_response({"error": f"not an order: {invalid}"}, status=422)
    return web.json_response(_outcome(await acts.exchange.store.run(change)))


async def _switch_party(request: web.Request) -> web.Response:
    acts, form = request.app[ACTS], await request.json()
    try:
        order = SWITCH.read(form)
    except FormUnreadable as invalid:
        return web.json_response({"error": f"not an order: {invalid}"}, status=422)
    against = await switch(acts.exchange, order.switch, order.party_id, by=order.by, reason=order.reason)
    if against is None:
        acts.wake()
    return web.json_response(_outcome(against))


async def _acknowledge(request: web.Request) -> web.Response:
    form = await request.json()
    try:
        order = ACKNOWLEDGE.read(form)
    except FormUnreadable as invalid:
        return web.json_response({"error": f"not an order: {invalid}"}, status=422)
    against = await acknowledge(request.app[ACTS].exchange, order.alarm, by=order.by, reason=order.reason)
    return web.json_response(_outcome(against))


def _outcome(against: ActRefusal | None) -> dict[str, str | None]:
    """What stands against an act, in words; null when it is done."""
    return {"against": against.text.en if against else None}


async def _note_check(request: web.Request) -> web.Response:
    """A command beside us has checked the ledger; that it did, and with what result, is an act like others."""
    exchange, form = request.app[ACTS].exchange, await request.json()
    try:
        order = CHECK.read(form)
    except FormUnreadable as invalid:
        return web.json_response({"error": f"not an order: {invalid}"}, status=422)
    leaves = f"{order.leaves} leaves"
    note = AuditNote(order.by, "ledger.checked", leaves, "", order.result, exchange.clock.now())
    await exchange.store.run(note)
    return web.json_response({"result": order.result})


async def _erase_next(request: web.Request) -> web.Response:
    """One commit of a pass over what is due; its state goes there and back, so that nothing is kept here."""
    acts, form = request.app[ACTS], await request.json()
    try:
        sweep = read_sweep(form, acts.retention)
    except FormUnreadable as invalid:
        return web.json_response({"error": f"not an order: {invalid}"}, status=422)
    erased = await sweep.step(acts.exchange.store, acts.exchange.clock.now())
    return web.json_response({"erased": erased and asdict(erased), **sweep_form(sweep)})


async def _recount(request: web.Request) -> web.Response:
    """Sums are made anew in one commit; the loop then reads the histories, a little at a time."""
    await request.app[ACTS].exchange.store.run(Recount())
    return web.json_response({})


async def _registry(request: web.Request) -> web.Response:
    form = await request.json()
    try:
        registry = await asyncio.to_thread(parse_parties, form["parties"])  # so that traffic goes on meanwhile
    except FormInvalid as invalid:
        return web.json_response({"error": str(invalid), "problems": list(invalid.problems)}, status=422)
    exchange = request.app[ACTS].exchange
    judged = party_certificates(registry, exchange.directory().registry, now=exchange.clock.now())
    if problems := problems_of(judged):
        return web.json_response({"error": "\n".join(problems), "problems": problems}, status=422)
    version = await apply_registry(exchange, registry, by=str(form["by"]))
    await request.app[ACTS].reload()
    return web.json_response({"version": version})


async def _keys(request: web.Request) -> web.Response:
    return _key_states(request.app[ACTS].keys.states())


async def _reload_keys(request: web.Request) -> web.Response:
    return _key_states(await request.app[ACTS].keys.reload())


def _key_states(states: Iterable[KeyState]) -> web.Response:
    return web.json_response([asdict(state) | {"not_after": state.not_after.isoformat()} for state in states])
