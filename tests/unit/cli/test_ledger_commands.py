"""`dalel ledger` as operators and auditors meet it; exports are judged by the checker that lies in them."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dossier.ledger.merkle import read_tree_head
from gateway.cli.frame import Exit
from gateway.cli.proof import ledger_words
from gateway.config.settings import load_settings
from gateway.domain.ledger import LedgerCounts, LedgerProblem
from gateway.store.database import SqlStore, open_store
from signing.keys.keypair import SoftwareKey
from tests.worlds.builders import refusal, registration
from tests.worlds.clocks import SteppedClock
from tests.worlds.sealing import root, seal_all, stamp_all

OPENSSL = shutil.which("openssl")


def at_the_store(home: Path, work) -> None:
    async def do() -> None:
        store = await open_store(load_settings(home).database_url)
        await work(store)
        await store.close()

    asyncio.run(do())


@pytest.fixture
def grow(home):
    """Some more records, sealed and stamped by this installation's seal key and an authority that it trusts."""
    (home / "trust" / "tsa-root.pem").write_bytes(root().key.certificate.to_pem())
    key = SoftwareKey.load(home / "keys/seal.key", home / "keys/seal.pem")
    clock = SteppedClock(datetime.now(UTC))

    def more(count: int = 3) -> None:
        async def work(store: SqlStore) -> None:
            await store.run(registration())
            for _ in range(count):
                await store.run(refusal())
            await seal_all(store, clock, key=key)
            await stamp_all(store, clock)

        at_the_store(home, work)

    return more


@pytest.fixture
def grown(home, grow) -> Path:
    grow()
    grow()
    return home


def by_hand(home: Path, statement: str) -> None:
    with closing(sqlite3.connect(home / "dalel.db")) as database, database:
        database.execute(statement)


# --- status, head, verify -------------------------------------------------------------------------------------------


def test_the_status_tells_what_is_sealed_and_what_waits(run, grown):
    body = json.loads(run("ledger", "status", "--home", grown, "--json").out)
    assert (body["tree_size"], body["stamped_size"], body["unsealed"]) == (body["tree_size"], body["tree_size"], 0)
    at_the_store(grown, lambda store: store.run(refusal()))
    assert json.loads(run("ledger", "status", "--home", grown, "--json").out)["unsealed"] == 1
    assert "wait for a seal" in run("ledger", "status", "--home", grown, "--lang", "en").out


@pytest.mark.parametrize(
    ("lang", "words"), [("kk", "Журнал дұрыс"), ("ru", "Журнал верен"), ("en", "The ledger holds")]
)
def test_a_ledger_that_holds_is_said_to_in_three_languages(run, grown, lang, words):
    ran = run("ledger", "verify", "--home", grown, "--lang", lang)
    assert ran.code == Exit.OK
    assert words in ran.out


def test_a_changed_row_is_named_with_table_key_and_column(run, grown):
    by_hand(grown, "UPDATE refusals SET code = 'Forged' WHERE refusal_id = 2")
    ran = run("ledger", "verify", "--home", grown, "--lang", "en")
    assert ran.code == Exit.FAILED
    assert all(
        word in ran.out for word in ("refusals", "[2]", "changed after it was recorded", "code", "does NOT hold")
    )
    body = json.loads(run("ledger", "verify", "--home", grown, "--json").out)
    assert body["holds"] is False
    assert body["report"]["findings"] == [{"problem": "changed", "table": "refusals", "key": "[2]", "detail": "code"}]


def test_a_head_that_was_kept_shows_whether_the_past_was_written_anew(run, grow, home, tmp_path):
    grow()
    kept = tmp_path / "head.json"
    kept.write_text(run("ledger", "head", "--home", home).out)
    assert read_tree_head(kept.read_bytes()).log == "dalel"
    grow()
    ran = run("ledger", "verify", "--home", home, "--head", kept, "--lang", "en")
    assert (ran.code, "was not written anew" in ran.out) == (Exit.OK, True)
    reply = json.loads(kept.read_text())
    kept.write_text(kept.read_text().replace(reply["rootHash"], "00" * 32))
    ran = run("ledger", "verify", "--home", home, "--head", kept, "--lang", "en")
    assert (ran.code, "does NOT continue" in ran.out) == (Exit.FAILED, True)


def test_what_is_no_head_is_refused_with_what_to_name_instead(run, grown, tmp_path):
    (tmp_path / "x.json").write_text("{}")
    ran = run("ledger", "verify", "--home", grown, "--head", tmp_path / "x.json")
    assert ran.code == Exit.UNREACHABLE
    assert "dalel ledger head" in ran.err


def test_a_seal_by_a_key_that_no_anchor_vouches_for_is_found(run, home):
    at_the_store(home, lambda store: seal_all(store, SteppedClock(datetime.now(UTC))))  # by a key from elsewhere
    body = json.loads(run("ledger", "verify", "--home", home, "--json").out)
    assert {found["problem"] for found in body["report"]["findings"]} == {"seal broken"}


def test_every_problem_and_count_has_words():
    assert set(ledger_words.PROBLEMS) == set(LedgerProblem)
    assert set(ledger_words.COUNTS) == set(LedgerCounts.__dataclass_fields__)


def test_before_the_first_seal_there_is_nothing_to_give(run, home, tmp_path):
    assert "Nothing is sealed yet" in run("ledger", "head", "--home", home).err
    ran = run("ledger", "export", tmp_path / "x.zip", "--home", home)
    assert (ran.code, list(tmp_path.glob("x*"))) == (Exit.FAILED, [])


# --- the doctor -----------------------------------------------------------------------------------------------------


def doctor_on_ledger(run, home: Path) -> list[dict[str, str]]:
    findings = json.loads(run("doctor", "--home", home, "--json").out)
    return [found for found in findings if found["subject"] == "ledger"]


def test_the_doctor_fails_when_the_signed_root_does_not_follow(run, grown):
    (well,) = doctor_on_ledger(run, grown)
    assert well["health"] == "ok"
    by_hand(grown, "UPDATE tiles SET hashes = zeroblob(length(hashes))")
    (ill,) = doctor_on_ledger(run, grown)
    assert (ill["health"], "dalel ledger verify" in ill["cure"]) == ("fail", True)
    assert run("doctor", "--home", grown).code == Exit.FAILED


def test_the_doctor_warns_when_nothing_was_sealed_for_long(run, grown):
    at_the_store(grown, lambda store: store.run(refusal(at=datetime(2026, 1, 1, tzinfo=UTC))))
    (found,) = doctor_on_ledger(run, grown)
    assert (found["health"], "2026-01-01" in found["message"]) == ("warn", True)


# --- the export -----------------------------------------------------------------------------------------------------


@pytest.fixture
def exported(run, grown, tmp_path) -> Path:
    file = tmp_path / "ledger.zip"
    ran = run("ledger", "export", file, "--home", grown, "--lang", "en")
    assert ran.code == Exit.OK, ran.err
    return file


def judged(
    export: Path, folder: Path, *options: str | Path, path: str | None = None
) -> subprocess.CompletedProcess[str]:
    """The checker from the export itself, by a bare interpreter in an empty folder."""
    folder.mkdir(exist_ok=True)
    checker = folder / "check.py"
    if not checker.exists():
        with zipfile.ZipFile(export) as archive:
            checker.write_bytes(archive.read("check.py"))
    command = [sys.executable, "-I", "check.py", str(export), *map(str, options)]
    environment = {"PATH": os.environ["PATH"] if path is None else path}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture
def trust(grown, tmp_path) -> Path:
    """All that this installation trusts, in one file."""
    file = tmp_path / "ca.pem"
    file.write_bytes(b"".join(pem.read_bytes() for pem in sorted((grown / "trust").glob("*.pem"))))
    return file


def rewritten(export: Path, to: Path, change) -> Path:
    """The export with ``change(name, content)`` applied; None takes the file out."""
    with zipfile.ZipFile(export) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            if (content := change(name, old.read(name))) is not None:
                new.writestr(name, content)
    return to


def test_an_export_is_checked_by_python_and_openssl_alone(exported, trust, tmp_path):
    assert OPENSSL, "openssl is needed by this test and may not be skipped: apt-get install openssl"
    ran = judged(exported, tmp_path / "empty", "--trust", trust)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "2 tree heads" in ran.stdout
    assert "NOT" not in ran.stdout
    assert ran.stdout.endswith("the ledger holds\n")


def test_without_openssl_or_anchor_the_checker_says_what_it_did_not_check(exported, tmp_path):
    ran = judged(exported, tmp_path / "empty", path=str(tmp_path))
    assert ran.returncode == 0
    assert "openssl is not installed: signatures and time stamps were NOT checked" in ran.stdout
    assert "no --trust was given" in ran.stdout


def test_the_same_ledger_is_exported_as_the_same_bytes(run, exported, grown, tmp_path):
    again = tmp_path / "again.zip"
    run("ledger", "export", again, "--home", grown)
    assert again.read_bytes() == exported.read_bytes()


def test_nobody_is_named_in_an_export_and_it_explains_itself_in_three_languages(exported):
    with zipfile.ZipFile(exported) as archive:
        lines = archive.read("leaves.jsonl").decode().splitlines()
        readme = archive.read("README.txt").decode()
    assert all(json.loads(line) for line in lines)
    assert refusal().detail not in "".join(lines)
    assert all(heading in readme for heading in ("Қазақша", "Русский", "English"))


def a_flipped_letter(name: str, content: bytes) -> bytes:
    return content.replace(b'"refusals"', b'"Refusals"', 1) if name == "leaves.jsonl" else content


def two_lines_exchanged(name: str, content: bytes) -> bytes:
    if name != "leaves.jsonl":
        return content
    first, second, *rest = content.splitlines(keepends=True)
    return b"".join([second, first, *rest])


def a_line_gone(name: str, content: bytes) -> bytes:
    return content.partition(b"\n")[2] if name == "leaves.jsonl" else content


def a_line_more(name: str, content: bytes) -> bytes:
    return content + b'{"v":1}\n' if name == "leaves.jsonl" else content


def another_root(name: str, content: bytes) -> bytes:
    return content.replace(b'"rootHash":"', b'"rootHash":"00')[: len(content)] if is_head(name) else content


def a_later_time(name: str, content: bytes) -> bytes:
    return content.replace(b'"at":"20', b'"at":"21') if is_head(name) else content


def another_signature(name: str, content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1]) if name.endswith(".sig") else content


def another_certificate(name: str, content: bytes) -> bytes:
    return root().key.certificate.to_pem() if name.endswith(".pem") else content


def another_token(name: str, content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1]) if name.endswith(".tst") else content


def no_signature(name: str, content: bytes) -> bytes | None:
    return None if name.endswith(".sig") else content


def no_heads(name: str, content: bytes) -> bytes | None:
    return None if is_head(name) else content


def another_beginning(name: str, content: bytes) -> bytes:
    return content.replace(b'"treeSize": 0', b'"treeSize": 1') if name == "since.json" else content


def is_head(name: str) -> bool:
    return name.startswith("tree-heads/") and name.endswith(".json")


TAMPERINGS = [
    a_flipped_letter,
    two_lines_exchanged,
    a_line_gone,
    a_line_more,
    another_root,
    a_later_time,
    another_signature,
    another_certificate,
    another_token,
    no_signature,
    no_heads,
    another_beginning,
]


@pytest.mark.parametrize("change", TAMPERINGS)
def test_the_checker_refuses_whatever_was_changed(exported, trust, tmp_path, change):
    spoilt = rewritten(exported, tmp_path / "spoilt.zip", change)
    ran = judged(spoilt, tmp_path / "empty", "--trust", trust)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "WRONG: " in ran.stdout
    assert ran.stdout.endswith("the ledger does NOT hold\n")


def test_what_is_no_export_is_told_and_is_no_traceback(tmp_path, exported):
    (tmp_path / "x.zip").write_bytes(b"no zip")
    judged(exported, tmp_path / "empty")
    ran = judged(tmp_path / "x.zip", tmp_path / "empty")
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "cannot be read" in ran.stdout


def test_an_auditor_who_kept_a_head_is_given_only_what_follows_and_the_proof(run, grow, home, tmp_path):
    grow()
    kept = tmp_path / "kept.json"
    kept.write_text(run("ledger", "head", "--home", home).out)
    size = json.loads(kept.read_text())["treeSize"]
    grow()
    grow()
    file = tmp_path / "since.zip"
    assert run("ledger", "export", file, "--since", str(size), "--home", home).code == Exit.OK
    assert judged(file, tmp_path / "empty", "--kept", kept).returncode == 0
    assert f"what came before position {size}" in judged(file, tmp_path / "empty").stdout
    other = json.loads(file_in(file, f"tree-heads/{size}.json"))
    kept.write_text(json.dumps({**other, "rootHash": "11" * 32}))
    ran = judged(file, tmp_path / "empty", "--kept", kept)
    assert (ran.returncode, "does not continue the head that you kept" in ran.stdout) == (1, True)
    kept.write_text(json.dumps({**other, "treeSize": 3}))
    assert "export again with --since 3" in judged(file, tmp_path / "empty", "--kept", kept).stdout


def file_in(export: Path, name: str) -> bytes:
    with zipfile.ZipFile(export) as archive:
        return archive.read(name)


def test_the_product_checks_an_export_by_the_same_checker(run, exported, tmp_path):
    assert run("ledger", "verify", "--export", exported).code == Exit.OK
    spoilt = rewritten(exported, tmp_path / "spoilt.zip", a_flipped_letter)
    ran = run("ledger", "verify", "--export", spoilt)
    assert (ran.code, "WRONG" in ran.out) == (Exit.FAILED, True)


def test_an_export_is_never_written_over_anything(run, exported, grown):
    before = exported.read_bytes()
    ran = run("ledger", "export", exported, "--home", grown)
    assert (ran.code, exported.read_bytes() == before) == (Exit.USAGE, True)


def test_more_than_there_is_cannot_be_exported(run, grown, tmp_path):
    ran = run("ledger", "export", tmp_path / "x.zip", "--since", "100000", "--home", grown)
    assert ran.code == Exit.FAILED
    assert "sealed leaves" in ran.err
