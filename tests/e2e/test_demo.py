"""The demo as a newcomer runs it: one command, seven processes, one appeal, two proved dossiers, nothing left."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree

DALEL = (sys.executable, "-m", "gateway.cli")
WITHIN_S = 1800
"""Only what hangs takes so long; how long it takes is printed at its end."""


@dataclass(frozen=True)
class PlayedDemo:
    """A demo that has run; ``dalel`` runs a command on what it left."""

    out: Path
    printed: str
    code: int

    def dalel(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [*DALEL, *words, "--home", str(self.out / "home")]
        return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def played(tmp_path_factory) -> PlayedDemo:
    out = tmp_path_factory.mktemp("demo") / "demo-out"
    wide = {**os.environ, "COLUMNS": "140"}  # tables fold their words otherwise
    command = [*DALEL, "demo", "--out", str(out)]
    ran = subprocess.run(command, env=wide, capture_output=True, text=True, timeout=WITHIN_S, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return PlayedDemo(out, ran.stdout, ran.returncode)


def _processes_of(out: Path) -> list[str]:
    """Command lines of living processes that name this folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(out) in line:
            found.append(line)
    return found


def test_it_comes_to_its_end_and_leaves_nothing_running(played):
    assert played.code == 0
    assert _processes_of(played.out) == []


def test_one_sees_the_whole_path_in_russian(played):
    for words in (
        "Обращение зарегистрировано за №",
        "перенаправлено (в части) органу: Управление земельных отношений города Алматы",
        "Управление жилищной политики города Алматы: срок нарушен",
        "Заявитель не согласен",
        "Управление земельных отношений города Алматы: на требование не дан ответ",
        "НАРУШЕН",
        "МОЛЧАНИЕ",
        "sandbox-seconds",
        "юридической силы не имеют",
    ):
        assert words in played.printed, words


def test_one_sees_the_court_down_and_the_dossier_tried_again(played):
    shown = [
        line for line in played.printed.splitlines() if "smas-almaty · направление досье в суд: не доставлено" in line
    ]

    assert len(shown) >= 3
    assert all("Cannot connect" in line for line in shown)


def test_the_citizen_is_told_every_step_in_both_languages(played):
    assert "болып тіркелді" in played.printed
    assert "зарегистрировано" in played.printed


def test_the_court_has_given_the_case_a_number(played):
    number = re.search(r"Номер дела в суде: (\S+)", played.printed)

    assert number
    assert re.fullmatch(r"7594-\d\d-00-4/1", number[1])


def test_one_sees_the_court_ask_the_body_and_the_supplement_filed(played):
    number = re.search(r"DL-\d{4}-\d{10}", played.printed)
    assert number
    events = json.loads(played.dalel("history", number[0], "--json").stdout)["events"]
    kinds = [event["kind"] for event in events]

    assert kinds.count("PositionReceived") == 2
    assert (
        kinds.index("CourtAsked") < kinds.index("PositionReceived") < len(kinds) - 1 - kinds[::-1].index("DossierFiled")
    )
    assert "оснований, которых нет в акте: 1" in " ".join(played.printed.split())


def test_the_supplement_lies_beside_it_and_verifies_too(played, tmp_path):
    command = [*DALEL, "verify", str(played.out / "supplement.asice"), "--json"]

    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)

    assert ran.returncode == 0, ran.stderr
    assert (played.out / "supplement.pdf").read_bytes().startswith(b"%PDF-")
    with zipfile.ZipFile(played.out / "supplement.asice") as container:
        assert b"dossierNo>2<" in container.read("dossier.xml")


def test_the_dossier_lies_there_and_its_summary_beside_it(played):
    dossier, summary = played.out / "dossier.asice", played.out / "dossier.pdf"

    with zipfile.ZipFile(dossier) as container:
        names = container.namelist()
        assert names[0] == "mimetype"
        assert {"dossier.xml", "dossier.pdf", "META-INF/signatures0.xml"} <= set(names)
        assert container.read("dossier.pdf") == summary.read_bytes()
    assert str(dossier) in played.printed
    assert summary.read_bytes().startswith(b"%PDF-")


def test_the_dossier_verifies_with_nothing_but_what_lies_beside_it(played, tmp_path):
    command = [*DALEL, "verify", str(played.out / "dossier.asice"), "--json"]

    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)

    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["indication"] == "TOTAL-PASSED"


@pytest.mark.parametrize(
    ("recipient", "action", "expected", "sealed"),
    [  # the court was down first, and nothing is sealed after the dossier went; the other has a mailbox
        ("smas-almaty", "FileDossier", ["RelayFailure", "RelayAcceptance", "ContentConsignment"], {"passed", "absent"}),
        ("jer-almaty", "AssignAppeal", ["ContentConsignment", "ContentHandover"], {"passed"}),
    ],
)
def test_what_proves_a_message_is_given_out_in_one_file_that_verifies(
    played, tmp_path, recipient, action, expected, sealed
):
    listed = json.loads(played.dalel("deliveries", "list", "--recipient", recipient, "--json").stdout)
    message_id = [row["message_id"] for row in listed if row["action"] == action][-1]  # the first that went
    target = tmp_path / "evidence.asice"

    output = played.dalel("evidence", message_id, "-o", str(target), "--json")
    verified = played.dalel("verify", str(target), "--json")

    assert output.returncode == 0, output.stderr
    kinds = [one["kind"] for one in json.loads(output.stdout)["evidence"]]
    assert list(dict.fromkeys(kinds)) == expected
    assert verified.returncode == 0, verified.stdout
    report = json.loads(verified.stdout)
    assert (report["kind"], report["indication"]) == ("evidence", "TOTAL-PASSED")
    assert report["steps"][10]["verdict"] in sealed


def test_one_changed_byte_is_found_and_named(played, tmp_path):
    changed = tmp_path / "changed.asice"
    content = bytearray((played.out / "dossier.asice").read_bytes())
    content[len(content) // 2] ^= 1
    changed.write_bytes(content)

    ran = played.dalel("verify", str(changed), "--lang", "en")

    assert ran.returncode == 1
    assert "do not rely on it" in ran.stdout


def test_without_an_anchor_the_verdict_is_indeterminate(played, tmp_path):
    alone = tmp_path / "dossier.asice"
    alone.write_bytes((played.out / "dossier.asice").read_bytes())

    ran = subprocess.run([*DALEL, "verify", str(alone)], cwd=tmp_path, capture_output=True, timeout=300, check=False)

    assert ran.returncode == 3


def test_what_the_demo_left_can_be_looked_into(played):
    number = re.search(r"DL-\d{4}-\d{10}", played.printed)
    assert number

    history = json.loads(played.dalel("history", number[0], "--json").stdout)
    deliveries = json.loads(played.dalel("deliveries", "list", "--recipient", "smas-almaty", "--json").stdout)
    shown = played.dalel("deliveries", "show", str(deliveries[0]["delivery_id"]), "--lang", "en")

    assert history["case_number"] == "7594-26-00-4/1"
    assert {term["state"] for term in history["terms"]} == {"met", "breached", "default", "lapsed"}
    assert [each["state"] for each in deliveries] == ["acknowledged", "acknowledged"]
    assert "acknowledged" in shown.stdout


IDS = {
    "message.accepted": {"message_id", "sender", "action"},
    "appeal.registered": {"message_id", "conversation_id", "appeal_number"},
    "delivery.attempted": {"delivery_id", "message_id", "conversation_id", "recipient", "action", "attempt"},
    "dossier.filed": {"conversation_id", "dossier_no", "document_id"},
    "term.fell_due": {"conversation_id", "term_id"},
}


def test_the_exchanges_log_is_lines_of_json_with_the_ids_of_what_they_tell(played):
    lines = (played.out / "logs/exchange.log").read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]

    assert {entry["event"] for entry in entries} >= IDS.keys()
    assert [entry for entry in entries if IDS.get(entry["event"], set()) - entry.keys()] == []


def test_the_exchanges_log_tells_nothing_of_the_citizen_nor_of_what_anybody_wrote(played):
    log = (played.out / "logs/exchange.log").read_text(encoding="utf-8")
    written = _written_by_people(played)

    assert len(written) > 5
    assert [words for words in written if words in log] == []
    assert not re.search(r"(?<![0-9a-f.-])\d{12}(?![0-9a-f])", log), "twelve digits may be an IIN"


def _written_by_people(played: PlayedDemo) -> list[str]:
    """Names, numbers, addresses and texts of the messages, as the dossier has them."""
    letter_context = {
        "iinBin",
        "name",
        "address",
        "phone",
        "email",
        "text",
        "title",
        "fileName",
        "reason",
        "signedBy",
        "statement",
    }
    found: set[str] = set()
    with zipfile.ZipFile(played.out / "dossier.asice") as container:
        for name in container.namelist():
            if name.startswith("messages/") and name.endswith(".xml"):
                root = etree.fromstring(container.read(name))
                found |= {
                    element.text.strip()
                    for element in root.iter(etree.Element)
                    if element.text and etree.QName(element).localname in letter_context
                }
    return sorted(words for words in found if len(words) > 5)


def test_what_has_been_acknowledged_is_not_sent_again(played):
    ran = played.dalel("deliveries", "resend", "1", "--reason", "to be sure")

    assert ran.returncode == 1
    assert "was not resent: it is acknowledged, which is final" in ran.stderr


def test_every_delivery_has_ended_acknowledged(played):
    deliveries = json.loads(played.dalel("deliveries", "list", "--json", "--limit", "200").stdout)

    assert len(deliveries) > 10
    assert {each["state"] for each in deliveries} == {"acknowledged"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_demo_that_is_stopped_half_way_leaves_nothing_running_and_can_be_played_again(tmp_path, number):
    out = tmp_path / "demo-out"
    child = subprocess.Popen(
        [*DALEL, "demo", "--out", str(out)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    _wait_for((out / "home" / "admin.sock").exists)

    child.send_signal(number)
    _, output = child.communicate(timeout=300)

    assert child.returncode == 1
    assert "was stopped" in output
    assert _processes_of(out) == []
    assert (out / ".dalel-demo").is_file(), "the next demo may replace the folder"


def test_a_process_that_dies_is_named_with_its_last_words(tmp_path):
    out = tmp_path / "demo-out"
    child = subprocess.Popen(
        [*DALEL, "demo", "--out", str(out)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    _wait_for((out / "home" / "admin.sock").exists)

    _kill_one(out, "serve")
    _, output = child.communicate(timeout=300)

    assert child.returncode == 1
    assert "exchange ended with code -9" in output
    assert str(out / "logs" / "exchange.log") in output
    assert _processes_of(out) == []


def _wait_for(seen, within_s: float = 300.0) -> None:
    """Other processes cannot be waited on, only looked at."""
    deadline = time.monotonic() + within_s
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _kill_one(out: Path, word: str) -> None:
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        words = entry.read_bytes().decode(errors="replace").split("\0")
        if word in words and any(str(out) in each for each in words):
            os.kill(int(entry.parent.name), signal.SIGKILL)
