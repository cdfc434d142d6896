from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, time, timedelta

import pytest
import yaml

from connectors.sandbox.authorities.ca import SandboxAuthority
from contracts.party import BodyLevel, Channel, PartyRole, QuietHours, Weekday
from gateway.config.yaml_form import FormInvalid
from gateway.registry.parties_diff import diff
from gateway.registry.parties_file import form_of, parse_parties, read_parties

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def _certificate(name: str) -> str:
    return SandboxAuthority.create(name, now=NOW).key.certificate.to_pem().decode()


PEM, OTHER_PEM = _certificate("one"), _certificate("other")

FORM = {
    "version": 1,
    "parties": [
        {
            "party_id": "akimat-almaty",
            "role": "agency",
            "bin": "970340001029",
            "name": {"kk": "Әкімдік", "ru": "Акимат", "en": "Akimat"},
            "channel": "push",
            "endpoint": "https://akimat.example.kz/inbox",
            "certificates": [PEM],
        },
        {
            "party_id": "smas-almaty",
            "role": "court",
            "bin": "150540002093",
            "name": {"kk": "Сот", "ru": "Суд", "en": "Court"},
            "channel": "mailbox",
            "certificates": [OTHER_PEM],
        },
    ],
    "agreements": [{"party_id": "akimat-almaty", "first_wait_s": 0.5}],
    "routes": [{"role": "agency", "subject": "*", "kato": "75", "party": "akimat-almaty"}],
}

ROUTE = FORM["routes"][0]

QUIET_WEEK = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "09:00", "to": "09:00"}


def _changed(*path_and_value):
    """The form with one value changed; ``...`` as value removes it."""
    *path, value = path_and_value
    form = deepcopy(FORM)
    place = form
    for step in path[:-1]:
        place = place[step]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return yaml.safe_dump(form, allow_unicode=True)


def _problems(text: str) -> list[str]:
    with pytest.raises(FormInvalid) as reported:
        parse_parties(text)
    return list(reported.value.problems)


def test_the_form_is_read_into_a_registry():
    registry = parse_parties(yaml.safe_dump(FORM))

    akimat, court = registry.parties
    assert (akimat.role, akimat.channel, akimat.endpoint) == (
        PartyRole.AGENCY,
        Channel.PUSH,
        "https://akimat.example.kz/inbox",
    )
    assert (court.channel, court.endpoint, len(court.certificates)) == (Channel.MAILBOX, None, 1)
    assert registry.agreements[0].first_wait == timedelta(seconds=0.5)
    assert registry.agreements[0].longest_wait == timedelta(minutes=15), "what is not said has its default"
    assert registry.routes[0].kato == "75"


def test_what_is_written_reads_back_as_the_same_registry():
    registry = parse_parties(yaml.safe_dump(FORM))

    assert parse_parties(form_of(registry)) == registry


def test_two_bodies_for_one_subject_place_and_level_are_a_problem():
    form = yaml.safe_load(_changed("parties", 1, "role", "agency"))
    form["routes"].append({**ROUTE, "party": "smas-almaty"})

    (problem,) = _problems(yaml.safe_dump(form))
    assert problem.startswith("routes[1]: fits exactly as routes[0] does, which names akimat-almaty")


def test_two_bodies_for_one_subject_and_place_may_stand_at_two_levels():
    form = yaml.safe_load(_changed("parties", 1, "role", "agency"))
    form["routes"].append({**ROUTE, "level": "national", "party": "smas-almaty"})
    form["parties"][0] |= {"higher": "smas-almaty", "kato": "750000000"}
    form["duty_body"] = "smas-almaty"
    registry = parse_parties(yaml.safe_dump(form, allow_unicode=True))

    assert [route.stands_at for route in registry.routes] == [BodyLevel.REGION, BodyLevel.NATIONAL]
    assert (registry.parties[0].higher, registry.parties[0].kato) == ("smas-almaty", "750000000")
    assert parse_parties(form_of(registry)) == registry


def test_bodies_that_stand_above_each_other_are_a_problem():
    form = yaml.safe_load(_changed("parties", 0, "higher", "smas-almaty"))
    form["parties"][1] |= {"role": "agency", "higher": "akimat-almaty"}

    assert len(_problems(yaml.safe_dump(form))) == 2


def test_a_file_without_routes_keeps_those_in_force():
    whole = parse_parties(yaml.safe_dump(FORM))

    assert parse_parties(_changed("routes", ...), kept=whole.routes) == whole
    assert parse_parties(_changed("routes", []), kept=whole.routes).routes == ()


def test_a_route_in_force_to_a_party_that_leaves_is_a_problem():
    whole = parse_parties(yaml.safe_dump(FORM))
    form = {"version": 1, "parties": [FORM["parties"][1]]}

    with pytest.raises(FormInvalid, match=r"route in force \[0\].party: no party akimat-almaty is described"):
        parse_parties(yaml.safe_dump(form), kept=whole.routes)


def test_digits_are_written_in_quotes_for_readers_of_other_yaml_versions():
    assert "'970340001029'" in form_of(parse_parties(yaml.safe_dump(FORM)))


def test_certificates_may_be_files_beside_the_form(tmp_path):
    (tmp_path / "certs").mkdir()
    (tmp_path / "certs" / "akimat.pem").write_text(PEM)
    (tmp_path / "parties.yaml").write_text(_changed("parties", 0, "certificates", ["certs/akimat.pem"]))

    assert read_parties(tmp_path / "parties.yaml") == parse_parties(yaml.safe_dump(FORM))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (_changed("parties", 0, "bin", 970340001029), "parties[0].bin: "),
        (_changed("parties", 0, "bin", "970340001028"), "parties[0].bin: 970340001028 is no BIN"),
        (_changed("parties", 0, "name", "kk", ...), "parties[0].name.kk: "),
        (_changed("parties", 0, "role", "ministry"), "parties[0].role: "),
        (_changed("parties", 0, "endpoint", ...), "parties[0].endpoint: a push party needs an endpoint"),
        (_changed("parties", 1, "endpoint", "https://x.kz/"), "parties[1].endpoint: a mailbox party has no endpoint"),
        (_changed("parties", 0, "endpoint", "ftp://x.kz/"), "parties[0].endpoint: "),
        (_changed("parties", 0, "certificates", []), "parties[0].certificates: "),
        (_changed("parties", 0, "certificates", ["a.pem"]), "parties[0].certificates[0]: no certificate in PEM"),
        (_changed("parties", 1, "certificates", [PEM]), "parties[1].certificates: the same as of akimat-almaty"),
        (_changed("parties", 1, "party_id", "akimat-almaty"), "parties[1]: says again what parties[0] says"),
        (_changed("agreements", 0, "party_id", "nobody"), "agreements[0].party_id: no party nobody"),
        (_changed("agreements", 0, "first_wait_s", 0), "agreements[0].first_wait_s: "),
        (_changed("agreements", 0, "on_unknown_revocation", "maybe"), "agreements[0].on_unknown_revocation: "),
        (_changed("agreements", 0, "revocation_patience_s", 0), "agreements[0].revocation_patience_s: "),
        (_changed("agreements", 0, "most_at_once", 0), "agreements[0].most_at_once: "),
        (_changed("agreements", 0, "most_per_minute", 0), "agreements[0].most_per_minute: "),
        (
            _changed("agreements", 0, "quiet_hours", [{"days": ["monday"], "from": "18:00", "to": "08:00"}]),
            "agreements[0].quiet_hours[0].days[0]: ",
        ),
        (
            _changed("agreements", 0, "quiet_hours", [{"days": ["mon"], "from": 1080, "to": "08:00"}]),
            "agreements[0].quiet_hours[0].from: ",
        ),
        (
            _changed("agreements", 0, "quiet_hours", [{"days": ["mon"], "from": "24:00", "to": "08:00"}]),
            "agreements[0].quiet_hours[0].from: ",
        ),
        (
            _changed("agreements", 0, "quiet_hours", [QUIET_WEEK]),
            "agreements[0].quiet_hours: never leave more than 0 minutes at a stretch",
        ),
        (
            _changed("agreements", 0, "quiet_hours", [{**QUIET_WEEK, "from": "09:30"}]),
            "agreements[0].quiet_hours: never leave more than 30 minutes",
        ),
        (
            _changed("agreements", 0, "warn_after_s", 90_000),
            "agreements[0].warn_after_s: people are warned, then alarmed",
        ),
        (_changed("routes", 0, "party", "nobody"), "routes[0].party: no party nobody"),
        (_changed("routes", 0, "party", "smas-almaty"), "routes[0].party: smas-almaty has the role court"),
        (_changed("routes", 0, "kato", "Алматы"), "routes[0].kato: "),
        (_changed("routes", 0, "level", "city"), "routes[0].level: "),
        (_changed("routes", [ROUTE, ROUTE]), "routes[1]: says again what routes[0] says"),
        (_changed("routes", [ROUTE, {**ROUTE, "level": "region"}]), "routes[1]: says again what routes[0] says"),
        (_changed("parties", 0, "higher", "nobody"), "parties[0].higher: no party nobody is described"),
        (_changed("parties", 0, "higher", "smas-almaty"), "parties[0].higher: smas-almaty has the role court"),
        (_changed("parties", 0, "higher", "akimat-almaty"), "parties[0].higher: akimat-almaty would stand"),
        (_changed("parties", 0, "kato", "75"), "parties[0].kato: "),
        (_changed("duty_body", "nobody"), "duty_body: no party nobody is described"),
        (_changed("duty_body", "smas-almaty"), "duty_body: smas-almaty has the role court"),
        (_changed("rotues", []), "rotues: "),
        (_changed("version", 2), "version: "),
        ("parties: [}", "line 1: "),
        ("version: 1\nversion: 1", "line 1: key 'version' stands twice"),
        ("- a list", "the file: "),
    ],
)
def test_a_problem_is_told_with_its_place(text, says):
    assert any(problem.startswith(says) for problem in _problems(text)), _problems(text)


def test_all_problems_are_told_at_once():
    form = yaml.safe_load(_changed("routes", 0, "party", "nobody"))
    form["parties"][0]["endpoint"] = None
    form["agreements"][0]["party_id"] = "nobody"

    assert len(_problems(yaml.safe_dump(form))) == 3


def test_a_form_that_makes_python_objects_makes_none():
    assert _problems("!!python/object/apply:os.system ['true']")[0].startswith("line 1: ")


def test_a_file_that_is_not_there_is_a_problem_too(tmp_path):
    with pytest.raises(FormInvalid, match="cannot be read"):
        read_parties(tmp_path / "absent.yaml")


def test_the_same_registry_has_no_difference():
    registry = parse_parties(yaml.safe_dump(FORM))

    assert diff(registry, registry) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            _changed("parties", 0, "endpoint", "https://new.example.kz/"),
            "~ party akimat-almaty: endpoint https://akimat.example.kz/inbox → https://new.example.kz/",
        ),
        (_changed("agreements", 0, "first_wait_s", 3), "~ agreement akimat-almaty: first_wait 0.5 s → 3 s"),
        (_changed("agreements", []), "~ agreement akimat-almaty: first_wait 0.5 s → 2 s"),
        (_changed("parties", 0, "kato", "750000000"), "~ party akimat-almaty: kato nothing → 750000000"),
        (_changed("duty_body", "akimat-almaty"), "~ duty body: nothing → akimat-almaty"),
        (_changed("routes", []), "- route agency: subject *, kato 75, region → akimat-almaty"),
    ],
)
def test_a_difference_is_told_in_one_line(text, says):
    assert diff(parse_parties(yaml.safe_dump(FORM)), parse_parties(text)) == [says]


def test_parties_that_come_and_go_are_told():
    one = parse_parties(yaml.safe_dump({"version": 1, "parties": [FORM["parties"][0]]}))
    other = parse_parties(yaml.safe_dump({"version": 1, "parties": [FORM["parties"][1]]}))

    assert diff(one, other) == [
        "- party akimat-almaty: agency, push https://akimat.example.kz/inbox, Akimat",
        "+ party smas-almaty: court, mailbox, Court",
    ]


def test_a_new_certificate_is_told_by_its_digest():
    old = parse_parties(yaml.safe_dump(FORM))
    new = parse_parties(_changed("parties", 0, "certificates", [PEM, _certificate("third")]))

    (line,) = diff(old, new)
    assert line.startswith("~ party akimat-almaty: certificates certificate ")
    assert line.count("certificate ") == 3


def test_limits_of_a_party_are_read_and_written_back():
    stated = {
        "party_id": "akimat-almaty",
        "most_at_once": 3,
        "most_per_minute": 120,
        "quiet_hours": [{"days": ["mon", "fri"], "from": "18:00", "to": "08:30"}],
        "breaker_after": 2,
        "breaker_rest_s": 10,
        "warn_after_s": 600,
    }
    registry = parse_parties(_changed("agreements", [stated]))
    (terms,) = registry.agreements
    assert (terms.most_at_once, terms.most_per_minute, terms.breaker_after) == (3, 120, 2)
    assert terms.quiet_hours == (QuietHours(frozenset({Weekday.MON, Weekday.FRI}), time(18), time(8, 30)),)
    assert (terms.breaker_rest, terms.warn_after) == (timedelta(seconds=10), timedelta(minutes=10))
    assert parse_parties(form_of(registry)) == registry


def test_a_change_of_quiet_hours_is_told_as_people_would_write_it():
    quiet = [{"days": ["mon", "tue", "wed"], "from": "18:00", "to": "08:00"}]
    changes = diff(
        parse_parties(yaml.safe_dump(FORM, allow_unicode=True)),
        parse_parties(_changed("agreements", 0, "quiet_hours", quiet)),
    )
    assert changes == ["~ agreement akimat-almaty: quiet_hours nothing → mon-wed 18:00-08:00"]
