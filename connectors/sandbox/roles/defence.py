"""What bodies say of a complaint or to the court: satisfaction, decision, objection, the position of the head.

Names and numbers are invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from connectors.sandbox.paper import SandboxPaper
from connectors.sandbox.roles.acts import answer_of
from contracts.payloads import ComplaintDecision, DocumentKind, Ground, PositionKind


@dataclass(frozen=True, slots=True)
class Statement:
    """One paper of a body, in words. ``kind``: what it is to the case."""

    kind: DocumentKind
    file_name: str
    title_kk: str
    title_ru: str
    text_kk: str
    text_ru: str

    @property
    def title(self) -> str:
        return f"{self.title_kk} · {self.title_ru}"

    @property
    def text(self) -> str:
        return f"{self.text_kk}\n{self.text_ru}"


SATISFIED: Final = Statement(
    DocumentKind.ACT,
    "shagym-qanagattandyru.pdf",
    "Шағымды толық қанағаттандыру туралы шешім",
    "Решение о полном удовлетворении жалобы",
    "Шағымыңыз толық қанағаттандырылды: кезектен шығару туралы шешімнің күші жойылды, Сіз кезекке бұрынғы күнімен "
    "қайта қойылдыңыз.",
    "Ваша жалоба удовлетворена полностью: решение о снятии с очереди отменено, Вы восстановлены в очереди с прежней "
    "датой.",
)
NEW_GROUND: Final = Ground(
    "«Тұрғын үй қатынастары туралы» Заң, 73-бап · Закон «О жилищных отношениях», статья 73",
    "Отбасы құрамының өзгергені туралы мәлімет мерзімінде берілмеген · "
    "Сведения об изменении состава семьи не представлены в срок",
)
REVIEW_GROUND: Final = Ground(
    "ӘРПК 98, 100-баптар · АППК, статьи 98, 100",
    "Әкімшілік іс толық көлемде тексерілді · Административное дело проверено в полном объёме",
)
POSITIONS: Final[Mapping[PositionKind, Statement]] = {
    PositionKind.OBJECTION: Statement(
        DocumentKind.OBJECTION,
        "pikir.pdf",
        "Талап қоюға пікір",
        "Отзыв на иск",
        "Басқарма талап қоюды мойындамайды. Жер кадастрының деректері бойынша өтініш берушінің атында жер учаскесі "
        "болған, шешім сол күнгі деректер негізінде қабылданды.",
        "Управление иск не признаёт. По данным земельного кадастра за заявителем числился земельный участок, решение "
        "принято по данным на тот день.",
    ),
    PositionKind.HEAD_POSITION: Statement(
        DocumentKind.HEAD_POSITION,
        "ustanym.pdf",
        "Жоғары тұрған лауазымды адамның уәжді ұстанымы",
        "Мотивированная позиция вышестоящего должностного лица",
        "Шешім заңға сәйкес қабылданған деп есептеймін. Кадастрдағы жазба түзетілген жағдайда өтініш қайта қаралады.",
        "Считаю, что решение принято по закону. Если запись в кадастре будет исправлена, обращение рассмотрят заново.",
    ),
}


def _decision(text_kk: str, text_ru: str) -> Statement:
    return Statement(
        DocumentKind.ACT, "shagym-sheshim.pdf", "Шағым бойынша шешім", "Решение по жалобе", text_kk, text_ru
    )


DECISIONS: Final[Mapping[ComplaintDecision, Statement]] = {
    ComplaintDecision.CANCELLED: _decision(
        "Басқарманың шешімінің күші жойылсын: жер кадастрындағы жазбаның қателігі тексерілмеген.",
        "Решение управления отменить: ошибочность записи в земельном кадастре не проверена.",
    ),
    ComplaintDecision.CANCELLED_WITH_NEW_ACT: _decision(
        "Басқарманың шешімінің күші жойылып, жаңа шешім қабылдансын: өтініш беруші кезекке бұрынғы күнімен қайта "
        "қойылсын.",
        "Решение управления отменить и принять новое: восстановить заявителя в очереди с прежней датой.",
    ),
    ComplaintDecision.ACTION_DONE: _decision(
        "Бас тартылған әрекет жасалды: өтініш беруші кезекке қайта қойылды.",
        "Действие, в котором было отказано, совершено: заявитель восстановлен в очереди.",
    ),
    ComplaintDecision.REJECTED: _decision(
        "Шағым қанағаттандырылмасын: басқарманың шешімі сол күнгі кадастр деректеріне сәйкес келеді.",
        "В удовлетворении жалобы отказать: решение управления соответствует данным кадастра на тот день.",
    ),
    ComplaintDecision.SENT_BACK: _decision(
        "Өтініш басқармаға жаңадан қарауға жіберілсін: кадастрдағы жазба тексерілсін.",
        "Обращение направить управлению на новое рассмотрение: проверить запись в кадастре.",
    ),
    ComplaintDecision.LEFT_WITHOUT_CONSIDERATION: _decision(
        "Шағым қараусыз қалдырылсын: дәл осы мәселе бойынша бұрын шешім қабылданған.",
        "Жалобу оставить без рассмотрения: по этому же вопросу решение уже принято.",
    ),
}


def requested(words: str) -> Statement:
    """A paper that the court named in its own words."""
    return Statement(
        DocumentKind.OTHER,
        "suratylgan.pdf",
        "Сот сұратқан құжат",
        "Документ по запросу суда",
        f"Соттың сұратуы бойынша ұсынылады: {words}",
        f"Представляется по запросу суда: {words}",
    )


def paper_of(statement: Statement, party_id: str, *, appeal_number: str, number: str, made_on: date) -> SandboxPaper:
    """The statement on the body's letterhead."""
    body = answer_of(party_id)
    return SandboxPaper(
        issuer=body.issuer,
        title_kk=statement.title_kk,
        title_ru=statement.title_ru,
        number=number,
        date=f"{made_on:%d.%m.%Y}",
        rows=(("Өтініш нөмірі · Номер обращения", appeal_number),),
        text_kk=statement.text_kk,
        text_ru=statement.text_ru,
        signed_by=body.signed_by,
    )
