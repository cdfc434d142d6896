"""Old words are found wherever something is named: also in log events, metrics, CSS, ids of pages and file names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.old_words import found_in, read_words, scan

WORDS = read_words("told\n=dalel_broken_looks\n=left_unsaid\n")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("gateway/x.py", 'log.info("alarm.told", by=1)\n'),
        ("gateway/x.py", 'log.warning(\n    "alarm.not_told",\n)\n'),
        ("gateway/x.py", 'log.warning("node.left_unsaid")\n'),
        ("gateway/x.py", 'counter("dalel_broken_looks", "x")\n'),
        ("gateway/x.py", "told_at = 1\n"),
        ("gateway/x.css", ".compact .told { color: red; }\n"),
        ("gateway/x.html", '<p class="words told">x</p>\n'),
        ("gateway/x.html", '<svg aria-labelledby="rows-name rows-told">\n'),
        ("gateway/x.toml", '[told]\nkk = "x"\n'),
    ],
)
def test_an_old_word_is_found(path: str, text: str):
    assert len(list(found_in(path, text, WORDS))) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("gateway/x.py", 'log.info("alarm.notified", why="they were told")\n"""Who was told."""\n'),
        ("gateway/x.css", "/* nothing is told by colour. */\n.words { color: red; }\n"),
        ("gateway/x.html", "<p class=\"words\">{{ _('You are told') }}</p>\n"),
    ],
)
def test_sentences_may_say_it(path: str, text: str):
    assert list(found_in(path, text, WORDS)) == []


def test_a_file_is_named_by_the_vocabulary_too(tmp_path: Path):
    for folder in ("contracts", "signing", "dossier", "connectors", "gateway", "tests", "tools"):
        (tmp_path / folder).mkdir()
    (tmp_path / "gateway/told.html").write_text("<p>x</p>", encoding="utf-8")

    assert list(scan(tmp_path, WORDS)) == ["gateway/told.html:0: told"]
