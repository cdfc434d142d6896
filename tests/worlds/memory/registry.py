"""The registry in memory: every version stays, the newest is in force."""

from __future__ import annotations

from dataclasses import replace

from contracts.party import Registry
from gateway.ports.parties import ApplyRegistry, LoadRegistry, LoadRegistryVersion
from gateway.ports.people.users import AuditNote
from tests.worlds.memory.rows import Memory, serves


@serves(ApplyRegistry)
def apply_registry(memory: Memory, job: ApplyRegistry) -> int:
    version = len(memory.registries) + 1
    parties = tuple(sorted(job.registry.parties, key=lambda one: one.party_id))
    agreements = tuple(sorted(job.registry.agreements, key=lambda one: one.party_id))
    memory.registries.append(replace(job.registry, version=version, parties=parties, agreements=agreements))
    channels = {party.party_id: party.channel for party in parties}
    for one in memory.open_deliveries():
        one.channel = channels.get(one.message.recipient, one.channel)
    for lane in memory.lanes.values():
        if lane.pause is None:
            lane.rests_until = None
    memory.audit.append(AuditNote(job.by, "registry.applied", str(version), "", "applied", job.at))
    return version


@serves(LoadRegistry)
def load_registry(memory: Memory, _: LoadRegistry) -> Registry:
    return memory.registry


@serves(LoadRegistryVersion)
def registry_version(memory: Memory, _: LoadRegistryVersion) -> int:
    return memory.registry.version
