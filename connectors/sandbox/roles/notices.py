"""What people at a party are told, as its control port shows it."""

from __future__ import annotations

from typing import Any

from contracts.party import LocalText
from contracts.payloads import Language, NotifyApplicant, NotifyBody


def body_of(notice: NotifyApplicant | NotifyBody) -> dict[str, Any]:
    """``said``: the text in the language of the appeal, as the applicant reads it (АППК Art. 89(2)); others: in both.

    A body reads in the state language.
    """
    body = {
        "at": notice.at.isoformat(),
        "text": {"kk": notice.text.kk, "ru": notice.text.ru, "en": notice.text.en},
        "term": notice.term.due_at.isoformat() if notice.term else None,
    }
    match notice:
        case NotifyApplicant():
            return body | {
                "step": notice.step.value,
                "language": notice.language.value if notice.language else None,
                "text": localized(notice.text, notice.language),
                "case_number": notice.case_number,
                "documents": [document.file_name for document in notice.documents],
            }
        case NotifyBody():
            return body | {"notice": notice.notice.value, "about": notice.about, "text": notice.text.kk}


def localized(text: LocalText, language: Language | None) -> str:
    """The text for a person of this language; for one whose language was not told, both."""
    match language:
        case Language.KK:
            return text.kk
        case Language.RU:
            return text.ru
        case None:
            return f"{text.kk}\n{text.ru}"
