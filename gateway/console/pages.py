"""Templates to pages: everything is escaped, a name that is missing is an error, times are told in Almaty's zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contracts.codes import Code
from contracts.header import Action
from contracts.party import LocalText
from dossier.case.narration import action_text
from gateway.domain.people import audit_result
from gateway.lists.models import minute_of
from gateway.texts import codes as words
from gateway.texts import logs as log_words
from gateway.texts.language import NAMES, Catalogues, PageLanguage
from gateway.texts.times import span, when

FOLDER: Final = Path(__file__).parent / "templates"


class Pages:
    """One environment for each language, made once."""

    def __init__(self, catalogues: Catalogues) -> None:
        self.catalogues = catalogues
        self._of = {language: _environment(catalogues, language) for language in PageLanguage}

    def render(self, template: str, language: PageLanguage, values: Mapping[str, Any]) -> str:
        """A whole page."""
        return self._of[language].get_template(template).render(values)


def _environment(catalogues: Catalogues, language: PageLanguage) -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    say = partial(catalogues.translate, language)
    made.globals |= {"_": say, "language": language, "languages": NAMES, "fault_codes": frozenset(Code)}
    made.globals |= {"words": words, "log_words": log_words, "results": audit_result}
    made.filters |= {
        "localized": partial(_localized, language),
        "action": partial(_action, language),
        "when": when,
        "iso": _iso,
        "minute": minute_of,
        "span": partial(span, say),
        "seconds": partial(_seconds, language),
        "decimal": partial(_decimal, language),
    }
    return made


def _localized(language: PageLanguage, text: LocalText) -> str:
    found: str = getattr(text, language.value)
    return found


def _action(language: PageLanguage, action: Action) -> str:
    return _localized(language, action_text(action))


def _iso(instant: datetime) -> str:
    return instant.isoformat()


def _seconds(language: PageLanguage, length: timedelta) -> str:
    return _decimal(language, f"{length.total_seconds():.2f}")


def _decimal(language: PageLanguage, number: str) -> str:
    """With the sign that the language sets before a fraction."""
    return number if language is PageLanguage.EN else number.replace(".", ",")
