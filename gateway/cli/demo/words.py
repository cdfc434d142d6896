"""What the demo says, in the three languages."""

from __future__ import annotations

from typing import Final

from contracts.party import LocalText

BUILD: Final = LocalText(
    kk="Орнату: кілттер, қатысушылар, дерекқор",
    ru="Установка: ключи, участники, база данных",
    en="Installation: keys, parties, database",
)
START: Final = LocalText(
    kk="Жеті бөлек процесс іске қосылуда: алмасу, портал, екі орган, олардан жоғары тұрған орган, сот, уақыт белгілері",
    ru="Запуск семи отдельных процессов: обмен, портал, два органа, вышестоящий над ними, суд, метки времени",
    en="Seven separate processes start: exchange, platform, two agencies, the body above them, court, time stamps",
)
LODGE: Final = LocalText(
    kk="Азамат порталда үш құжатпен өтініш береді",
    ru="Гражданка подаёт обращение на портале, с тремя документами",
    en="A citizen lodges an appeal on the platform, with three documents",
)
HAND_OVER: Final = LocalText(
    kk="Өтініш құзыретті органға беріледі; бір бөлігі пошта жәшігі арқылы екінші органға қайта жіберіледі",
    ru="Обращение передаётся компетентному органу; часть перенаправляется второму, через его почтовый ящик",
    en="The appeal is handed to the competent body; a part is redirected to a second one, through its mailbox",
)
BREACH: Final = LocalText(
    kk="Орган мерзімді өткізіп алады: бұзушылық тіркеледі",
    ru="Орган пропускает срок: нарушение фиксируется",
    en="The body misses its term: the breach is recorded",
)
LATE_REPLY: Final = LocalText(
    kk="Орган кешігіп жауап береді", ru="Орган отвечает с опозданием", en="The body answers late"
)
DISAGREE: Final = LocalText(
    kk="Азамат «Келіспеймін» түймесін басады; дәл осы кезде соттың жүйесі істен шығады",
    ru="Гражданка нажимает «Не согласен»; в это же время система суда перестаёт работать",
    en="The citizen presses “I disagree”; meanwhile the court's system goes down",
)
COLLECT: Final = LocalText(
    kk="Органдардан материалдар сұралады: біреуі береді, екіншісі үндемейді, бұл тіркеледі; дерекнама жиналады",
    ru="У органов запрошены материалы: один представляет, второй молчит, это фиксируется; досье собирается",
    en="Materials are demanded: one body sends them, the other's silence is recorded; the dossier is assembled",
)
RETRY: Final = LocalText(
    kk="Сот қосылымдарды қабылдамайды; жеткізу қайталанады",
    ru="Суд не принимает соединения; доставка повторяется",
    en="The court refuses connections; the delivery is tried again and again",
)
ACKNOWLEDGE: Final = LocalText(
    kk="Сот жүйесі қайта қосылды: дерекнама тексеріліп, қол қойылған түбіртек келді",
    ru="Система суда снова работает: досье проверено судом, пришла подписанная квитанция",
    en="The court is up again: it has verified the dossier and sent its signed receipt",
)
CASE: Final = LocalText(
    kk="Сот іс нөмірін хабарлайды, портал азаматқа жеткізеді",
    ru="Суд сообщает номер дела, портал извещает гражданку",
    en="The court reports the case number, the platform tells the citizen",
)
ASK: Final = LocalText(
    kk="Сот азаматтан емес, органнан сұрайды: пікір мен басшының ұстанымы; актіде жоқ негіз белгіленеді",
    ru="Суд спрашивает не гражданку, а орган: отзыв и позиция руководителя; основание, которого нет в акте, отмечено",
    en="The court asks the body, not the citizen: objection and head's position; a ground not in the act is marked",
)
SUPPLEMENT: Final = LocalText(
    kk="Жауап сотқа бірінші дерекнамаға сілтейтін қосымша дерекнамамен жетеді",
    ru="Ответ уходит в суд дополнительным досье, которое ссылается на первое",
    en="The answer goes to the court as a supplementary dossier that refers to the first",
)
PROVE: Final = LocalText(
    kk="Дерекнама дербес тексеріледі: dalel verify",
    ru="Независимая проверка досье: dalel verify",
    en="The dossier is proved independently: dalel verify",
)

ATTEMPT: Final = LocalText(
    kk="{n}-әрекет, {to} · {what}: {outcome} {words}",
    ru="попытка {n}, {to} · {what}: {outcome} {words}",
    en="attempt {n}, {to} · {what}: {outcome} {words}",
)
SECONDS: Final = LocalText(
    kk="Барлығы {seconds} секундта", ru="Всё вместе за {seconds} с", en="All of it in {seconds} s"
)
NOTICES: Final = LocalText(
    kk="Порталдың азаматқа хабарламалары",
    ru="Уведомления портала гражданке",
    en="The platform's notices to the citizen, in the state language and Russian",
)
COURT_ATTEMPTS: Final = LocalText(
    kk="Дерекнаманы сотқа жеткізу әрекеттері",
    ru="Попытки доставить досье суду",
    en="Attempts to deliver the dossier to the court",
)
SUMMARY: Final = LocalText(kk="Қысқасы", ru="Итог", en="In short")
CASE_NUMBER: Final = LocalText(kk="Сот ісінің нөмірі", ru="Номер дела в суде", en="The court's case number")
DOSSIER: Final = LocalText(kk="Дерекнама", ru="Досье", en="Dossier")
LATER_DOSSIER: Final = LocalText(
    kk="Сот сұраған қосымша дерекнама",
    ru="Дополнительное досье по запросу суда",
    en="Supplementary dossier, as the court asked",
)
FOR_THE_JUDGE: Final = LocalText(kk="Судьяға арналған түйін", ru="Сводка для судьи", en="Summary for the judge")
BAD_DAY: Final = LocalText(
    kk="Бірінші органның жүйесі істен шығады, ал жаңа өтініштер келе береді: жеткізулер тұрып қалады",
    ru="Система первого органа перестаёт работать, а обращения поступают: доставки стоят",
    en="The first body's system goes down for good while more appeals come: deliveries are stuck",
)
LOOK: Final = LocalText(kk="Қараңыз", ru="Посмотрите сами", en="Look at it")
CONSOLE: Final = LocalText(kk="Консоль", ru="Консоль", en="Console")
PASSWORD: Final = LocalText(kk="Барлығының құпиясөзі", ru="Пароль у всех", en="Everybody's password")
NAME: Final = LocalText(kk="Есім", ru="Имя", en="Name")
KEPT: Final = LocalText(
    kk="Процестер жұмыс істеп тұр. Тоқтату: Ctrl-C.",
    ru="Процессы работают дальше. Остановить: Ctrl-C.",
    en="The processes keep running. Ctrl-C stops them.",
)
ENDED: Final = LocalText(
    kk="Демо тоқтатылды, ешбір процесс қалған жоқ.",
    ru="Демонстрация остановлена, процессов не осталось.",
    en="The demo is stopped; nothing is left running.",
)
