"""What each figure of a report is called and means; console, commands, CSV and docs say it in these words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contracts.party import LocalText, PartyId
from dossier.procedure.law.case_number import court_table
from dossier.procedure.wording import same
from gateway.domain.reports.figures import Figure, GroupBy, Tally


@dataclass(frozen=True, slots=True)
class Definition:
    """``article``: of the Code, as the rules write it; empty for a figure of ours."""

    name: LocalText
    meaning: LocalText
    article: str = ""


DEFINITIONS: Final[Mapping[Figure, Definition]] = {
    Figure.RECEIVED: Definition(
        LocalText(kk="келіп түсті", ru="поступило", en="received"),
        LocalText(
            kk="Тіркелген күні кезеңге түсетін өтініштер; органдар бойынша шешім қабылдауы тиіс болған әр органға "
            "есептеледі.",
            ru="Обращения, день регистрации которых приходится на период; по органам считаются за каждым, кто должен "
            "был принять решение.",
            en="Appeals whose day of registration is in the period; by body, counted with each that had to decide.",
        ),
        "АППК 64(3)",
    ),
    Figure.ON_TIME: Definition(
        LocalText(kk="мерзімінде", ru="в срок", en="on time"),
        LocalText(
            kk="Орган мерзім (ұзартылған болса, ұзартылған мерзім) аяқталғанға дейін шешім қабылдады немесе "
            "рәсімді тоқтатты.",
            ru="Орган принял решение или прекратил процедуру до конца срока, а если он продлён, то до конца "
            "продлённого.",
            en="The body decided, or terminated the procedure, before its term ended; where it was extended, the "
            "extended one.",
        ),
        "АППК 76(1)",
    ),
    Figure.LATE: Definition(
        LocalText(kk="кешіктірілді", ru="с опозданием", en="late"),
        LocalText(
            kk="Шешім мерзім өткеннен кейін келді немесе өтініш содан кейін басқа органға жіберілді, қанша кешіксе де. "
            "Өтініш кейін қайда өтсе де, кешіккен органға есептеледі.",
            ru="Решение пришло (или обращение перенаправлено) после того, как срок прошёл, на сколько бы ни опоздало. "
            "Считается за опоздавшим органом, куда бы обращение ни ушло потом.",
            en="The decision came, or the appeal was sent on, after the term had passed, however late. Counted with "
            "the body that was late, wherever the appeal went since.",
        ),
        "АППК 76(1)",
    ),
    Figure.SILENT: Definition(
        LocalText(kk="жауапсыз", ru="без ответа", en="silent"),
        LocalText(
            kk="Мерзім өтті, орган әлі шешім қабылдаған жоқ. Шешім келген сәттен бастап «кешіктірілді» болып "
            "есептеледі.",
            ru="Срок прошёл, а орган ничего не решил. Как только решение придёт, считается «с опозданием».",
            en="The term has passed and the body has decided nothing. Counts as late from the moment a decision comes.",
        ),
        "АППК 76(1)",
    ),
    Figure.OPEN: Definition(
        LocalText(kk="қаралуда", ru="рассматривается", en="still open"),
        LocalText(
            kk="Органның мерзімі әлі өткен жоқ.",
            ru="Срок органа ещё идёт.",
            en="The body's term still runs.",
        ),
        "АППК 76(1)",
    ),
    Figure.NOT_DUE: Definition(
        LocalText(kk="жауап қажет емес", ru="ответ не требуется", en="no answer due"),
        LocalText(
            kk="Міндет мерзім аяқталмай тұрып түсті: өтініш кері қайтарып алынды, қараусыз қайтарылды, "
            "басқа органға жіберілді немесе мерзімінен бұрын сотқа кетті.",
            ru="Обязанность отпала до конца срока: обращение отозвано, возвращено без рассмотрения, "
            "перенаправлено или раньше срока ушло в суд.",
            en="The duty fell away before the term ended: withdrawn, given back without consideration, "
            "sent on, or gone to court early.",
        ),
        "АППК 64(7), 64(9)",
    ),
    Figure.EXTENDED: Definition(
        LocalText(kk="мерзімі ұзартылды", ru="срок продлён", en="term extended"),
        LocalText(
            kk="Оның ішінде орган мерзімін ұзартқандары, қалай аяқталғанына қарамастан.",
            ru="Из них те, по которым орган продлил срок, чем бы они ни кончились.",
            en="Of them, those whose term the body extended, however they ended.",
        ),
        "АППК 76(3)",
    ),
    Figure.FORMAL: Definition(
        LocalText(kk="біртектес жауап белгісі", ru="отметка об однотипном ответе", en="mark of a formal reply"),
        LocalText(
            kk="Оның ішінде органның жауабы басқа өтініштерге берген бұрынғы жауаптарымен дерлік бірдей. Бұл "
            "белгі, баға емес.",
            ru="Из них те, где ответ почти дословно повторяет прежние ответы органа по другим обращениям. Это "
            "отметка, а не оценка.",
            en="Of them, those whose reply nearly repeats earlier ones of the body in other appeals. A mark, not "
            "a judgement.",
        ),
    ),
    Figure.DISAGREED: Definition(
        LocalText(kk="келіспеді", ru="не согласны", en="disagreed"),
        LocalText(
            kk="Өтініш беруші «Келіспеймін» түймесін басты; төрт жолдың қосындысы.",
            ru="Заявитель нажал «Не согласен»; сумма четырёх путей.",
            en="The applicant pressed «I disagree»; the sum of the four roads.",
        ),
        "АППК 91(1)",
    ),
    Figure.HIGHER: Definition(
        LocalText(kk="жоғары тұрған органға", ru="в вышестоящий орган", en="to the higher body"),
        LocalText(
            kk="Келіспеушілік жоғары тұрған органға кетті, сотқа кеткен жоқ.",
            ru="Несогласие ушло в вышестоящий орган, в суд не уходило.",
            en="The disagreement went to the higher body, and not to the court.",
        ),
        "АППК 91",
    ),
    Figure.COURT: Definition(
        LocalText(kk="бірден сотқа", ru="сразу в суд", en="straight to court"),
        LocalText(
            kk="Келіспеушілік жоғары тұрған органға соқпай сотқа кетті.",
            ru="Несогласие ушло в суд без вышестоящего органа.",
            en="The disagreement went to the court without a higher body.",
        ),
        "АППК 131",
    ),
    Figure.BOTH: Definition(
        LocalText(kk="жоғары органнан соң сотқа", ru="после вышестоящего в суд", en="higher body, then court"),
        LocalText(
            kk="Алдымен жоғары тұрған органға, содан кейін сотқа.",
            ru="Сначала в вышестоящий орган, потом в суд.",
            en="First to the higher body, then to the court.",
        ),
        "АППК 91, 131",
    ),
    Figure.NOWHERE: Definition(
        LocalText(kk="жолы белгіленбеген", ru="путь не выбран", en="no road yet"),
        LocalText(
            kk="Келіспеушілік білдірілді, бірақ ол әлі ешқайда кеткен жоқ.",
            ru="Несогласие заявлено, но ещё никуда не ушло.",
            en="Disagreed, and it has gone nowhere yet.",
        ),
    ),
    Figure.PENDING: Definition(
        LocalText(kk="сотта қаралуда", ru="в суде, не решено", en="at court, not decided"),
        LocalText(
            kk="Сотқа бара жатыр немесе сот әлі шешім шығарған жоқ.",
            ru="На пути в суд, или суд ещё не решил.",
            en="On its way to the court, or the court has not decided yet.",
        ),
    ),
    Figure.GRANTED: Definition(
        LocalText(kk="талап қанағаттандырылды", ru="иск удовлетворён", en="claim granted"),
        LocalText(
            kk="Сот соңғы рет айтқан нәтиже: қанағаттандырылды. Заңды күшіне енуі күтілмейді.",
            ru="Исход, который суд сообщил последним: удовлетворён. Вступления в силу не ждём.",
            en="The outcome that the court told last: granted. Counted before it is in force.",
        ),
    ),
    Figure.IN_PART: Definition(
        LocalText(kk="ішінара", ru="частично", en="in part"),
        LocalText(
            kk="Сот соңғы рет айтқан нәтиже: ішінара қанағаттандырылды.",
            ru="Исход, который суд сообщил последним: удовлетворён частично.",
            en="The outcome that the court told last: granted in part.",
        ),
    ),
    Figure.REFUSED: Definition(
        LocalText(kk="бас тартылды", ru="отказано", en="refused"),
        LocalText(
            kk="Сот соңғы рет айтқан нәтиже: қанағаттандырудан бас тартылды.",
            ru="Исход, который суд сообщил последним: отказано.",
            en="The outcome that the court told last: refused.",
        ),
    ),
    Figure.RETURNED: Definition(
        LocalText(kk="сот қайтарды", ru="возвращено судом", en="returned by the court"),
        LocalText(
            kk="Сот талап қоюды қайтарды, содан кейін іс жүргізуге алынған жоқ.",
            ru="Суд возвратил иск, и после этого дело не принято заново.",
            en="The court returned the claim, and has not taken it up since.",
        ),
        "АППК 138(2)",
    ),
    Figure.OTHERWISE: Definition(
        LocalText(kk="өзгеше аяқталды", ru="окончено иначе", en="ended otherwise"),
        LocalText(
            kk="Татуласу, талаптан бас тарту, қараусыз қалдыру; немесе өтініш сотқа жетпей қайтарып алынды.",
            ru="Примирение, отказ от иска, оставление без рассмотрения; или обращение отозвано до суда.",
            en="Settled, withdrawn, left without consideration; or the appeal was withdrawn before the court had it.",
        ),
    ),
    Figure.UNSTATED: Definition(
        LocalText(kk="нәтижесі белгісіз", ru="исход не сообщён", en="outcome not told"),
        LocalText(
            kk="Шешім бар, бірақ сот нәтижесін тек мәтінмен айтты, сондықтан ол белгісіз деп есептеледі.",
            ru="Решение есть, но исход суд сообщил только текстом, поэтому считается неизвестным.",
            en="There is a ruling, and the court told its outcome in words only, so it counts as unknown.",
        ),
    ),
}

RATE: Final = Definition(
    LocalText(kk="мерзімінде, %", ru="в срок, %", en="on time, %"),
    LocalText(
        kk="Мерзімі біткендердің ішінде мерзімінде жауап алғандарының үлесі: мерзімінде ÷ (мерзімінде + "
        "кешіктірілді + жауапсыз).",
        ru="Доля ответов в срок среди тех, чей срок прошёл или исполнен: в срок ÷ (в срок + с опозданием + без "
        "ответа).",
        en="The share on time of those whose term was met or has passed: on time ÷ (on time + late + silent).",
    ),
    "АППК 76(1)",
)
_DUE: Final = (Figure.ON_TIME, Figure.LATE, Figure.SILENT)

BASIS: Final = LocalText(
    kk="Әр өтініш қазіргі күйімен есептеледі: бүгін қаралған мерзім кейін өзгеруі мүмкін. Жауаптар бірге «келіп "
    "түсті» санын, "
    "жолдар «келіспеді» санын береді. Жалпы санда өтініш бір рет, органдарының ең нашар нәтижесімен есептеледі, ал "
    "органдар бойынша шешім қабылдауы тиіс болған әрқайсысында.",
    ru="Каждое обращение считается так, как оно обстоит сейчас: завтра итог за тот же период может быть другим. "
    "Ответы вместе "
    "дают «поступило», пути вместе дают «не согласны». В общем итоге обращение считается один раз, по худшему из "
    "его органов, а по органам за каждым, кто должен был принять решение.",
    en="Each appeal counts as it stands now, so figures of a past period may still move. The answers add up to "
    "«received», "
    "the roads to «disagreed». In the whole an appeal counts once, by the worst of its bodies; by body, with each that "
    "had to decide.",
)
"""What holds for all figures."""

BYS: Final[Mapping[GroupBy, LocalText]] = {
    GroupBy.ALL: LocalText(kk="барлығы", ru="всё вместе", en="all"),
    GroupBy.BODY: LocalText(kk="орган", ru="орган", en="body"),
    GroupBy.REGION: LocalText(kk="өңір", ru="регион", en="region"),
    GroupBy.SUBJECT: LocalText(kk="тақырып", ru="тема", en="subject"),
    GroupBy.MONTH: LocalText(kk="ай", ru="месяц", en="month"),
}

UNNAMED: Final = LocalText(kk="көрсетілмеген", ru="не указано", en="not named")


def name_of(by: GroupBy, name: str, parties: Mapping[PartyId, LocalText]) -> LocalText:
    """What a line of a report is called; a body, region or subject without words by its code."""
    if not name:
        return BYS[GroupBy.ALL] if by is GroupBy.ALL else UNNAMED
    match by:
        case GroupBy.BODY:
            return parties.get(PartyId(name)) or same(name)
        case GroupBy.REGION:
            regions = {region.kato: region.name for region in court_table().regions.values()}
            return regions.get(name) or same(name)
        case _:
            return same(name)


def rate(tally: Tally) -> str:
    """``RATE`` to one place; empty where nothing was due."""
    due = sum(tally[figure] for figure in _DUE)
    return f"{100 * tally[Figure.ON_TIME] / due:.1f}" if due else ""
