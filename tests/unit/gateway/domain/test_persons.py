"""The key by which persons are found: made once, kept from others, and what it makes of a number."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from gateway.domain.people.persons import KEY_BYTES, PersonKey, is_person_number
from gateway.keys.person_key import open_person_key
from signing.errors import KeyUnusable

IIN = "900101300017"


def test_the_key_is_made_once_and_only_we_may_read_it(tmp_path: Path):
    path = tmp_path / "keys" / "persons.key"
    made = open_person_key(path)
    assert open_person_key(path) == made
    assert len(made.secret) == KEY_BYTES
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["persons.key"]


def test_a_file_that_is_no_key_is_refused_with_what_to_do(tmp_path: Path):
    path = tmp_path / "persons.key"
    path.write_bytes(b"short")
    with pytest.raises(KeyUnusable, match="Restore it, or remove it"):
        open_person_key(path)
    with pytest.raises(KeyUnusable, match="cannot be read or made"):
        open_person_key(path / "below")


def test_without_the_key_nobody_can_try_all_numbers():
    one, other = PersonKey(b"1" * KEY_BYTES), PersonKey(b"2" * KEY_BYTES)
    assert one.digest(IIN) == one.digest(IIN)
    assert len({one.digest(IIN), other.digest(IIN), hashlib.sha256(IIN.encode()).hexdigest()}) == 3
    assert one.name != other.name
    assert one.name not in one.digest(IIN)


def test_a_key_shows_in_no_log():
    assert "1111" not in repr(PersonKey(b"1" * KEY_BYTES))


@pytest.mark.parametrize(
    ("words", "is_one"),
    [(IIN, True), ("900101300018", True), ("DL-2026-0000000001", False), ("90010130001", False), ("９" * 12, False)],
)
def test_twelve_digits_are_taken_for_a_person_even_when_they_are_mistyped(words: str, is_one: bool):
    assert is_person_number(words) == is_one
