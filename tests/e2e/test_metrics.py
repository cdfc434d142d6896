"""What Prometheus is told by a running exchange, and what dashboard, alerts and handbook make of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from gateway.cli.demo.processes import free_ports
from tests.e2e.exposition import Exposition, scraped, scraped_from
from tests.e2e.running import RunningExchange, an_exchange, an_installation, until
from tests.integration.dependencies.sender import an_envelope, ask, post

DOCS = Path(__file__).parents[2] / "docs"
OF_PROMETHEUS = {"up"}  # told of each target by Prometheus itself
OF_THE_TARGET = {"job", "instance", "le"}


@dataclass(frozen=True)
class Passed:
    """An exchange whose parties are away: one appeal was accepted, one message refused."""

    running: RunningExchange
    metrics_url: str
    before: Exposition
    after: Exposition


@pytest.fixture(scope="module")
def passed(tmp_path_factory) -> Iterator[Passed]:
    home = tmp_path_factory.mktemp("metrics") / "home"
    port, (metrics_port,) = an_installation(home), free_ports(1)
    url = f"http://127.0.0.1:{metrics_port}"
    with an_exchange(home, port, DALEL_METRICS_PORT=str(metrics_port)) as running:
        before = scraped(url)
        assert post(running.url, an_envelope(home)).status == 200
        assert post(running.url, b"no message").status == 500
        until(lambda: is_attempted(scraped(url)))
        yield Passed(running, url, before, scraped(url))


def is_attempted(reported: Exposition) -> bool:
    """What was seen of the store a few seconds before is told again, so this also waits for a fresh look."""
    attempts = reported.values("dalel_delivery_attempt_duration_seconds_count", outcome="deferred")
    return sum(attempts) > 0 and sum(reported.values("dalel_deliveries_open")) > 0


# --- what is told -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("dalel_messages_total", {"action": "RegisterAppeal", "outcome": "accepted"}),
        ("dalel_messages_total", {"action": "unknown", "outcome": "refused"}),
        ("dalel_refusals_total", {"code": "NotXml"}),
        ("dalel_case_events_total", {"kind": "appeal_registered"}),
        ("dalel_case_events_total", {"kind": "term_opened"}),
        ("dalel_request_duration_seconds_count", {"service": "appeals"}),
        ("dalel_delivery_attempt_duration_seconds_count", {"outcome": "deferred"}),
        ("dalel_deliveries_open", {}),
        ("dalel_party_silence_seconds", {}),
        ("dalel_event_loop_lag_seconds_count", {}),
    ],
)
def test_it_moves_while_an_appeal_passes(passed: Passed, name: str, labels: dict[str, str]):
    assert passed.after.total(name, **labels) > sum(passed.before.values(name, **labels))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dalel_store_up", 1),
        ("dalel_intake_closed", 0),
        ("dalel_intake_rejected_total", 0),
        ("dalel_ledger_failed_checks_total", 0),
        ("dalel_key_not_replaced", 0),
        ("dalel_build_info", 1),
        ("dalel_terms_overdue", 0),
    ],
)
def test_it_tells_that_all_is_well(passed: Passed, name: str, value: float):
    assert passed.before.total(name) == value


def test_every_party_has_its_limits_and_the_end_of_its_certificate(passed: Passed):
    parties = passed.running.registry().keys() - {"dalel"}
    for name in ("dalel_party_limit_seconds", "dalel_party_certificate_end_timestamp_seconds"):
        family = passed.after.families[name]
        assert {sample.labels["party"] for sample in family.samples} == parties
    assert passed.after.total("dalel_party_limit_seconds", party="smas-almaty", step="page") == 259_200


def test_no_number_name_or_text_of_a_case_is_told(passed: Passed):
    listed = json.loads(passed.running.dalel("deliveries", "list", "--json"))
    secrets = {str(row[name]) for row in listed for name in ("message_id", "conversation_id", "appeal_number")}
    reported = {
        value
        for family in passed.after.families.values()
        for sample in family.samples
        for value in sample.labels.values()
    }
    assert secrets
    assert not secrets & reported


def test_every_name_says_its_unit_and_what_it_means(passed: Passed):
    ours = {name: family for name, family in passed.after.families.items() if name.startswith("dalel_")}
    for name, family in ours.items():
        assert family.documentation.endswith("."), name
        assert name.endswith("_total") == (family.type == "counter"), name
        spans = [word for word in ("duration", "age", "silence", "lag", "limit", "stalled") if f"_{word}" in name]
        assert not spans or name.endswith("_seconds"), name


# --- who may read it --------------------------------------------------------------------------------------------------


def test_parties_cannot_read_it(passed: Passed):
    assert ask(passed.running.url, "/metrics").status == 404


def test_nothing_else_is_served_beside_it(passed: Passed):
    assert ask(passed.metrics_url, "/health/ready").status == 404


def test_an_operator_reads_the_same_over_the_socket(passed: Passed):
    reported = scraped_from(passed.running.home / "admin.sock")
    assert reported.families.keys() == passed.after.families.keys()


# --- what is made of it -----------------------------------------------------------------------------------------------


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load((DOCS / "grafana/alerts.yaml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    return json.loads((DOCS / "grafana/dalel.json").read_text(encoding="utf-8"))["panels"]


def queries() -> list[str]:
    drawn = [target["expr"] for panel in panels() for target in panel.get("targets", ())]
    return [*(rule["expr"] for rule in alerts()), *drawn]


def selectors(query: str) -> list[promql_parser.VectorSelector]:
    """Every series that a query asks for. Raises ValueError for what is no PromQL."""
    nodes: list[object] = []
    promql_parser.walk(promql_parser.parse(query.replace("$__rate_interval", "5m")), nodes.append)
    return [node for node in nodes if isinstance(node, promql_parser.VectorSelector)]


@pytest.mark.parametrize("query", queries())
def test_a_query_asks_for_series_that_are_there_by_labels_that_they_have(passed: Passed, query: str):
    rows = selectors(query)
    assert rows
    for selector in rows:
        if selector.name in OF_PROMETHEUS:
            continue
        assert selector.name in series(passed.after), f"nobody tells {selector.name}"
        for matcher in selector.matchers.matchers:
            reported = passed.after.labels_of(selector.name).get(matcher.name)
            if matcher.name not in OF_THE_TARGET:
                assert reported is not None, f"{selector.name} has no label {matcher.name}"
                assert set(matcher.value.split("|")) <= reported, (
                    f"{selector.name}: {matcher.name} is one of {reported}"
                )


def series(reported: Exposition) -> set[str]:
    """Every name that may be asked for, also of families in which nothing has happened yet."""
    parts = {"histogram": ("_bucket", "_count", "_sum")}
    return {name + part for name, family in reported.families.items() for part in parts.get(family.type, ("",))}


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: f"{rule['alert']}-{rule['labels']['severity']}")
def test_an_alert_says_in_three_languages_what_is_wrong_and_what_helps(rule: dict[str, Any]):
    assert rule["labels"]["severity"] in {"warn", "alarm", "page"}
    assert rule["annotations"].keys() == {"summary", "summary_kk", "summary_ru", "cure"}


def test_an_alarm_that_nobody_heeds_is_told_the_sooner_the_louder_it_is():
    """By whoever watches the watchman: its own messages may be what does not arrive."""
    waits = {one["labels"]["severity"]: one["for"] for one in alerts() if one["alert"] == "DalelAlarmUnheeded"}
    assert waits == {"page": "5m", "alarm": "1h"}
    assert [one["title"] for one in panels() if "dalel_alarms_open" in str(one.get("targets"))] == [
        "Alarms that nobody acknowledged", "Open alarms, by kind", "Open alarms, by how loud",
    ]  # fmt: skip


def test_certificates_alarm_at_sixty_thirty_fourteen_seven_days_and_one():
    within = [rule["labels"]["within"] for rule in alerts() if rule["alert"] == "DalelCertificateExpiring"]
    assert within == ["60d", "30d", "14d", "7d", "1d"]


def test_every_panel_stands_in_its_own_place():
    taken = [(p["gridPos"]["x"] + dx, p["gridPos"]["y"] + dy)
             for p in panels() for dx in range(p["gridPos"]["w"]) for dy in range(p["gridPos"]["h"])]  # fmt: skip
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24


ROW = re.compile(r"^\| `(dalel_\w+)` \| (\w+) \| ([^|]*) \| (.*) \|$", re.MULTILINE)


def test_the_handbook_lists_every_metric_as_it_is_told(passed: Passed):
    listed = {name: (kind, words) for name, kind, _, words in ROW.findall((DOCS / "operating.md").read_text("utf-8"))}
    reported = {
        name: (family.type, family.documentation)
        for name, family in passed.after.families.items()
        if name.startswith("dalel_")
    }
    assert listed == reported


def test_the_handbook_names_the_labels_that_series_have(passed: Passed):
    page = (DOCS / "operating.md").read_text("utf-8")
    for name, kind, labels, _ in ROW.findall(page):
        series = f"{name}_count" if kind == "histogram" else name
        if passed.after.values(series):
            assert passed.after.labels_of(series).keys() == set(re.findall(r"`(\w+)`", labels)), name
