"""True-to-life appeals and their papers. Names and numbers are invented.

Aigul, a mother of four, was struck off the housing queue because a plot of land is recorded in her name by mistake.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connectors.sandbox.paper import SandboxPaper
from contracts.payloads import (
    AppealKind,
    Applicant,
    ApplicantKind,
    DocumentKind,
    DocumentRef,
    Identification,
    IntakeChannel,
    Language,
    Receiver,
    RegisterAppeal,
)

SUBJECT: Final = "HOUSING-QUEUE"
KATO_ALMATY: Final = "751110000"

CADASTRE: Final = "20-315-041-118"
HOUSING_BODY: Final = "Алматы қаласы Тұрғын үй саясаты басқармасы · Управление жилищной политики города Алматы"
LAND_BODY: Final = "Алматы қаласы Жер қатынастары басқармасы · Управление земельных отношений города Алматы"

_TEXT_KK: Final = (
    "Мен, төрт баланың анасы, 2019 жылғы 14 наурыздан бастап Алматы қаласында коммуналдық тұрғын үй қорынан тұрғын "
    "үйге мұқтаж азаматтардың кезегінде № 4512 болып тұрдым. 2026 жылғы 2 қарашадағы хабарламадан менің атымда жер "
    "учаскесі бар деген негізбен кезектен шығарылғанымды білдім. Бұл дұрыс емес: кадастрлық нөмірі "
    f"{CADASTRE} учаске маған ешқашан тиесілі болған емес, ол аты-жөні ұқсас басқа адамдікі.\n"
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
    """A paper that an applicant uploads."""

    kind: DocumentKind
    title: str
    file_name: str
    paper: SandboxPaper


@dataclass(frozen=True, slots=True)
class Sample:
    """An appeal that can be lodged again and again."""

    language: Language
    channel: IntakeChannel
    applicant: Applicant
    text: str
    attachments: tuple[Attachment, ...]
    identified_by: str
    received_by: Receiver | None = None


ATTACHMENTS: Final = (
    Attachment(
        DocumentKind.EVIDENCE,
        "Кезектен шығару туралы хабарлама · Уведомление о снятии с очереди",
        "01-habarlama.pdf",
        SandboxPaper(
            issuer=HOUSING_BODY,
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
        SandboxPaper(
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
        SandboxPaper(
            issuer="Жылжымайтын мүлікке құқықтарды тіркеу бөлімі · Отдел регистрации прав на недвижимость",
            title_kk="Жылжымайтын мүліктің жоқтығы туралы анықтама",
            title_ru="Справка об отсутствии недвижимого имущества",
            number="0000-7741",
            date="05.11.2026",
            rows=(("Кадастрлық нөмір · Кадастровый номер", CADASTRE),),
            text_kk="Нұрланова Айгүл Серікқызының атында жылжымайтын мүлікке тіркелген құқықтар жоқ. Көрсетілген "
            "учаске аты-жөні ұқсас басқа тұлғаға тіркелген.",
            text_ru="За Нұрлановой Айгүл Серікқызы зарегистрированных прав на недвижимое имущество не имеется. "
            "Указанный участок зарегистрирован за другим лицом со схожими именем и фамилией.",
            signed_by="Бас маман Р. Қ. Ыбыраев",
        ),
    ),
)

HOUSING: Final = Sample(
    language=Language.KK,
    channel=IntakeChannel.ELECTRONIC,
    applicant=Applicant(
        kind=ApplicantKind.PERSON,
        iin_bin="870612401231",
        name="Нұрланова Айгүл Серікқызы",
        address="050012, Алматы қаласы, Алмалы ауданы, Шевченко көшесі, 85-үй, 14-пәтер",
        phone="+77015550187",
        email="aigul.nurlanova@example.kz",
        kato=KATO_ALMATY,
    ),
    text=_TEXT_KK,
    attachments=ATTACHMENTS,
    identified_by="eGov mobile, Digital ID",
)


def appeal(
    documents: tuple[DocumentRef, ...],
    *,
    reference: str,
    at: datetime,
    sample: Sample = HOUSING,
    subject: str = SUBJECT,
) -> RegisterAppeal:
    """A sample appeal with its documents, as uploaded; ``reference`` is the platform's session of identification."""
    return RegisterAppeal(
        kind=AppealKind.APPLICATION,
        subject=subject,
        kato=KATO_ALMATY,
        language=sample.language,
        channel=sample.channel,
        lodged_at=at,
        applicant=sample.applicant,
        representative=None,
        addressee="970340001029",
        text=sample.text,
        documents=documents,
        authentication=Identification(sample.identified_by, reference, at),
        received_by=sample.received_by,
    )
