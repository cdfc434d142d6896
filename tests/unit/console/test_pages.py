"""What pages write in each language, before anything is on them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.console.pages import Pages
from gateway.texts.language import Catalogues, PageLanguage

PAGES = Pages(Catalogues.packaged())


def drawn(language: PageLanguage, template: str, **values: object) -> str:
    """A template of one line, by the environment of the language."""
    return PAGES._of[language].from_string(template).render(values)


@pytest.mark.parametrize(
    ("language", "reported"), [(PageLanguage.EN, "0.25"), (PageLanguage.RU, "0,25"), (PageLanguage.KK, "0,25")]
)
def test_a_fraction_stands_behind_the_sign_of_the_language(language: PageLanguage, reported: str):
    assert drawn(language, "{{ took | seconds }}", took=timedelta(milliseconds=250)) == reported
    assert drawn(language, "{{ '0.25' | decimal }}") == reported


@pytest.mark.parametrize(
    ("result", "reported"),
    [
        ("resent, was retry_scheduled", "<b>исполнено</b> · до этого: будет повторена"),
        ("added as support", "<b>исполнено</b> · служба поддержки"),
        ("paused", "<b>исполнено</b>"),
        ("refused: wrong password; locked", "<b>отказано</b> · неверный пароль; имя заблокировано"),
        ("refused: the role viewer may not", "<b>отказано</b> · роль этого не позволяет"),
        ("refused: it is paused already", "<b>отказано</b> · it is paused already"),
    ],
)
def test_what_came_of_an_act_is_told_in_the_readers_language_as_far_as_it_is_known(result: str, reported: str):
    template = '{% import "log.html" as log with context %}{{ log.outcome(result) }}'
    assert drawn(PageLanguage.RU, template, result=result) == reported
