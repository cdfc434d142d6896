# ruff: noqa: E501 - one sentence is one line
"""Kinds of alarms in words: what each is called, what it means, what helps. By name, for the table of kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contracts.party import LocalText as T

NAMES: Final[Mapping[str, T]] = {
    "ledger_broken": T(kk="Журнал бұзылған", ru="Журнал повреждён", en="The ledger is broken"),
    "disk_low": T(kk="Дискіде орын таусылып барады", ru="Место на диске заканчивается", en="A disk is nearly full"),
    "loop_unled": T(kk="Бір циклді ешкім орындамайды", ru="Цикл никто не ведёт", en="Nobody runs a loop"),
    "node_lost": T(kk="Торап жоғалды", ru="Узел пропал", en="A node is lost"),
    "seal_late": T(kk="Жазбаларға мөр қойылмай тұр", ru="Записи остаются без печати", en="Records stay unsealed"),
    "stamp_late": T(kk="Уақыт белгілері кешігуде", ru="Метки времени запаздывают", en="Time stamps are late"),
    "unheard": T(
        kk="Дабыл туралы хабарлар жетпейді",
        ru="Сообщения о тревогах не доходят",
        en="Messages about alarms do not arrive",
    ),
    "party_silent": T(kk="Тарап үнсіз", ru="Сторона молчит", en="A party is silent"),
    "breaker_open": T(kk="Тараппен байланыс үзілді", ru="Связь со стороной прервана", en="A party's circuit is open"),
    "oldest_over": T(
        kk="Хабар келісілгеннен ұзақ күтуде", ru="Сообщение ждёт дольше оговорённого", en="A message waits too long"
    ),
    "dead_letters": T(
        kk="Жіберілмейтін хабарлар бар", ru="Есть неотправляемые сообщения", en="There are dead letters"
    ),
    "refusals_rising": T(
        kk="Қабылдаудан бас тарту көбейді", ru="Отказов на приёме стало больше", en="Refusals at intake rise"
    ),
    "term_breached": T(kk="Мерзім бұзылды", ru="Срок нарушен", en="A term was missed"),
    "term_near": T(kk="Мерзім таяп қалды", ru="Срок подходит", en="A term is near"),
    "certificate_ending": T(kk="Сертификат мерзімі бітуде", ru="Сертификат истекает", en="A certificate ends"),
}  # fmt: skip

MEANS: Final[Mapping[str, T]] = {
    "ledger_broken": T(
        kk="Сақталған жазбалар мөр қойылған күйіне сәйкес емес: дерекқорды біреу өзгерткен немесе диск бүлінген. Дәлелдемелерге күмән түседі.",
        ru="Хранимое не сходится с тем, что было запечатано: базу изменили или диск испорчен. Доказательства под сомнением.",
        en="What is kept does not agree with what was sealed: somebody changed the database, or a disk spoilt it. Proofs are in doubt.",
    ),
    "disk_low": T(
        kk="Тораптың дискісінде бос орын шектен аз. Резервке жеткенде жаңа хабарлар қабылданбайды.",
        ru="На диске узла осталось меньше предела. Когда останется только резерв, новое приниматься не будет.",
        en="The disk of a node has less room than the limit. At the reserve, nothing new is taken.",
    ),
    "loop_unled": T(
        kk="Бір торап бәрі үшін орындауы тиіс жұмысты ешбір торап орындап жатқан жоқ.",
        ru="Работу, которую один узел ведёт за всех, не ведёт никто.",
        en="Work that one node does for all is done by none.",
    ),
    "node_lost": T(
        kk="Торап қоштаспай үнсіз қалды: оны өшірген, желісі үзілген немесе ол тұрып қалған. Жұмысын басқалар жалғастырады.",
        ru="Узел замолчал, не попрощавшись: убит, отрезан от сети или завис. Его работу продолжают другие.",
        en="A node fell silent without leaving: killed, cut off, or hanging. The others go on with its work.",
    ),
    "seal_late": T(
        kk="Жаңа жазбалар мөрсіз күтіп тұр: мөр кілті жоқ, мөрлеуші тоқтаған немесе журнал бұзылған. Дерекнамалар мөрсіз жіберіледі.",
        ru="Новые записи ждут печати: нет ключа печати, печати никто не ставит или журнал повреждён. Досье уходят без неё.",
        en="New records wait for a seal: the seal key is away, the sealer stands still, or the ledger is broken. Dossiers go without.",
    ),
    "stamp_late": T(
        kk="Мөрлер уақыт белгісінсіз: уақыт белгісі қызметі жауап бермейді.",
        ru="Печати остаются без меток времени: служба меток времени не отвечает.",
        en="Seals stay without a time stamp: no time-stamp authority answers.",
    ),
    "unheard": T(
        kk="Дабыл туралы хабарды пошта сервері немесе вебхук қабылдамайды: кезекші ештеңе естімейді.",
        ru="Почтовый сервер или вебхук не принимает сообщения о тревогах: дежурный ничего не слышит.",
        en="A mail server or webhook takes no messages about alarms: whoever is on duty hears nothing.",
    ),
    "party_silent": T(
        kk="Тараптың бағдарламасы шектен ұзақ жауап бермейді немесе жәшігінен хабар алмайды. Оған арналған хабарлар күтуде, ештеңе жоғалмайды.",
        ru="Программа стороны не отвечает или не забирает из ящика дольше предела. Сообщения для неё ждут, ничего не теряется.",
        en="The party's software has not answered, or not fetched from its mailbox, for longer than the limit. What is for it waits; nothing is lost.",
    ),
    "breaker_open": T(
        kk="Тарап қатарынан бірнеше рет жауап бермеді; әр тыныстан кейін бір хабармен тексеріледі.",
        ru="Сторона несколько раз подряд не ответила; после каждой паузы её проверяют одним сообщением.",
        en="The party did not answer several times in a row; one message tries it at the end of each rest.",
    ),
    "oldest_over": T(
        kk="Тарапқа арналған ең ескі хабар келісімдегі шектен ұзақ расталмай тұр.",
        ru="Самое старое сообщение стороне не подтверждено дольше, чем оговорено с нею.",
        en="The oldest message for the party is unacknowledged for longer than its agreement says.",
    ),
    "dead_letters": T(
        kk="Хабарларды осы жерде құрастыру немесе қол қою мүмкін емес; олар қайта жіберілмейді.",
        ru="Сообщения нельзя собрать или подписать здесь; сами они больше не отправляются.",
        en="Messages cannot be built or signed here, and are not tried again by themselves.",
    ),
    "refusals_rising": T(
        kk="Соңғы ширек сағатта қабылданбаған сұраулар әдеттегіден әлдеқайда көп: тараптың жаңа нұсқасы қате, кілті ауысқан немесе біреу есік қағуда.",
        ru="За последние четверть часа отказано намного больше обычного: ошибка в новой версии у стороны, сменился ключ или кто-то ломится.",
        en="In the last quarter of an hour far more was refused than before: a party's new release errs, its key changed, or somebody tries the door.",
    ),
    "term_breached": T(
        kk="Тарап заңда белгіленген мерзімді өткізіп алды, міндеті әлі орындалмаған.",
        ru="Сторона пропустила законный срок, и обязанность всё ещё не исполнена.",
        en="The party let a term of the law pass, and the duty is still unmet.",
    ),
    "term_near": T(
        kk="Тараптың орындалмаған міндеттерінің мерзімі жақын арада бітеді.",
        ru="У стороны скоро истекают сроки неисполненных обязанностей.",
        en="Terms of the party fall due soon and are not met.",
    ),
    "certificate_ending": T(
        kk="Сертификаттың мерзімі жақында бітеді, орнына келетіні тіркелмеген. Біткен соң онымен қол қойылғанға сенбейді.",
        ru="Сертификат скоро истечёт, а следующий не зарегистрирован. После этого подписанному им не верят.",
        en="A certificate ends soon and none follows it. After that, nothing it signs is believed.",
    ),
}  # fmt: skip

HELPS: Final[Mapping[str, T]] = {
    "ledger_broken": T(
        kk="Дерекқордың көшірмесін сақтаңыз, ештеңені түзетпеңіз. Өзгерген жолдарды dalel ledger verify атайды; қауіпсіздік офицерін шақырыңыз.",
        ru="Сохраните копию базы, ничего не исправляйте. Изменённые строки назовёт dalel ledger verify; зовите офицера безопасности.",
        en="Keep a copy of the database and mend nothing. dalel ledger verify names the rows; call the security officer.",
    ),
    "disk_low": T(
        kk="Орын босатыңыз немесе дискіні ұлғайтыңыз; сақтау мерзімдерін dalel retention арқылы тексеріңіз.",
        ru="Освободите место или увеличьте диск; сроки хранения проверьте через dalel retention.",
        en="Free some room or enlarge the disk; look at how long things are kept with dalel retention.",
    ),
    "loop_unled": T(
        kk="dalel nodes кім не істейтінін көрсетеді; тораптардың жұмыс журналындағы loop.failed жолын қараңыз, керек болса бір торапты қайта қосыңыз.",
        ru="dalel nodes покажет, кто что ведёт; найдите loop.failed в протоколах работы узлов, при нужде перезапустите один узел.",
        en="dalel nodes shows who leads what; look for loop.failed in the nodes' logs, and restart one node if need be.",
    ),
    "node_lost": T(
        kk="Машинасы мен жұмыс журналын қараңыз, торапты қайта қосыңыз. Енді керек болмаса, растаңыз: тізімнен бір күнде кетеді.",
        ru="Посмотрите на его машину и протокол работы, запустите узел снова. Если он больше не нужен, подтвердите: из списка он уйдёт через день.",
        en="Look at its machine and its log, and start it again. If it is not to come back, acknowledge: it leaves the list in a day.",
    ),
    "seal_late": T(
        kk="dalel doctor себебін айтады: мөр кілті мен жұмыс журналындағы ledger.broken, loop.failed жолдарын тексеріңіз.",
        ru="dalel doctor назовёт причину: проверьте ключ печати и строки ledger.broken, loop.failed в протоколе работы.",
        en="dalel doctor names the cause: look at the seal key, and for ledger.broken and loop.failed in the log.",
    ),
    "stamp_late": T(
        kk="Қызметке хабарласыңыз немесе timestamp_urls ішіне екіншісін қосыңыз; кешіккен белгілер өздігінен сұралады.",
        ru="Свяжитесь со службой или добавьте вторую в timestamp_urls; опоздавшие метки запрашиваются сами.",
        en="Call the authority, or name a second one in timestamp_urls; late stamps are asked for by themselves.",
    ),
    "unheard": T(
        kk="dalel alarms test сервердің өз сөзін көрсетеді; мекенжайды, парольді және сертификатты тексеріңіз. Хабарлар өздігінен қайталанады.",
        ru="dalel alarms test покажет слова сервера; проверьте адрес, пароль и сертификат. Сообщения повторяются сами.",
        en="dalel alarms test shows the server's own words; look at address, password and certificate. Messages are repeated by themselves.",
    ),
    "party_silent": T(
        kk="Тараптың бетінде сынақ пинг жасап, нәтижесін тарапқа айтыңыз. Ұзаққа созылса, тарапты тоқтатып қойыңыз.",
        ru="На странице стороны сделайте тестовый пинг и сообщите ей, что вышло. Если это надолго, приостановите её.",
        en="Make a test ping on the party's page, and call them with what it says. If it will last, pause the party.",
    ),
    "breaker_open": T(
        kk="Әзірге ештеңе: жауап келсе, өзі жабылады. Созылса, сынақ пинг жасап, тарапқа хабарласыңыз.",
        ru="Пока ничего: с первым ответом пройдёт само. Если затянется, сделайте тестовый пинг и позвоните стороне.",
        en="Nothing yet: the first answer closes it. If it lasts, make a test ping and call the party.",
    ),
    "oldest_over": T(
        kk="Ең ескі жеткізілімнің соңғы сөздерін оқып, соларды айтып тарапқа хабарласыңыз.",
        ru="Прочтите последние слова по самой старой доставке и позвоните с ними стороне.",
        en="Read the last words of the oldest delivery, and call the party with them.",
    ),
    "dead_letters": T(
        kk="Оларды ашып, көрсетілген себебін жөндеңіз де қайта жіберіңіз немесе болдырмаңыз.",
        ru="Откройте их, устраните названную причину и отправьте снова или отмените.",
        en="Open them, mend the cause that they name, then resend or cancel them.",
    ),
    "refusals_rising": T(
        kk="Бас тарту кодтары мен кімнен келгенін қараңыз: бір тарап болса, соған хабарласыңыз; белгісіз болса, қауіпсіздік офицеріне айтыңыз.",
        ru="Посмотрите коды отказов и от кого они: если от одной стороны, звоните ей; если от чужих, скажите офицеру безопасности.",
        en="Look at the codes and at whom they come from: call that party; if they are strangers, tell the security officer.",
    ),
    "term_breached": T(
        kk="Мерзімдер бетінде істерді қарап, органның жауапты адамына ескертіңіз; өтініш берушіге хабар өздігінен кетті.",
        ru="Посмотрите дела на странице сроков и напомните ответственному органа; заявителю сообщено само.",
        en="See the cases on the page of terms, and remind whoever answers for it at the body; the applicant was told by itself.",
    ),
    "term_near": T(
        kk="Мерзімдер бетіндегі тізімді органға жіберіңіз; еске салулар өздігінен кетті.",
        ru="Передайте органу список со страницы сроков; напоминания ушли сами.",
        en="Pass the list on the page of terms to the body; reminders went out by themselves.",
    ),
    "certificate_ending": T(
        kk="Келесісіне қазір тапсырыс беріп, тіркеңіз: тарап болса одан сұраңыз, өз кілтіміз болса dalel keys арқылы ауыстырыңыз.",
        ru="Закажите следующий сейчас и зарегистрируйте: у стороны попросите, свой ключ смените через dalel keys.",
        en="Order the next one now and register it: ask the party for theirs, replace a key of ours with dalel keys.",
    ),
}  # fmt: skip
