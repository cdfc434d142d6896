"""The registry in rows: every version stays, the newest is in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, text, update

from contracts.party import Agreement, Channel, LocalText, Party, PartyId, Registry, Route
from gateway.domain.delivery.quiet_form import read_back, written
from gateway.ports.parties import ApplyRegistry, FindPartiesEver, LoadRegistry, LoadRegistryVersion
from gateway.store.engine.operations import serves, writes
from gateway.store.engine.statements import RowsSelect, Values, select_among
from gateway.store.ledger.leaves import add_proven
from gateway.store.tables import (
    agreements,
    audit_log,
    deliveries,
    lanes,
    parties,
    party_certificates,
    registry_versions,
    routes,
)
from gateway.store.tables.delivery import IS_OPEN

_REGISTRY_LOCK = 0x44C3A46D  # any number, the same for every node

NEWEST_VERSION = select(func.coalesce(func.max(registry_versions.c.version), 0)).scalar_subquery()
_CHANNELS = RowsSelect(
    select(parties.c.party_id, parties.c.channel).where(parties.c.version == NEWEST_VERSION), parties.c.party_id
)


def channels_of(connection: Connection, recipients: Iterable[PartyId]) -> dict[PartyId, Channel]:
    """How each is reached now. Held until the commit, so that no new registry slips in between."""
    _hold(connection, "pg_advisory_xact_lock_shared")
    return dict(map(tuple, _CHANNELS.rows(connection, recipients)))


@serves(LoadRegistryVersion)
def registry_version(connection: Connection, _: LoadRegistryVersion) -> int:
    """The version in force; 0 before the first."""
    version: int = connection.execute(select(NEWEST_VERSION)).scalar_one()
    return version


@serves(LoadRegistry)
def load_registry(connection: Connection, _: LoadRegistry) -> Registry:
    """The version in force, parties and agreements in order of their ids; version 0 is empty."""
    version = registry_version(connection, LoadRegistryVersion())
    certificates: dict[str, list[bytes]] = {}
    for row in _rows(connection, party_certificates, version):
        certificates.setdefault(row.party_id, []).append(row.der)
    duty_body = select(registry_versions.c.duty_body).where(registry_versions.c.version == version)
    return Registry(
        version=version,
        parties=tuple(_party(row, certificates) for row in _rows(connection, parties, version)),
        agreements=tuple(_agreement(row) for row in _rows(connection, agreements, version)),
        routes=tuple(map(_route, _rows(connection, routes, version))),
        duty_body=connection.execute(duty_body).scalar_one_or_none(),
    )


def agreements_of(connection: Connection, party_ids: Iterable[PartyId]) -> dict[PartyId, Agreement]:
    """The terms in force with each, the default ones where nothing was agreed."""
    wanted = set(party_ids)
    statement = select(agreements).where(agreements.c.version == NEWEST_VERSION)
    found = select_among(connection, statement, [agreements.c.party_id], wanted)
    return {party_id: Agreement(party_id) for party_id in wanted} | {row.party_id: _agreement(row) for row in found}


@serves(FindPartiesEver)
def parties_ever(connection: Connection, wanted: FindPartiesEver) -> tuple[Party, ...]:
    """As the newest version that has each says, with every certificate of any version, the newest first."""
    ids = sorted(set(wanted.party_ids))
    rows = select_among(connection, select(parties), [parties.c.party_id], ids)
    newest = {row.party_id: row for row in sorted(rows, key=lambda row: row.version)}
    found = select_among(connection, select(party_certificates), [party_certificates.c.party_id], ids)
    certificates: dict[str, list[bytes]] = {}
    for row in sorted(found, key=lambda row: (-row.version, row.position)):
        ders = certificates.setdefault(row.party_id, [])
        if row.der not in ders:
            ders.append(row.der)
    return tuple(_party(newest[party_id], certificates) for party_id in ids if party_id in newest)


@writes(ApplyRegistry)
def apply_registry(connection: Connection, jobs: Sequence[ApplyRegistry]) -> list[int]:
    """Write each as the next version; open deliveries follow their party's new channel."""
    _hold(connection, "pg_advisory_xact_lock")
    return [_apply(connection, job, registry_version(connection, LoadRegistryVersion()) + 1) for job in jobs]


def _hold(connection: Connection, lock: str) -> None:
    if connection.dialect.name == "postgresql":  # SQLite writes one transaction at a time anyway
        connection.execute(text(f"SELECT {lock}(:key)"), {"key": _REGISTRY_LOCK})


def _apply(connection: Connection, job: ApplyRegistry, version: int) -> int:
    registry, at = job.registry, job.at
    entry = {"version": version, "applied_at": at, "applied_by": job.by, "duty_body": registry.duty_body}
    add_proven(connection, registry_versions, [entry])
    add_proven(connection, parties, [_party_row(party, version) for party in registry.parties], at=at)
    certificates = [row for party in registry.parties for row in _certificates(party, version)]
    add_proven(connection, party_certificates, certificates, at=at)
    terms = [_with_version(agreement, version) for agreement in registry.agreements]
    add_proven(connection, agreements, [row | {"quiet_hours": written(row["quiet_hours"])} for row in terms], at=at)
    routed = [_with_version(route, version) | {"position": index} for index, route in enumerate(registry.routes)]
    add_proven(connection, routes, routed, at=at)
    _switch_channels(connection, registry)
    unpaused = update(lanes).where(lanes.c.paused_at.is_(None))
    connection.execute(unpaused.values(rests_until=None))  # by hours and a pace that may be others now
    act = {"at": at, "by": job.by, "act": "registry.applied", "subject": str(version)}
    add_proven(connection, audit_log, [{**act, "reason": "", "result": "applied"}])
    return version


def _switch_channels(connection: Connection, registry: Registry) -> None:
    moves = [{"of": one.party_id, "to": one.channel, "called": one.is_called} for one in registry.parties]
    if moves:
        of = (deliveries.c.recipient == bindparam("of"), deliveries.c.channel != bindparam("to"), IS_OPEN)
        to: Values = {"channel": bindparam("to"), "is_called": bindparam("called")}
        connection.execute(update(deliveries).where(*of).values(to), moves)


def _rows(connection: Connection, table: Any, version: int) -> Any:  # noqa: ANN401 - rows of any registry table
    return connection.execute(select(table).where(table.c.version == version).order_by(*table.primary_key.columns))


def _party(row: Any, certificates: dict[str, list[bytes]]) -> Party:  # noqa: ANN401 - a row
    return Party(
        party_id=row.party_id,
        role=row.role,
        bin=row.bin,
        name=LocalText(kk=row.name_kk, ru=row.name_ru, en=row.name_en),
        channel=row.channel,
        endpoint=row.endpoint,
        certificates=tuple(certificates.get(row.party_id, ())),
        higher=row.higher,
        kato=row.kato,
        contact=row.contact,
    )


def _route(row: Any) -> Route:  # noqa: ANN401 - a row
    return Route(row.role, row.subject, row.kato, row.party_id, row.level)


def _agreement(row: Any) -> Agreement:  # noqa: ANN401 - a row
    terms = {field.name: getattr(row, field.name) for field in fields(Agreement)}
    known = {name: value for name, value in terms.items() if value is not None}
    return Agreement(**known | {"quiet_hours": read_back(row.quiet_hours or "")})


def _party_row(party: Party, version: int) -> Values:
    return {
        "version": version,
        "party_id": party.party_id,
        "role": party.role,
        "bin": party.bin,
        "name_kk": party.name.kk,
        "name_ru": party.name.ru,
        "name_en": party.name.en,
        "channel": party.channel,
        "endpoint": party.endpoint,
        "higher": party.higher,
        "kato": party.kato,
        "contact": party.contact,
    }


def _certificates(party: Party, version: int) -> Iterator[Values]:
    for position, der in enumerate(party.certificates):
        yield {"version": version, "party_id": party.party_id, "position": position, "der": der}


def _with_version(value: Agreement | Route, version: int) -> dict[str, Any]:
    return {"version": version, **{field.name: getattr(value, field.name) for field in fields(value)}}
