"""What applying a registry would change, in lines that a person can judge before saying yes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta

from contracts.party import Agreement, LocalText, Party, QuietHours, Registry, Route
from gateway.domain.delivery.quiet_form import written


def diff(old: Registry, new: Registry) -> list[str]:
    """One line per difference: ``+`` comes, ``-`` goes, ``~`` changes. Empty when both say the same."""
    return [*_parties(old, new), *_agreements(old, new), *_duty_body(old, new), *_routes(old, new)]


def _parties(old: Registry, new: Registry) -> Iterator[str]:
    before = {party.party_id: party for party in old.parties}
    after = {party.party_id: party for party in new.parties}
    for party_id in sorted(before.keys() | after.keys()):
        was, will_be = before.get(party_id), after.get(party_id)
        if was is None and will_be is not None:
            yield f"+ party {party_id}: {_one(will_be)}"
        elif was is not None and will_be is None:
            yield f"- party {party_id}: {_one(was)}"
        elif was is not None and will_be is not None:
            yield from _changes(f"party {party_id}", was, will_be)


def _agreements(old: Registry, new: Registry) -> Iterator[str]:
    """An absent agreement means the default terms, so only terms that differ are told."""
    before = {agreement.party_id: agreement for agreement in old.agreements}
    after = {agreement.party_id: agreement for agreement in new.agreements}
    for party_id in sorted(before.keys() | after.keys()):
        default = Agreement(party_id)
        yield from _changes(f"agreement {party_id}", before.get(party_id, default), after.get(party_id, default))


def _duty_body(old: Registry, new: Registry) -> Iterator[str]:
    if old.duty_body != new.duty_body:
        yield f"~ duty body: {_shown(old.duty_body)} → {_shown(new.duty_body)}"


def _routes(old: Registry, new: Registry) -> Iterator[str]:
    before, after = set(map(_route, old.routes)), set(map(_route, new.routes))
    yield from (f"- route {line}" for line in sorted(before - after))
    yield from (f"+ route {line}" for line in sorted(after - before))


def _changes(what: str, was: Party | Agreement, will_be: Party | Agreement) -> Iterator[str]:
    for field in fields(was):
        before, after = getattr(was, field.name), getattr(will_be, field.name)
        if before != after:
            yield f"~ {what}: {field.name} {_shown(before)} → {_shown(after)}"


def _one(party: Party) -> str:
    endpoint = f" {party.endpoint}" if party.endpoint else ""
    place = f", kato {party.kato}" if party.kato else ""
    higher = f", below {party.higher}" if party.higher else ""
    return f"{party.role}, {party.channel}{endpoint}, {_shown(party.name)}{place}{higher}"


def _route(route: Route) -> str:
    return f"{route.role}: subject {route.subject}, kato {route.kato}, {route.stands_at} → {route.party_id}"


def _shown(value: object) -> str:
    match value:
        case None | ():
            return "nothing"
        case timedelta():
            return f"{value.total_seconds():g} s"
        case LocalText():
            return value.en
        case (QuietHours(), *_):
            return written([window for window in value if isinstance(window, QuietHours)])
        case tuple():
            return ", ".join(f"certificate {hashlib.sha256(der).hexdigest()[:16]}" for der in value)
        case _:
            return str(value)
