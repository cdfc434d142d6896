"""A true-to-life appeal, its three papers, and what the bodies answer. Names and numbers are invented.

Aigul, a mother of four, was struck off the housing queue because a plot of land is recorded in her name by mistake.
The housing department refuses; the land department, asked about its part, admits the mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from connectors.sandbox.paper import Paper
from contracts.payloads import (
    AppealKind,
    Applicant,
    ApplicantKind,
    DecisionKind,
    DocumentKind,
    DocumentRef,
    Ground,
    Identification,
    IntakeChannel,
    Language,
    RegisterAppeal,
)

SUBJECT: Final = "HOUSING-QUEUE"
KATO_ALMATY: Final = "751110000"
HOUSING_QUEUE: Final = "housing-queue"

_CADASTRE: Final = "20-315-041-118"
_HOUSING_BODY: Final = "Алматы қаласы Тұрғын үй саясаты басқармасы · Управление жилищной политики города Алматы"
_LAND_BODY: Final = "Алматы қаласы Жер қатынастары басқармасы · Управление земельных отношений города Алматы"

_TEXT_KK: Final = (
    "Мен, төрт баланың анасы, 2019 жылғы 14 наурыздан бастап Алматы қаласында коммуналдық тұрғын үй қорынан тұрғын "
    "үйге мұқтаж азаматтардың кезегінде № 4512 болып тұрдым. 2026 жылғы 2 қарашадағы хабарламадан менің атымда жер "
    "учаскесі бар деген негізбен кезектен шығарылғанымды білдім. Бұл дұрыс емес: кадастрлық нөмірі "
    f"{_CADASTRE} учаске маған ешқашан тиесілі болған емес, ол аты-жөні ұқсас басқа адамдікі.\n"
    "Сұраймын: 1) мені кезекке бұрынғы күнімен қайта қоюды; 2) жер кадастрындағы қате жазбаны тексеріп, түзетуді."
)
DISAGREEMENT: Final = (
    "Жауаппен келіспеймін. Басқарма жер кадастрындағы жазбаның қате екенін тексермеді, ал менің құжаттарым оны "
    "растайды. Кезектен шығару туралы шешімнің күшін жоюды сұраймын.\n"
    "С ответом не согласна. Управление не проверило ошибочность записи в земельном кадастре, хотя мои документы её "
    "подтверждают. Прошу отменить решение о снятии с очереди."
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document to be uploaded with an appeal or a reply."""

    kind: DocumentKind
    title: str
    file_name: str
    paper: Paper


@dataclass(frozen=True, slots=True)
class Answer:
    """What a body decides, in the words of its act."""

    issuer: str
    decision: DecisionKind
    text_kk: str
    text_ru: str
    ground: Ground
    signed_by: str


ATTACHMENTS: Final = (
    Attachment(
        DocumentKind.EVIDENCE,
        "Кезектен шығару туралы хабарлама · Уведомление о снятии с очереди",
        "01-habarlama.pdf",
        Paper(
            issuer=_HOUSING_BODY,
            title_kk="Кезектен шығару туралы хабарлама",
            title_ru="Уведомление о снятии с учёта",
            number="05-3/4512",
            date="02.11.2026",
            rows=(("Кезек нөмірі · Номер очереди", "4512"), ("Тіркелген күні · Дата учёта", "14.03.2019")),
            text_kk="Сіздің атыңызда тұрғын үй салуға арналған жер учаскесі тіркелгені анықталғандықтан, Сіз "
            "коммуналдық тұрғын үй қорынан тұрғын үйге мұқтаж азаматтардың есебінен шығарылдыңыз.",
            text_ru="В связи с тем, что за Вами зарегистрирован земельный участок под жилищное строительство, Вы сняты "
            "с учёта граждан, нуждающихся в жилище из коммунального жилищного фонда.",
            signed_by="Бөлім басшысы Д. Е. Жақыпов",
        ),
    ),
    Attachment(
        DocumentKind.ATTACHMENT,
        "Отбасы құрамы туралы мәлімет · Сведения о составе семьи",
        "02-otbasy.pdf",
        Paper(
            issuer="Алмалы ауданының тіркеу бөлімі · Отдел регистрации Алмалинского района",
            title_kk="Отбасы құрамы туралы мәлімет",
            title_ru="Сведения о составе семьи",
            number="10214",
            date="04.11.2026",
            rows=(
                ("Анасы · Мать", "Нұрланова Айгүл Серікқызы, 12.06.1987"),
                ("Балалары · Дети", "Әлихан (2012), Іңкәр (2014), Өмірғали (2018), Ұлпан (2021)"),
            ),
            text_kk="Отбасы көпбалалы отбасы мәртебесіне ие, мәртебе ауданның әлеуметтік бөлімінде тіркелген.",
            text_ru="Семья имеет статус многодетной, статус зарегистрирован в социальном отделе района.",
            signed_by="Тіркеуші Г. Ә. Сәдуақасова",
        ),
    ),
    Attachment(
        DocumentKind.EVIDENCE,
        "Жылжымайтын мүліктің жоқтығы туралы анықтама · Справка об отсутствии недвижимого имущества",
        "03-mulik.pdf",
        Paper(
            issuer="Жылжымайтын мүлікке құқықтарды тіркеу бөлімі · Отдел регистрации прав на недвижимость",
            title_kk="Жылжымайтын мүліктің жоқтығы туралы анықтама",
            title_ru="Справка об отсутствии недвижимого имущества",
            number="0000-7741",
            date="05.11.2026",
            rows=(("Кадастрлық нөмір · Кадастровый номер", _CADASTRE),),
            text_kk="Нұрланова Айгүл Серікқызының атында жылжымайтын мүлікке тіркелген құқықтар жоқ. Көрсетілген "
            "учаске аты-жөні ұқсас басқа тұлғаға тіркелген.",
            text_ru="За Нұрлановой Айгүл Серікқызы зарегистрированных прав на недвижимое имущество не имеется. "
            "Указанный участок зарегистрирован за другим лицом со схожими именем и фамилией.",
            signed_by="Бас маман Р. Қ. Ыбыраев",
        ),
    ),
)

_HOUSING_ANSWER: Final = Answer(
    issuer=_HOUSING_BODY,
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
_LAND_ANSWER: Final = Answer(
    issuer=_LAND_BODY,
    decision=DecisionKind.SATISFIED,
    text_kk=(
        f"Тексеру нәтижесінде кадастрлық нөмірі {_CADASTRE} учаске Сіздің атыңызға қате жазылғаны анықталды. "
        "Жазба түзетілді, деректер тұрғын үй басқармасына жіберілді."
    ),
    text_ru=(
        f"Проверкой установлено, что участок с кадастровым номером {_CADASTRE} записан на Ваше имя ошибочно. "
        "Запись исправлена, сведения направлены в управление жилищной политики."
    ),
    ground=Ground(
        "Қазақстан Республикасының Жер кодексі", "Кадастрлық жазбаны түзету · Исправление кадастровой записи"
    ),
    signed_by="Басқарма басшысы Н. Б. Ғабдуллин",
)
ANSWERS: Final[Mapping[str, Answer]] = {"akimat-almaty": _HOUSING_ANSWER, "jer-almaty": _LAND_ANSWER}


def answer_of(party_id: str) -> Answer:
    """What this body answers; one that has no words of its own speaks as the housing department."""
    return ANSWERS.get(party_id, _HOUSING_ANSWER)


def appeal(documents: tuple[DocumentRef, ...], *, reference: str, at: datetime) -> RegisterAppeal:
    """The sample appeal with its documents, as uploaded; ``reference`` is the platform's session of identification."""
    return RegisterAppeal(
        kind=AppealKind.APPLICATION,
        subject=SUBJECT,
        kato=KATO_ALMATY,
        language=Language.KK,
        channel=IntakeChannel.ELECTRONIC,
        lodged_at=at,
        applicant=Applicant(
            kind=ApplicantKind.PERSON,
            iin_bin="870612401231",
            name="Нұрланова Айгүл Серікқызы",
            address="050012, Алматы қаласы, Алмалы ауданы, Шевченко көшесі, 85-үй, 14-пәтер",
            phone="+77015550187",
            email="aigul.nurlanova@example.kz",
        ),
        representative=None,
        addressee="970340001029",
        text=_TEXT_KK,
        documents=documents,
        authentication=Identification("eGov mobile, Digital ID", reference, at),
    )


def act_paper(party_id: str, *, appeal_number: str, act_number: str, act_date: date) -> Paper:
    """The body's act on one appeal."""
    answer = answer_of(party_id)
    return Paper(
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


def file_paper(party_id: str, *, appeal_number: str, made_on: date) -> Paper:
    """The administrative file of one appeal (АППК Art. 69), as one paper."""
    answer = answer_of(party_id)
    return Paper(
        issuer=answer.issuer,
        title_kk="Әкімшілік іс",
        title_ru="Административное дело",
        number=f"{appeal_number}/1",
        date=f"{made_on:%d.%m.%Y}",
        rows=(
            ("Өтініш нөмірі · Номер обращения", appeal_number),
            ("1", "Өтініш және оған қоса берілген құжаттар · Обращение с приложениями"),
            ("2", f"Жер кадастрынан үзінді, учаске {_CADASTRE} · Выписка из земельного кадастра"),
            ("3", "Есептен шығару туралы комиссия хаттамасы · Протокол комиссии о снятии с учёта"),
            ("4", "Өтініш бойынша шешім · Решение по обращению"),
        ),
        text_kk="Іс материалдары тігілген, нөмірленген және түгел ұсынылады.",
        text_ru="Материалы дела прошиты, пронумерованы и представляются полностью.",
        signed_by=answer.signed_by,
    )
