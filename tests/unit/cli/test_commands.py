"""Commands as scripts and people meet them: exit code, what is printed where, and what an error tells to do."""

from __future__ import annotations

import asyncio
import io
import json
import shutil
import socket

import pytest
import yaml

from gateway.bootstrap.sandbox_parties import AUTHORITIES, CAST
from gateway.cli.frame import Exit
from gateway.config.settings import load_settings
from gateway.store.database import open_store

COMMANDS = ["init", "serve", "sandbox", "demo", "verify", "evidence", "history", "scenario", "doctor",
            "parties list", "parties show", "parties apply", "routes import", "routes export", "routes explain",
            "routes unrouted", "ledger status", "ledger head", "ledger verify", "ledger export",
            "deliveries list", "deliveries show", "deliveries resend", "deliveries park", "deliveries release",
            "deliveries cancel", "backlog", "backup", "restore", "retention plan", "retention run",
            "import", "users add", "users list", "users disable", "users password",
            "tokens add", "tokens list", "tokens revoke"]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_an_example(run, command):
    ran = run(*command.split(), "--help")

    assert ran.code == Exit.OK
    assert "Example" in ran.out


@pytest.mark.parametrize("words", [["nonsense"], ["history"], ["deliveries", "show", "many"], ["verify"]])
def test_a_wrong_call_is_a_usage_error(run, words):
    assert run(*words).code == Exit.USAGE


@pytest.mark.parametrize(
    "words",
    [["serve"], ["history", "DL-2026-0000000001"], ["evidence", "m"], ["parties", "list"], ["deliveries", "list"],
     ["sandbox", "--all"], ["deliveries", "resend", "1", "--reason", "x"]],
)  # fmt: skip
def test_without_an_installation_a_command_says_how_to_make_one(run, tmp_path, words):
    ran = run(*words, "--home", tmp_path / "nowhere")

    assert ran.code == Exit.UNREACHABLE
    assert "dalel init" in ran.err
    assert ran.out == ""


def test_the_home_may_come_from_the_environment(run, home, monkeypatch):
    monkeypatch.setenv("DALEL_HOME", str(home))

    assert json.loads(run("parties", "list", "--json").out)["version"] == 1


def test_init_makes_an_installation_once(run, tmp_path):
    made = run("init", "--home", tmp_path / "home", "--no-sandbox")
    again = run("init", "--home", tmp_path / "home", "--no-sandbox")

    assert (made.code, again.code) == (Exit.OK, Exit.FAILED)
    assert "dalel serve" in made.out
    assert "exists already" in again.err


def test_parties_are_listed_for_people_and_for_scripts(run, home):
    output = run("parties", "list", "--home", home)
    listed = json.loads(run("parties", "list", "--home", home, "--json").out)

    assert "smas-almaty" in output.out
    assert {party["party_id"] for party in listed["parties"]} >= {"eotinish", "akimat-almaty", "jer-almaty"}


def _move_the_court(home):
    file = home / "parties.yaml"
    form = yaml.safe_load(file.read_text())
    form["parties"][4]["endpoint"] = "https://court.example.kz/inbox"
    file.write_text(yaml.safe_dump(form, allow_unicode=True))
    return file


def test_a_dry_run_shows_the_difference_and_changes_nothing(run, home):
    ran = run("parties", "apply", _move_the_court(home), "--home", home, "--dry-run")

    assert "~ party smas-almaty: endpoint http://127.0.0.1:8464/inbox → https://court.example.kz/inbox" in ran.out
    assert json.loads(run("parties", "list", "--home", home, "--json").out)["version"] == 1


def test_applying_makes_a_new_version(run, home):
    ran = run("parties", "apply", _move_the_court(home), "--home", home)

    assert "In force as version 2" in ran.out
    listed = json.loads(run("parties", "list", "--home", home, "--json").out)
    court = next(party for party in listed["parties"] if party["party_id"] == "smas-almaty")
    assert (listed["version"], court["endpoint"]) == (2, "https://court.example.kz/inbox")


def test_applying_what_is_in_force_makes_no_version(run, home):
    ran = run("parties", "apply", home / "parties.yaml", "--home", home)

    assert ran.out.strip() == "Nothing changes."
    assert json.loads(run("parties", "list", "--home", home, "--json").out)["version"] == 1


def test_a_broken_parties_file_is_told_whole_and_changes_nothing(run, home, tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text("version: 2\nparties: []\nrotues: []\n")

    ran = run("parties", "apply", broken, "--home", home)

    assert ran.code == Exit.FAILED
    assert "version: " in ran.err
    assert "rotues: " in ran.err
    assert json.loads(run("parties", "list", "--home", home, "--json").out)["version"] == 1


def test_while_another_process_holds_the_store_acts_say_so(run, home):
    settings = load_settings(home)
    file = _move_the_court(home)
    with asyncio.Runner() as runner:
        store = runner.run(open_store(settings.database_url))
        ran = run("parties", "apply", file, "--home", home)
        runner.run(store.close())

    assert ran.code == Exit.UNREACHABLE
    assert "is served by process" in ran.err


def test_a_socket_that_a_killed_server_left_behind_does_not_stop_us(run, home):
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(home / "admin.sock"))

    ran = run("parties", "apply", _move_the_court(home), "--home", home)

    assert "In force as version 2" in ran.out


def test_an_empty_delivery_log_is_said_to_be_empty(run, home):
    assert run("deliveries", "list", "--home", home, "--lang", "en").out.strip() == "No deliveries match."
    assert json.loads(run("deliveries", "list", "--home", home, "--json").out) == []


@pytest.mark.parametrize(
    "words", [["show", "7"], ["resend", "7", "--reason", "up again"], ["cancel", "7", "--yes", "--reason", "on paper"]]
)
def test_a_delivery_that_is_not_there_leads_to_the_list(run, home, words):
    ran = run("deliveries", *words, "--home", home)

    assert ran.code == Exit.FAILED
    assert "dalel deliveries list" in ran.err


def test_resending_needs_a_reason(run, home):
    assert run("deliveries", "resend", "7", "--home", home).code == Exit.USAGE
    assert run("deliveries", "resend", "7", "--reason", " ", "--home", home).code == Exit.USAGE


@pytest.mark.parametrize(
    "words", [[], ["7", "--recipient", "smas-almaty"], ["7", "--all"], ["--older-than", "soon"], ["--state", "odd"]]
)
def test_an_act_that_does_not_say_clearly_on_what_is_refused(run, home, words):
    assert run("deliveries", "park", *words, "--reason", "x", "--home", home).code == Exit.USAGE


def test_an_act_on_what_is_not_there_does_nothing_and_says_so(run, home):
    outcome = (
        "deliveries",
        "park",
        "--recipient",
        "smas-almaty",
        "--older-than",
        "1h",
        "--reason",
        "x",
        "--home",
        home,
    )

    assert run(*outcome).out.strip() == "0 deliveries parked."
    assert json.loads(run(*outcome, "--json").out) == {"act": "park", "moved": 0, "refused": []}
    assert json.loads(run(*outcome, "--json", "--dry-run").out) == {"would_move": 0}


def test_a_backlog_of_nothing_is_no_alarm(run, home):
    ran = run("backlog", "--home", home, "--lang", "en", "--fail-over", "1h")

    assert (ran.code, ran.out.strip()) == (Exit.OK, "Nothing waits.")
    assert json.loads(run("backlog", "--json", "--home", home).out)["oldest_s"] is None
    assert run("backlog", "--fail-over", "soon", "--home", home).code == Exit.USAGE


def test_a_backup_is_made_beside_one_and_restored_beside_it(run, home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    made = run("backup", "of-today", "--home", home)
    again = run("restore", "of-today", "--home", "anew")
    verified = run("ledger", "verify", "--home", "anew", "--lang", "en")

    assert (made.code, again.code, verified.code) == (Exit.OK, Exit.OK, Exit.OK)
    assert "private keys are not in it" in made.out
    assert "Put the keys into anew/keys" in again.out
    assert run("restore", "of-today", "--home", "anew").code == Exit.UNREACHABLE
    assert run("restore", "nothing", "--home", "else").code == Exit.UNREACHABLE


def test_what_is_kept_for_ever_is_not_erased(run, home):
    assert json.loads(run("retention", "plan", "--json", "--home", home).out)["cases"] == {"days": None, "due": 0}
    assert "retain_cases_days" in run("retention", "run", "--home", home).err


def test_retention_that_finds_nothing_says_so(run, home, monkeypatch):
    monkeypatch.setenv("DALEL_RETAIN_CASES_DAYS", "365")

    assert (
        run("retention", "run", "--dry-run", "--home", home).out.strip() == "nothing would be erased; nothing was done."
    )
    assert run("retention", "run", "--home", home).out.strip() == "nothing erased."


def test_a_cancel_asks_and_says_what_is_lost(run, home, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    outcome = run("deliveries", "cancel", "--all", "--reason", "x", "--home", home)

    assert outcome.code == Exit.FAILED
    assert "will never get it from the exchange" in outcome.err


def test_an_unknown_appeal_is_told_with_the_form_of_a_number(run, home):
    ran = run("history", "4711", "--home", home)

    assert ran.code == Exit.FAILED
    assert "DL-2026-" in ran.err


def test_brackets_in_what_others_say_are_printed_as_they_are(run, home):
    assert "[red]4711[/]" in run("history", "[red]4711[/]", "--home", home).err


def test_a_dossier_that_is_not_there_is_told_as_such(run, home):
    ran = run("verify", home / "absent.asice", "--home", home)

    assert ran.code == Exit.UNREACHABLE
    assert "is no file" in ran.err


def test_an_anchor_that_is_no_certificate_is_told_as_such(run, home):
    ran = run("verify", home / "dalel.toml", "--trust", home / "parties.yaml", "--home", home)

    assert ran.code == Exit.UNREACHABLE
    assert "--trust" in ran.err


def test_what_is_no_dossier_fails_in_the_language_one_reads(run, home):
    output = {lang: run("verify", home / "dalel.toml", "--home", home, "--lang", lang) for lang in ("kk", "ru", "en")}

    assert {ran.code for ran in output.values()} == {Exit.FAILED}
    assert "сенуге болмайды" in output["kk"].out
    assert "полагаться на него нельзя" in output["ru"].out
    assert "do not rely on it" in output["en"].out


def test_the_sandbox_lists_its_parties_and_refuses_others(run, home):
    listed = run("sandbox", "--home", home).out.split()
    assert listed == sorted([*(member.party_id for member in CAST), AUTHORITIES])
    refused = run("sandbox", "akim", "--home", home)
    assert refused.code == Exit.USAGE
    assert "eotinish" in refused.err


def test_a_socket_path_that_the_kernel_would_refuse_is_told_before_anything_starts(run, home, monkeypatch):
    monkeypatch.setenv("DALEL_ADMIN_SOCKET", "/tmp/" + "deep/" * 30 + "admin.sock")

    ran = run("serve", "--home", home)

    assert ran.code == Exit.FAILED
    assert "admin_socket" in ran.err


def test_a_demo_never_replaces_a_folder_that_is_not_a_demos(run, tmp_path):
    (tmp_path / "thesis.odt").write_text("three years of work")

    ran = run("demo", "--out", tmp_path)

    assert ran.code == Exit.FAILED
    assert "left alone" in ran.err
    assert (tmp_path / "thesis.odt").exists()


class TestDoctor:
    def test_a_fresh_installation_is_well(self, run, home):
        ran = run("doctor", "--home", home, "--json")

        findings = json.loads(ran.out)
        assert ran.code == Exit.OK
        assert {finding["subject"] for finding in findings if finding["health"] != "ok"} == {"time stamps"}
        assert {"lxml and xmlsec", "message key", "seal key", "database", "documents folder", "clock"} <= {
            finding["subject"] for finding in findings
        }

    def test_without_an_installation_the_machine_is_looked_over_all_the_same(self, run, tmp_path):
        ran = run("doctor", "--json", "--home", tmp_path)

        assert ran.code == Exit.FAILED
        assert "lxml and xmlsec" in ran.out
        assert "dalel init" in ran.out

    @pytest.mark.parametrize(
        ("break_it", "subject"),
        [
            (lambda home: (home / "keys" / "seal.key").unlink(), "seal key"),
            (lambda home: (home / "keys" / "exchange.key").chmod(0o644), "message key"),
            (lambda home: shutil.copy(home / "keys" / "seal.pem", home / "keys" / "exchange.pem"), "message key"),
            (lambda home: (home / "dalel.db").unlink(), "database"),
            (lambda home: (home / "dalel.db").write_bytes(b"no database"), "database"),
            (lambda home: (home / "trust" / "sandbox-authority.pem").write_text("no PEM"), "trust anchors"),
        ],
    )
    def test_what_is_broken_is_found_with_its_cure(self, run, home, break_it, subject):
        break_it(home)

        ran = run("doctor", "--home", home, "--json")

        failed = {each["subject"]: each for each in json.loads(ran.out) if each["health"] == "fail"}
        assert ran.code == Exit.FAILED
        assert subject in failed
        assert all(each["cure"] for each in failed.values())

    def test_an_exchange_that_is_no_party_of_its_own_registry_is_found(self, run, home):
        form = yaml.safe_load((home / "parties.yaml").read_text())
        form["parties"] = [party for party in form["parties"] if party["role"] != "exchange"]
        (home / "parties.yaml").write_text(yaml.safe_dump(form))
        run("parties", "apply", home / "parties.yaml", "--home", home)

        ran = run("doctor", "--home", home, "--json")

        assert ran.code == Exit.FAILED
        assert "the exchange as a party" in ran.out

    def test_a_port_that_a_stranger_holds_is_found(self, run, home, free_port):
        with socket.socket() as stranger:
            stranger.bind(("127.0.0.1", free_port))
            stranger.listen()

            ran = run("doctor", "--home", home, "--json")

        assert ran.code == Exit.FAILED
        assert "taken by another program" in ran.out

    def test_no_parties_is_a_warning_and_no_failure(self, run, tmp_path):
        run("init", "--home", tmp_path / "home", "--no-sandbox")

        ran = run("doctor", "--home", tmp_path / "home", "--json")

        assert ran.code == Exit.OK
        warned = [each["subject"] for each in json.loads(ran.out) if each["health"] == "warn"]
        assert warned[:2] == ["parties", "time stamps"]
        assert [subject[: subject.rindex(",")] for subject in warned[2:]] == [
            "revocation, party dalel",
            "revocation, seal key",
        ], "certificates that name no authority to ask"

    def test_a_time_stamp_authority_that_is_away_is_a_warning_with_its_cure(self, run, home):
        ran = run("doctor", "--home", home, "--json")

        [found] = [each for each in json.loads(ran.out) if each["subject"] == "time stamps"]
        assert (ran.code, found["health"]) == (Exit.OK, "warn")
        assert "/tsa" in found["message"]
        assert "timestamp_urls" in found["cure"]
