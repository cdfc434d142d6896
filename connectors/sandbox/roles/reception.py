"""The sample of a reception centre: an appeal that came on paper, scanned, and the clerk who took it.

Viktor, a pensioner, was struck off the housing queue over the same plot of land. He writes in Russian and by hand.
"""

from __future__ import annotations

from typing import Final

from connectors.sandbox.paper import SandboxPaper
from connectors.sandbox.roles.samples import CADASTRE, KATO_ALMATY, Attachment, Sample
from contracts.payloads import Applicant, ApplicantKind, DocumentKind, IntakeChannel, Language, Receiver

_NAME: Final = "Ким Виктор Павлович"
_TEXT: Final = (
    "С 2016 года состоял в очереди на жильё из коммунального фонда под № 6127. 9 ноября 2026 года узнал, что снят с "
    f"очереди, так как за мной числится участок с кадастровым номером {CADASTRE}. Такого участка у меня нет и не "
    "было.\nПрошу восстановить меня в очереди и исправить запись в земельном кадастре."
)

ON_PAPER: Final = Sample(
    language=Language.RU,
    channel=IntakeChannel.PAPER,
    applicant=Applicant(
        kind=ApplicantKind.PERSON,
        iin_bin="510308300170",
        name=_NAME,
        address="050057, город Алматы, Бостандыкский район, улица Тимирязева, дом 42, квартира 7",
        phone="+77075550142",
        kato=KATO_ALMATY,
    ),
    text=_TEXT,
    attachments=(
        Attachment(
            DocumentKind.ATTACHMENT,
            "Қағаз түріндегі өтініш, сканерленген · Обращение на бумаге, скан",
            "01-skan.pdf",
            SandboxPaper(
                issuer="«Нәтиже» азаматтарды қабылдау орталығы · Центр приёма граждан «Нәтиже»",
                title_kk="Қағаз түріндегі өтініштің сканерленген көшірмесі",
                title_ru="Скан обращения на бумаге",
                number="К-318",
                date="24.11.2026",
                rows=(
                    ("Өтініш беруші · Заявитель", _NAME),
                    ("Беттер саны · Листов", "1"),
                    ("Қолтаңба · Подпись", "бар · есть"),
                ),
                text_kk="Қолмен жазылған өтініштің түпнұсқасы орталықта сақталады.",
                text_ru=_TEXT,
                signed_by="Қабылдаған маман А. Т. Әбенова",
            ),
        ),
    ),
    identified_by="жеке куәлік бойынша · по удостоверению личности",
    received_by=Receiver(
        name="Әбенова Айжан Тұрсынқызы",
        post="қабылдау маманы · специалист по приёму",
        office="«Нәтиже» орталығы, Алматы, Достық даңғылы 85 · центр «Нәтиже», Алматы, проспект Достык, 85",
    ),
)
