"""``dalel verify`` over containers of other systems."""

import json

import pytest

from tests.foreign import pki, samples

BASED = ("--home", "none")


@pytest.fixture
def anchor(tmp_path):
    path = tmp_path / "anchor.pem"
    path.write_bytes(pki.ca().ours.to_pem())
    return path


@pytest.fixture
def container(tmp_path):
    path = tmp_path / "foreign.asice"
    path.write_bytes(samples.container())
    return path


def flowing(printed: str) -> str:
    """Without the lines of the table, which break sentences where the terminal ends."""
    return " ".join(printed.replace("│", " ").split())


@pytest.mark.parametrize(
    ("lang", "words"), [("kk", "дерекнамасы ЕМЕС"), ("ru", "НЕ досье Dälel"), ("en", "NOT a Dälel dossier")]
)
def test_a_good_container_of_another_system_passes_and_is_said_to_be_no_dossier(run, container, anchor, lang, words):
    ran = run("verify", container, "--trust", anchor, "--lang", lang, *BASED)

    assert ran.code == 0
    assert flowing(ran.out).count(words) >= 2  # in its step and in the verdict


def test_scripts_read_the_kind(run, container, anchor):
    ran = run("verify", container, "--trust", anchor, "--json", *BASED)

    body = json.loads(ran.out)
    assert (body["kind"], body["indication"], body["level"]) == ("ASiC-E", "TOTAL-PASSED", "B-LT")
    assert body["proven_at"] == pki.STAMPED_AT.isoformat()


@pytest.mark.parametrize(("attack", "code"), [("file-added", 1), ("signature-by-gost", 3), ("two-archives", 1)])
def test_hostile_containers_end_with_their_exit_codes(run, anchor, attack, code):
    ran = run("verify", pki.VECTORS / f"{attack}.asice", "--trust", anchor, "--lang", "en", *BASED)

    assert ran.code == code
    assert "NOT a Dälel dossier" in flowing(ran.out)


def test_what_is_no_container_at_all_fails_in_words(run, tmp_path, anchor):
    file = tmp_path / "letter.txt"
    file.write_text("hello")

    ran = run("verify", file, "--trust", anchor, "--lang", "en", *BASED)

    assert ran.code == 1
    assert "cannot be read as a container" in flowing(ran.out)
