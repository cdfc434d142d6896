"""What this process knows by itself, without asking the store: its intake, disks, writer, keys and certificates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from prometheus_client.core import Metric

from contracts.party import Party, PartyRole
from gateway.domain.registry.directory import Directory
from gateway.keys.keyring import Keyring
from gateway.metrics.family import counter, gauge, plain
from gateway.ports.request_pools import Area, PoolCause
from gateway.service.exchange import Exchange
from signing.keys.keypair import Certificate


@dataclass(frozen=True, slots=True)
class PoolSeen:
    """The places of one area beside the intake at one moment. ``shed``: how many requests, since the start."""

    area: Area
    in_hand: int
    most: int
    shed: Mapping[PoolCause, int]


@dataclass(frozen=True, slots=True)
class IntakeReading:
    """The gate at one moment. ``closed``: the causes for which nothing is taken now, of all ``causes``."""

    causes: tuple[str, ...]
    closed: frozenset[str]
    rejected: Mapping[str, int]
    requests: int
    body_bytes: int
    free_bytes: Mapping[Path, int]
    reserve_bytes: int
    pools: tuple[PoolSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class ScrapeContext:
    """Where a scrape looks besides the store. ``intake`` is called anew for each, in the event loop."""

    exchange: Exchange
    keys: Keyring
    intake: Callable[[], IntakeReading]


_CERTIFICATE: Final = "When the last certificate of a party ends; another is to be registered before."


def scrape_context(context: ScrapeContext, intake: IntakeReading) -> Iterator[Metric]:
    """Every family that needs no store."""
    exchange = context.exchange
    yield from _intake(intake)
    yield from _pools(intake.pools)
    load = exchange.store.load()
    yield plain("dalel_store_writes_waiting", "Writes whose commit is to come.", load.waiting)
    yield plain(
        "dalel_store_stalled_seconds", "For how long none of them has got an answer.", load.stalled.total_seconds()
    )
    authorities = exchange.time_stamps
    away = None if authorities is None else float(authorities.is_away())
    yield plain("dalel_timestamp_authorities_away", "1 while no time-stamp authority answers.", away)
    yield from _keys(context.keys)
    yield gauge(
        "dalel_party_certificate_end_timestamp_seconds", _CERTIFICATE, ("party", "role"), _ends(exchange.directory())
    )


def _intake(intake: IntakeReading) -> Iterator[Metric]:
    closed = [((cause,), float(cause in intake.closed)) for cause in intake.causes]
    yield gauge("dalel_intake_closed", "1 for each cause for which nothing is taken now.", ("cause",), closed)
    turned = [((cause,), float(intake.rejected.get(cause, 0))) for cause in intake.causes]
    yield counter("dalel_intake_rejected", "Requests turned away unread, by cause.", ("cause",), turned)
    yield plain("dalel_intake_requests", "Requests in hand.", intake.requests)
    yield plain("dalel_intake_body_bytes", "Bytes of bodies in hand.", intake.body_bytes)
    free = [((str(folder),), float(count)) for folder, count in intake.free_bytes.items()]
    yield gauge("dalel_disk_free_bytes", "Free for us on the file system of a folder we write to.", ("folder",), free)
    yield plain("dalel_disk_reserve_bytes", "Below so many free bytes nothing new is taken.", intake.reserve_bytes)


def _pools(pools: Sequence[PoolSeen]) -> Iterator[Metric]:
    taken = [((pool.area.value,), float(pool.in_hand)) for pool in pools]
    yield gauge("dalel_pool_requests", "Requests in hand at console and API, by area.", ("area",), taken)
    most = [((pool.area.value,), float(pool.most)) for pool in pools]
    yield gauge("dalel_pool_places", "How many requests an area may have in hand.", ("area",), most)
    shed = [((pool.area.value, cause.value), float(pool.shed.get(cause, 0))) for pool in pools for cause in PoolCause]
    yield counter(
        "dalel_requests_shed", "Requests of console and API that were not served, by area and cause.",
        ("area", "cause"), shed,
    )  # fmt: skip


def _keys(keys: Keyring) -> Iterator[Metric]:
    states = keys.states()
    ends = [((state.name,), state.not_after.timestamp()) for state in states]
    yield gauge("dalel_key_end_timestamp_seconds", "When the certificate of our key ends.", ("key",), ends)
    troubles = [((state.name,), float(state.trouble is not None)) for state in states]
    yield gauge(
        "dalel_key_not_replaced", "1 while a new key lies in its place and is not in force.", ("key",), troubles
    )


def _ends(directory: Directory) -> Iterator[tuple[tuple[str, str], float]]:
    for party in directory.registry.parties:
        end = _last_end(party, directory)
        if end is not None and party.role is not PartyRole.EXCHANGE:  # ours are the keys
            yield (party.party_id, party.role.value), end.timestamp()


def _last_end(party: Party, directory: Directory) -> datetime | None:
    """Of a party that has its next certificate registered, nobody need be told; one that is barred does not count."""
    ends = map(_end, party.certificates)
    return max((not_after for sha256, not_after in ends if sha256 not in directory.barred), default=None)


@lru_cache(maxsize=4096)
def _end(der: bytes) -> tuple[str, datetime]:
    """Read once, not at every scrape."""
    certificate = Certificate.from_der(der)
    return certificate.sha256, certificate.not_after
