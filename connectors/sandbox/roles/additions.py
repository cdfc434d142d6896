"""What an applicant adds later: a paper that cures what a body or the court named."""

from __future__ import annotations

from typing import Final

from connectors.sandbox.paper import SandboxPaper
from connectors.sandbox.roles.samples import Attachment
from contracts.payloads import DocumentKind

NOTE: Final = "Сұралған құжатты қосамын. Прилагаю запрошенный документ."
CURE: Final = (
    "Сот көрсеткен кемшілік жойылды: мемлекеттік баж төленген, түбіртегі қоса беріледі.\n"
    "Недостаток, названный судом, устранён: государственная пошлина уплачена, квитанция приложена."
)
APPEAL: Final = (
    "Сот актісімен келіспеймін, оның күшін жоюды және істі мәні бойынша қарауды сұраймын.\n"
    "С актом суда не соглашаюсь: прошу отменить его и рассмотреть дело по существу."
)

ADDRESS: Final = Attachment(
    DocumentKind.ATTACHMENT,
    "Мекенжай анықтамасы · Адресная справка",
    "04-mekenzhai.pdf",
    SandboxPaper(
        issuer="Алмалы ауданының тіркеу бөлімі · Отдел регистрации Алмалинского района",
        title_kk="Мекенжай анықтамасы",
        title_ru="Адресная справка",
        number="10377",
        date="24.11.2026",
        rows=(("Тіркелген жері · Зарегистрирована", "Алматы қ., Шевченко көшесі 85, 14"),),
        text_kk="Азамат көрсетілген мекенжайда тұрақты тіркелген.",
        text_ru="Гражданка постоянно зарегистрирована по указанному адресу.",
        signed_by="Тіркеуші Г. Ә. Сәдуақасова",
    ),
)
DUTY: Final = Attachment(
    DocumentKind.EVIDENCE,
    "Мемлекеттік баж төленгені туралы түбіртек · Квитанция об уплате государственной пошлины",
    "05-bazh.pdf",
    SandboxPaper(
        issuer="Екінші деңгейдегі банк · Банк второго уровня",
        title_kk="Мемлекеттік баж төленгені туралы түбіртек",
        title_ru="Квитанция об уплате государственной пошлины",
        number="7700-1418",
        date="24.11.2026",
        rows=(("Сомасы · Сумма", "1 180 теңге · тенге"), ("Төлем мақсаты · Назначение", "Талап қою · Иск")),
        text_kk="Төлем қабылданды.",
        text_ru="Платёж принят.",
        signed_by="Кассир М. Ә. Жұмабек",
    ),
)
