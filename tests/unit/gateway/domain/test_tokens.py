"""What a token looks like: known by its beginning, checked by its end, and never by chance the same."""

from __future__ import annotations

import pytest

from gateway.domain.people.tokens import PATTERN, SECRET_BYTES, hint_of, is_token, token_text

TOKEN = token_text(bytes(range(SECRET_BYTES)))


@pytest.mark.parametrize("secret", [bytes(SECRET_BYTES), b"\xff" * SECRET_BYTES, bytes(range(SECRET_BYTES))])
def test_every_secret_makes_a_token_of_the_same_form(secret: bytes):
    assert is_token(token_text(secret))
    assert len(token_text(secret)) == len(TOKEN) == 55
    assert PATTERN.fullmatch(token_text(secret))


def test_the_form_never_changes_since_scanners_of_secrets_look_for_it():
    assert TOKEN == "dalel_003AuLtjc7TJLctqJ2Unu3mfAGcxg9lrkrCWgKbidLF11f0Dc"


@pytest.mark.parametrize(
    "words",
    ["", "dalel_", TOKEN[:-1], TOKEN + "x", TOKEN.replace("dalel", "dolel"), TOKEN[:-1] + "x", f" {TOKEN}"],
)
def test_whatever_was_mistyped_is_no_token(words: str):
    assert not is_token(words)


def test_the_hint_tells_which_it_is_and_not_what_it_is():
    assert TOKEN.startswith(hint_of(TOKEN))
    assert len(hint_of(TOKEN)) == 12
