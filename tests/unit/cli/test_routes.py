"""``dalel routes`` as an operator uses it: export, edit, look, import; ask why; see what a route is missing for."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import pytest
import yaml

from contracts.party import PartyId
from dossier.case.events import AppealUnrouted
from gateway.cli.frame import Exit
from gateway.config.settings import load_settings
from gateway.store.database import open_store
from tests.worlds.builders import opening, registered

NUMBER = "DL-2026-0000000007"


@pytest.fixture
def table(run, home, tmp_path):
    """The routes in force as a file."""
    file = tmp_path / "routes.csv"
    assert run("routes", "export", file, "--home", home).code == Exit.OK
    return file


def version(run, home) -> int:
    return json.loads(run("parties", "list", "--home", home, "--json").out)["version"]


def test_what_was_exported_changes_nothing_when_it_is_imported(run, home, table, tmp_path):
    run("routes", "export", tmp_path / "routes.yaml", "--home", home)

    assert run("routes", "export", "--home", home).out == table.read_text()
    for file in (table, tmp_path / "routes.yaml"):
        assert run("routes", "import", file, "--home", home).out.strip() == "Nothing changes."
    assert version(run, home) == 1


def test_an_import_makes_a_new_version_and_parties_stay(run, home, table):
    table.write_text(table.read_text() + "agency,TAX,75,,jer-almaty\n")
    result = run("routes", "import", table, "--dry-run", "--home", home)
    assert "+ route agency: subject TAX, kato 75, region → jer-almaty" in result.out
    assert version(run, home) == 1

    assert "In force as version 2" in run("routes", "import", table, "--home", home).out
    output = run("routes", "explain", "--subject", "TAX-VAT", "--kato", "751110000", "--home", home, "--json").out
    assert json.loads(output)["body"] == "jer-almaty"
    listed = json.loads(run("parties", "list", "--home", home, "--json").out)
    assert (len(listed["parties"]), listed["duty_body"]) == (7, "akimat-almaty")


def test_a_parties_file_without_routes_keeps_what_was_imported(run, home, table):
    table.write_text(table.read_text().replace("LAND", "LAND-LEASE"))
    run("routes", "import", table, "--home", home)
    parties = yaml.safe_load((home / "parties.yaml").read_text())
    del parties["routes"]
    (home / "parties.yaml").write_text(yaml.safe_dump(parties))

    assert run("parties", "apply", home / "parties.yaml", "--home", home).out.strip() == "Nothing changes."


def test_a_broken_file_of_routes_is_told_whole_and_changes_nothing(run, home, table):
    table.write_text(table.read_text() + "agency,TAX,75,,nobody\nagency,*,75,region,jer-almaty\n")
    ran = run("routes", "import", table, "--home", home)

    assert ran.code == Exit.FAILED
    assert "line 5, party: no party nobody is described" in ran.err
    assert "line 6: fits exactly as line 2 does, which names akimat-almaty" in ran.err
    assert version(run, home) == 1


def test_it_is_told_loudly_what_routes_leave_open(run, home):
    parties = yaml.safe_load((home / "parties.yaml").read_text())
    del parties["duty_body"]
    (home / "parties.yaml").write_text(yaml.safe_dump(parties))
    ran = run("parties", "apply", home / "parties.yaml", "--home", home)
    assert "~ duty body: akimat-almaty → nothing" in ran.out
    assert "! no duty body: an appeal that no route fits is REFUSED" in ran.out

    findings = {one["subject"]: one for one in json.loads(run("doctor", "--json", "--home", home).out)}
    assert (findings["routes"]["health"], "REFUSED" in findings["routes"]["message"]) == ("warn", True)


def test_the_doctor_names_the_duty_body(run, home):
    findings = {one["subject"]: one for one in json.loads(run("doctor", "--json", "--home", home).out)}
    assert findings["routes"]["message"].startswith("3, duty body akimat-almaty")


def test_it_is_explained_why_a_body_is_competent(run, home):
    ran = run("routes", "explain", "--subject", "LAND-LEASE", "--kato", "751110000", "--home", home)

    assert "Body: jer-almaty; its route names the subject more deeply than the next." in ran.out
    assert "Above jer-almaty: akim-almaty." in ran.out
    assert "Court: smas-almaty; its route is the only one that fits." in ran.out
    assert "Case numbers of the place begin with 7594." in ran.out


def test_it_is_explained_that_no_route_fits(run, home):
    ran = run("routes", "explain", "--subject", "LAND", "--kato", "710000000", "--home", home)
    assert "Body: akimat-almaty, the duty body, for no route fits LAND in 710000000." in ran.out


def test_a_place_is_asked_for_by_its_nine_digits(run, home):
    ran = run("routes", "explain", "--subject", "LAND", "--kato", "75", "--home", home)
    assert (ran.code, "75 is no place: KATO has nine digits" in ran.err) == (Exit.USAGE, True)


def test_nobody_is_asked_about_who_is_no_party(run, home):
    ran = run("routes", "explain", "--subject", "LAND", "--kato", "750000000", "--at-body", "nobody", "--home", home)
    assert (ran.code, "There is no party nobody" in ran.err) == (Exit.FAILED, True)


def test_appeals_that_no_route_fitted_are_listed_until_and_after_a_route_is_given(run, home, table):
    assert "Every appeal found its body by a route." in run("routes", "unrouted", "--home", home).out
    _fall_to_the_duty_body(home)

    assert "still missing" in run("routes", "unrouted", "--home", home).out
    table.write_text(table.read_text() + "agency,TAX,*,,jer-almaty\n")
    run("routes", "import", table, "--home", home)
    assert "jer-almaty" in run("routes", "unrouted", "--home", home).out
    (row,) = json.loads(run("routes", "unrouted", "--json", "--home", home).out)
    assert (row["appeal_number"], row["subject"], row["kato"]) == (NUMBER, "TAX", "710000000")


def test_a_list_goes_on_from_an_appeal_that_is_there(run, home):
    _fall_to_the_duty_body(home)

    assert "No older ones." in run("routes", "unrouted", "--before", NUMBER, "--home", home).out
    assert run("routes", "unrouted", "--before", "DL-1", "--home", home).code == Exit.FAILED


def _fall_to_the_duty_body(home) -> None:
    facts = (registered(NUMBER, subject="TAX", kato="710000000"), AppealUnrouted(PartyId("akimat-almaty")))

    async def write() -> None:
        store = await open_store(load_settings(home).database_url)
        await store.run(opening(facts=facts, appeal_number=NUMBER, at=datetime(2026, 11, 24, tzinfo=UTC)))
        await store.close()

    asyncio.run(write())
