"""How the exchange is: what is seen, and what is said of it."""

from __future__ import annotations

import string
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from contracts.party import LocalText
from gateway.domain.alarms.condition import HealthCondition, NodeSeen, Observation, conditions_of
from gateway.domain.alarms.findings import Health, worst
from gateway.texts import conditions as condition_words
from gateway.texts.conditions import HEALTHS, PARTS, ConditionPart, filled, probe_words
from tests.worlds.builders import MINUTE, NOON

HOUR, DAY = 60 * MINUTE, 1440 * MINUTE
THERE = NodeSeen("one", "1.0", "0017", ("clock", "sealer"), timedelta(seconds=1), NOON)
WELL = Observation(
    NOON,
    database="SQLite 3.40",
    keys=(("message", NOON + 300 * DAY, ""), ("seal", NOON + 300 * DAY, "")),
    has_authorities=True,
    free_bytes={"/data": 50 * 1024**3},
    reserve_bytes=256 * 1024**2,
    clock_off=timedelta(seconds=0.1),
    nodes=(THERE,),
    leads_alone=frozenset({"clock", "sealer"}),
    checked=(NOON - HOUR, True),
    judged_count=5,
)


def by_part(seen: Observation) -> dict[ConditionPart, HealthCondition]:
    return {one.part: one for one in conditions_of(seen)}


def test_where_nothing_is_wrong_everything_is_well_and_says_so():
    found = conditions_of(WELL)
    assert {one.health for one in found} == {Health.OK}
    assert all(one.cure is None for one in found)
    assert len({one.part for one in found}) == len(found) > 10


@pytest.mark.parametrize(
    ("changes", "part", "health", "page"),
    [
        ({"documents_trouble": "disk is read-only"}, ConditionPart.DOCUMENTS, Health.FAIL, ""),
        ({"closed": {"disk": "no room"}}, ConditionPart.INTAKE, Health.FAIL, ""),
        ({"leaving": True}, ConditionPart.INTAKE, Health.WARN, ""),
        ({"keys": (("message", NOON + 29 * DAY, ""),)}, ConditionPart.MESSAGE_KEY, Health.WARN, ""),
        ({"keys": (("message", NOON + 6 * DAY, ""),)}, ConditionPart.MESSAGE_KEY, Health.FAIL, ""),
        ({"keys": (("seal", NOON, ""),)}, ConditionPart.SEAL_KEY, Health.FAIL, ""),
        ({"keys": (("seal", NOON + 300 * DAY, "not registered"),)}, ConditionPart.SEAL_KEY, Health.WARN, ""),
        ({"has_authorities": False}, ConditionPart.TIME_STAMPS, Health.WARN, ""),
        ({"authorities_away": True}, ConditionPart.TIME_STAMPS, Health.WARN, "/ledger"),
        ({"tokenless_since": NOON - 2 * HOUR}, ConditionPart.TIME_STAMPS, Health.WARN, "/ledger"),
        (
            {"tokenless_since": NOON - 2 * HOUR, "authorities_away": True},
            ConditionPart.TIME_STAMPS,
            Health.FAIL,
            "/ledger",
        ),
        ({"free_bytes": {}}, ConditionPart.DISK, Health.WARN, ""),
        ({"unknown": 1, "path_invalid": 1}, ConditionPart.REVOCATION, Health.FAIL, "/parties/certificates"),
        ({"unknown": 1, "no_path": 1}, ConditionPart.REVOCATION, Health.WARN, "/parties/certificates"),
        ({"free_bytes": {"/a": 10**12, "/b": 500 * 1024**2}}, ConditionPart.DISK, Health.WARN, ""),
        ({"free_bytes": {"/data": 1024}}, ConditionPart.DISK, Health.FAIL, ""),
        ({"clock_off": timedelta(seconds=-3)}, ConditionPart.CLOCK, Health.WARN, ""),
        ({"clock_off": timedelta(minutes=4)}, ConditionPart.CLOCK, Health.FAIL, ""),
        ({"ledger_broken": "tile 0"}, ConditionPart.LEDGER, Health.FAIL, "/ledger"),
        ({"unsealed": 9, "unsealed_since": NOON - 6 * MINUTE}, ConditionPart.LEDGER, Health.WARN, "/ledger"),
        ({"checked": None}, ConditionPart.LEDGER_CHECK, Health.WARN, "/ledger"),
        ({"checked": (NOON - 3 * DAY, True)}, ConditionPart.LEDGER_CHECK, Health.WARN, "/ledger"),
        ({"checked": (NOON - HOUR, False)}, ConditionPart.LEDGER_CHECK, Health.FAIL, "/ledger"),
        ({"revoked": 1}, ConditionPart.REVOCATION, Health.FAIL, "/parties/certificates"),
        ({"unknown": 2}, ConditionPart.REVOCATION, Health.WARN, "/parties/certificates"),
        ({"nodes": (THERE, replace(THERE, name="two", version="1.1"))}, ConditionPart.NODES, Health.WARN, ""),
        ({"nodes": (replace(THERE, leads=("clock",)),)}, ConditionPart.LOOPS, Health.WARN, ""),
        ({"dead_letters": 3}, ConditionPart.DEAD_LETTERS, Health.FAIL, "/deliveries?state=dead_lettered&order=oldest"),
        ({"silent_parties": 1}, ConditionPart.PARTIES, Health.WARN, "/parties?only=silent"),
        (
            {"oldest_since": NOON - HOUR, "oldest_waits": (30 * MINUTE, 2 * HOUR)},
            ConditionPart.BACKLOG,
            Health.WARN,
            "/deliveries?group=open&order=oldest",
        ),
        (
            {"oldest_since": NOON - 3 * HOUR, "oldest_waits": (30 * MINUTE, 2 * HOUR)},
            ConditionPart.BACKLOG,
            Health.FAIL,
            "/deliveries?group=open&order=oldest",
        ),
    ],
)
def test_each_trouble_is_told_by_itself_with_what_helps_and_where(
    changes, part: ConditionPart, health: Health, page: str
):
    troubled = [one for one in conditions_of(replace(WELL, **changes)) if one.health is not Health.OK]
    assert [(one.part, one.health, one.page) for one in troubled] == [(part, health, page)]
    assert troubled[0].cure is not None


def test_a_silent_node_is_named_with_when_it_was_seen_last_beside_those_that_are_there():
    gone = replace(THERE, name="two", silent_for=timedelta(minutes=3), last_seen_at=NOON - 3 * MINUTE)
    found = [one for one in conditions_of(replace(WELL, nodes=(THERE, gone))) if one.part is ConditionPart.NODES]
    assert [(one.health, one.since) for one in found] == [(Health.WARN, NOON - 3 * MINUTE), (Health.OK, None)]
    assert "two" in found[0].message.en


def test_without_the_database_nothing_is_guessed_of_what_lies_in_it():
    found = by_part(replace(WELL, database_trouble="connection refused"))
    assert (found[ConditionPart.DATABASE].health, found[ConditionPart.DATABASE].detail) == (
        Health.FAIL,
        "connection refused",
    )
    assert found.keys().isdisjoint(
        {ConditionPart.LEDGER, ConditionPart.NODES, ConditionPart.BACKLOG, ConditionPart.REVOCATION}
    )
    assert ConditionPart.DISK in found


def test_the_oldest_that_waits_within_its_time_is_well():
    found = by_part(replace(WELL, oldest_since=NOON - MINUTE, oldest_waits=(HOUR, 2 * HOUR), waiting=4))
    assert (found[ConditionPart.BACKLOG].health, found[ConditionPart.BACKLOG].since) == (Health.OK, NOON - MINUTE)
    assert "4" in found[ConditionPart.BACKLOG].message.ru


def test_each_check_of_readiness_is_told_in_words_one_that_is_new_here_too():
    for name in ("process", "store", "documents", "intake", "node", "another"):
        assert probe_words(name, ok=True) != probe_words(name, ok=False)


def test_the_worst_decides():
    assert worst([]) is Health.OK
    assert worst([Health.OK, Health.FAIL, Health.WARN]) is Health.FAIL


def test_every_part_and_health_has_words_and_the_places_of_each_are_the_same_in_all_languages():
    assert PARTS.keys() == set(ConditionPart)
    assert HEALTHS.keys() == set(Health)
    texts = [one for one in vars(condition_words).values() if isinstance(one, LocalText)]
    assert len(texts) > 40
    for text in texts:
        places = [
            sorted(name for _, name, _, _ in string.Formatter().parse(getattr(text, field.name)) if name)
            for field in fields(text)
        ]
        assert places[0] == places[1] == places[2], text.en
        assert all(getattr(text, field.name).strip() for field in fields(text))
    assert filled(condition_words.WAITING, count=3).en == "Messages that are not acknowledged: 3."
