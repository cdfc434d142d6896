"""What the court says at each stage of a case, and what it asks. Names are invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from connectors.sandbox.paper import SandboxPaper
from contracts.payloads import CaseStage, ClaimOutcome

QUESTION: Final = (
    "Кезектен шығару туралы шешімнің негіздері мен дәлелдерін баяндаңыз · "
    "Изложите основания решения о снятии с очереди и доказательства"
)
ITEM: Final = "Кезек тізілімінен куәландырылған үзінді · Заверенная выписка из реестра очереди"

_ISSUER: Final = (
    "Алматы қаласының мамандандырылған ауданаралық әкімшілік соты · "
    "Специализированный межрайонный административный суд города Алматы"
)


@dataclass(frozen=True, slots=True)
class HearingStage:
    """What is said at a stage; ``{until}`` stands for the day, ``{held_kk}``, ``{held_ru}`` for what was held.

    ``days``: until when something may be done about it. ``title_kk``, ``title_ru``: of the court's act; empty where the
    stage has none.
    """

    text_kk: str
    text_ru: str
    days: int | None = None
    title_kk: str = ""
    title_ru: str = ""

    @property
    def text(self) -> str:
        return f"{self.text_kk} · {self.text_ru}"


STAGES: Final[Mapping[CaseStage, HearingStage]] = {
    CaseStage.REGISTERED: HearingStage("Талап қою тіркелді", "Иск зарегистрирован"),
    CaseStage.RETURNED: HearingStage(
        "Талап қою қайтарылды: дау осы сотқа соттылығы бойынша жатпайды; жеке шағым {until} дейін беріледі",
        "Иск возвращён: спор неподсуден этому суду; частная жалоба подаётся до {until}",
        14, "Талап қоюды қайтару туралы ұйғарым", "Определение о возвращении иска",
    ),
    CaseStage.LEFT_WITHOUT_MOVEMENT: HearingStage(
        "Талап қою қозғалыссыз қалдырылды: мемлекеттік баж төленгені туралы құжат жоқ; {until} дейін жойылсын",
        "Иск оставлен без движения: нет документа об уплате государственной пошлины; устранить до {until}",
        10, "Талап қоюды қозғалыссыз қалдыру туралы ұйғарым", "Определение об оставлении иска без движения",
    ),
    CaseStage.ACCEPTED: HearingStage("Талап қою іс жүргізуге қабылданды", "Иск принят к производству"),
    CaseStage.HEARING: HearingStage(
        "Сот отырысы {until} сағат 10:00-де өтеді", "Судебное заседание состоится {until} в 10:00", 14
    ),
    CaseStage.RULING: HearingStage(
        "{held_kk}; шешімге {until} дейін апелляциялық шағым беруге болады",
        "{held_ru}; решение может быть обжаловано в апелляции до {until}",
        60, "Соттың шешімі", "Решение суда",
    ),
    CaseStage.IN_FORCE: HearingStage("Сот шешімі заңды күшіне енді", "Решение суда вступило в законную силу"),
    CaseStage.TRANSFERRED: HearingStage("Іс басқа сотқа берілді", "Дело передано в другой суд"),
    CaseStage.PROCEDURE_RULING: HearingStage("Сот ұйғарым шығарды", "Суд вынес определение"),
    CaseStage.CONCILIATED: HearingStage("Сот татуласу келісімін бекітті", "Суд утвердил соглашение о примирении"),
    CaseStage.TERMINATED: HearingStage("Іс бойынша іс жүргізу тоқтатылды", "Производство по делу прекращено"),
    CaseStage.APPELLATE_RULING: HearingStage("Апелляциялық қаулы шығарылды", "Вынесено апелляционное постановление"),
    CaseStage.EXECUTED: HearingStage("Сот шешімі орындалды", "Решение суда исполнено"),
}  # fmt: skip


HELD: Final[Mapping[ClaimOutcome, tuple[str, str]]] = {
    ClaimOutcome.GRANTED: ("Сот талап қоюды қанағаттандырды", "Суд удовлетворил иск"),
    ClaimOutcome.GRANTED_IN_PART: ("Сот талап қоюды ішінара қанағаттандырды", "Суд удовлетворил иск частично"),
    ClaimOutcome.REFUSED: ("Сот талап қоюды қанағаттандырудан бас тартты", "Суд отказал в иске"),
    ClaimOutcome.ENDED_OTHERWISE: ("Сот іс бойынша іс жүргізуді қысқартты", "Суд прекратил производство по делу"),
}
"""What a ruling says in words, in Kazakh and in Russian."""


def outcome_of(stage: CaseStage, held: ClaimOutcome) -> ClaimOutcome | None:
    """What is told in one word at this stage."""
    return held if stage is CaseStage.RULING else None


def until_of(stage: CaseStage, today: date) -> date | None:
    """The day that the court names with this stage."""
    days = STAGES[stage].days
    return None if days is None else today + timedelta(days=days)


def text_of(stage: CaseStage, until: date | None, held: ClaimOutcome) -> str:
    """What the court says, its day and what it held filled in."""
    return STAGES[stage].text.format_map(_filled(until, held))


def act_of(
    stage: CaseStage, *, case_number: str, until: date | None, held: ClaimOutcome, made_on: date
) -> SandboxPaper | None:
    """The court's act at this stage, if there is one."""
    texts = STAGES[stage]
    if not texts.title_kk:
        return None
    filled = _filled(until, held)
    return SandboxPaper(
        issuer=_ISSUER,
        title_kk=texts.title_kk,
        title_ru=texts.title_ru,
        number=case_number,
        date=f"{made_on:%d.%m.%Y}",
        rows=(("Іс нөмірі · Номер дела", case_number),),
        text_kk=texts.text_kk.format_map(filled),
        text_ru=texts.text_ru.format_map(filled),
        signed_by="Судья А. Қ. Байжанова",
    )


def _filled(until: date | None, held: ClaimOutcome) -> Mapping[str, str]:
    held_kk, held_ru = HELD[held]
    return {"until": f"{until:%d.%m.%Y}" if until else "–", "held_kk": held_kk, "held_ru": held_ru}
