"""The words of the report: every text in three languages, with the same values in each, and none without a use."""

import re
import string
import tomllib
from pathlib import Path

import pytest

import dossier.foreign
from dossier.foreign.inspection import STEPS

FOLDER = Path(dossier.foreign.__file__).parent
WORDS = tomllib.loads((FOLDER / "words.toml").read_text("utf-8"))
TEXTS = WORDS["finding"] | {
    f"{step}.{name}": text for step, texts in WORDS["step"].items() for name, text in texts.items()
}
SOURCE = "".join(path.read_text("utf-8") for path in FOLDER.glob("*.py"))


def values(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_says_the_same_in_three_languages(key):
    text = TEXTS[key]

    assert set(text) == {"kk", "ru", "en"}
    assert values(text["kk"]) == values(text["ru"]) == values(text["en"])
    assert all(re.search("[а-яёәіңғүұқөһ]", text[language], re.IGNORECASE) for language in ("kk", "ru"))


@pytest.mark.parametrize("key", WORDS["finding"])
def test_a_finding_that_has_words_is_one_that_is_made(key):
    assert f'"{key}"' in SOURCE


def test_every_step_has_words():
    assert set(WORDS["step"]) == set(STEPS)
