"""What the bodies of the sample appeals answer, and the papers they answer with.

The housing department refuses; the land department, asked about its part, admits the mistake; the akim's office, to
which both are subordinate, explains. Names and numbers are invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from connectors.sandbox.paper import SandboxPaper
from connectors.sandbox.roles.samples import CADASTRE, HOUSING_BODY, LAND_BODY
from contracts.payloads import DecisionKind, Ground

_AKIM_OFFICE: Final = "Алматы қаласы әкімінің аппараты · Аппарат акима города Алматы"


@dataclass(frozen=True, slots=True)
class ActDecision:
    """What a body decides, in the words of its act."""

    issuer: str
    decision: DecisionKind
    text_kk: str
    text_ru: str
    ground: Ground
    signed_by: str


_HOUSING_ANSWER: Final = ActDecision(
    issuer=HOUSING_BODY,
    decision=DecisionKind.REFUSED,
    text_kk=(
        "Өтінішіңіз қаралды. Мемлекеттік жер кадастрының деректері бойынша Сіздің атыңызда жер учаскесі бар, сондықтан "
        "кезекке қайта қою туралы өтініш қанағаттандырылмайды."
    ),
    text_ru=(
        "Ваше обращение рассмотрено. По данным государственного земельного кадастра за Вами числится земельный "
        "участок, поэтому в восстановлении в очереди отказано."
    ),
    ground=Ground(
        "«Тұрғын үй қатынастары туралы» Қазақстан Республикасының Заңы",
        "Өтініш берушінің атында тұрғын үй салуға арналған жер учаскесінің болуы · Наличие участка под застройку",
    ),
    signed_by="Басқарма басшысының орынбасары Қ. Т. Омаров",
)
_LAND_ANSWER: Final = ActDecision(
    issuer=LAND_BODY,
    decision=DecisionKind.SATISFIED,
    text_kk=(
        f"Тексеру нәтижесінде кадастрлық нөмірі {CADASTRE} учаске Сіздің атыңызға қате жазылғаны анықталды. "
        "Жазба түзетілді, деректер тұрғын үй басқармасына жіберілді."
    ),
    text_ru=(
        f"Проверкой установлено, что участок с кадастровым номером {CADASTRE} записан на Ваше имя ошибочно. "
        "Запись исправлена, сведения направлены в управление жилищной политики."
    ),
    ground=Ground(
        "Қазақстан Республикасының Жер кодексі", "Кадастрлық жазбаны түзету · Исправление кадастровой записи"
    ),
    signed_by="Басқарма басшысы Н. Б. Ғабдуллин",
)
_AKIM_ANSWER: Final = ActDecision(
    issuer=_AKIM_OFFICE,
    decision=DecisionKind.EXPLAINED,
    text_kk="Өтінішіңіз қаралды. Кезекке қою тәртібі мен қажетті құжаттар Сізге түсіндіріледі.",
    text_ru="Ваше обращение рассмотрено. Вам разъясняется порядок постановки на учёт и нужные для неё документы.",
    ground=Ground(
        "«Тұрғын үй қатынастары туралы» Қазақстан Республикасының Заңы",
        "Кезекке қою тәртібі · Порядок постановки на учёт",
    ),
    signed_by="Қала әкімінің орынбасары Ж. С. Үмбетәлиев",
)
ANSWERS: Final[Mapping[str, ActDecision]] = {
    "akimat-almaty": _HOUSING_ANSWER,
    "jer-almaty": _LAND_ANSWER,
    "akim-almaty": _AKIM_ANSWER,
}


def answer_of(party_id: str) -> ActDecision:
    """What this body answers; one that has no words of its own speaks as the housing department."""
    return ANSWERS.get(party_id, _HOUSING_ANSWER)


def act_paper(party_id: str, *, appeal_number: str, act_number: str, act_date: date) -> SandboxPaper:
    """The body's act on one appeal."""
    answer = answer_of(party_id)
    return SandboxPaper(
        issuer=answer.issuer,
        title_kk="Өтініш бойынша шешім",
        title_ru="Решение по обращению",
        number=act_number,
        date=f"{act_date:%d.%m.%Y}",
        rows=(("Өтініш нөмірі · Номер обращения", appeal_number),),
        text_kk=f"{answer.text_kk}\nШешімге ӘРПК-де белгіленген тәртіппен және мерзімде шағым жасалуы мүмкін.",
        text_ru=f"{answer.text_ru}\nРешение может быть обжаловано в порядке и сроки, установленные АППК.",
        signed_by=answer.signed_by,
    )


def file_paper(party_id: str, *, appeal_number: str, made_on: date) -> SandboxPaper:
    """The administrative file of one appeal (АППК Art. 69), as one paper."""
    answer = answer_of(party_id)
    return SandboxPaper(
        issuer=answer.issuer,
        title_kk="Әкімшілік іс",
        title_ru="Административное дело",
        number=f"{appeal_number}/1",
        date=f"{made_on:%d.%m.%Y}",
        rows=(
            ("Өтініш нөмірі · Номер обращения", appeal_number),
            ("1", "Өтініш және оған қоса берілген құжаттар · Обращение с приложениями"),
            ("2", f"Жер кадастрынан үзінді, учаске {CADASTRE} · Выписка из земельного кадастра"),
            ("3", "Есептен шығару туралы комиссия хаттамасы · Протокол комиссии о снятии с учёта"),
            ("4", "Өтініш бойынша шешім · Решение по обращению"),
        ),
        text_kk="Іс материалдары тігілген, нөмірленген және түгел ұсынылады.",
        text_ru="Материалы дела прошиты, пронумерованы и представляются полностью.",
        signed_by=answer.signed_by,
    )
