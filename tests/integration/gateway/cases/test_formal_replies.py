"""Ten citizens get the same letter: each history says how many got it before, and names their appeals."""

from __future__ import annotations

import pytest

from contracts.header import ConversationId
from contracts.operations import Service
from contracts.payloads import Applicant, ApplicantKind, DecisionKind, GetHistory, Ground, Reply
from dossier.case.events import HearingOmitted, Replied, ReplyResembled
from dossier.case.likeness import threshold
from tests.worlds.exchange.world import AKIMAT, JER, PLATFORM, World, an_appeal

CITIZENS = (
    "Әбілқасымова Гүлнұр Өмірбекқызы", "Ахметов Арман Серікұлы", "Ким Елена Викторовна", "Жұмабаев Ерлан Қайратұлы",
    "Петров Сергей Иванович", "Нұрланова Айгүл Маратқызы", "Оспанов Дәурен Болатұлы", "Иванова Мария Петровна",
    "Сейітов Бауыржан Әлиұлы", "Төлегенова Сәуле Ержанқызы",
)  # fmt: skip
LETTER = """\
Уважаемый(ая) {name}! Ваше обращение № {number} от {day} рассмотрено. Сообщаем, что постановка на учёт нуждающихся в \
жилище производится местным исполнительным органом в порядке очередности на основании представленных документов. В \
представленных документах отсутствует заключение о признании единственного жилища аварийным. На основании изложенного \
удовлетворить обращение не представляется возможным. В случае несогласия Вы вправе обжаловать ответ в вышестоящий \
орган или в суд."""


@pytest.fixture
def world(either_world):
    return either_world


async def answered(
    world: World, citizen: str, letter: str, *, body=AKIMAT, subject: str = "HOUSING-QUEUE"
) -> tuple[ConversationId, str]:
    """An appeal of ``citizen`` and the body's letter about it; its conversation and number."""
    applicant = Applicant(ApplicantKind.PERSON, "900101300017", citizen, "Алматы қ., Абай даңғылы 10")
    conversation_id, number = await world.register(
        applicant=applicant, subject=subject, lodged_at=an_appeal(world.clock).lodged_at
    )
    text = letter.format(name=citizen, number=number, day=f"{world.clock.now():%d.%m.%Y}")
    reply = Reply(
        DecisionKind.REFUSED, f"№ 15-7/{number[-3:]}", world.clock.now().date(), text,
        (Ground("ЖК РК ст. 71", "нет заключения"),), "СМАС г. Алматы", None, "А. Серіков", (),
    )  # fmt: skip
    reported = await world.call(Service.AGENCY, body, reply, conversation_id=conversation_id)
    assert reported.status == 200, reported.envelope.decode()
    world.clock.advance(seconds=1)
    return conversation_id, number


async def mark(world: World, conversation_id: ConversationId) -> ReplyResembled | None:
    found = [event.fact for event in (await world.case(conversation_id)).events]
    marks = [fact for fact in found if isinstance(fact, ReplyResembled)]
    assert len(marks) <= 1
    if marks:
        before = [fact for fact in found[: found.index(marks[0])] if not isinstance(fact, HearingOmitted)]
        assert isinstance(before[-1], Replied)
    return marks[0] if marks else None


async def test_the_tenth_of_ten_citizens_with_one_letter_reads_the_numbers_of_the_nine(world: World):
    sent = [await answered(world, citizen, LETTER) for citizen in CITIZENS]
    numbers = [number for _, number in sent]
    assert await mark(world, sent[0][0]) is None
    for place, (conversation_id, _) in enumerate(sent[1:], start=1):
        expected = ReplyResembled(AKIMAT, place, tuple(reversed(numbers[:place])))
        assert await mark(world, conversation_id) == expected

    history = (await world.call(Service.APPEALS, PLATFORM, GetHistory(numbers[9]))).message.payload
    (note,) = [event.note for event in history.events if event.kind == "ReplyResembled"]
    for text in (note.kk, note.ru, note.en):
        assert [number for number in numbers if number in text] == numbers[:9]
        assert "9" in text
        assert f"{threshold().share:.0%}".rstrip("%") in text


async def test_a_letter_of_its_own_a_short_one_and_another_bodys_are_not_marked(world: World):
    await answered(world, CITIZENS[0], LETTER)
    refused = "В представленных документах отсутствует заключение о признании единственного жилища аварийным"
    reasoned = "По договору купли-продажи Вам с прошлого месяца принадлежит квартира в этом же городе"
    own = LETTER.replace(refused, reasoned)
    assert await mark(world, (await answered(world, CITIZENS[1], own))[0]) is None
    for citizen in CITIZENS[2:4]:
        assert await mark(world, (await answered(world, citizen, "Өтініш қанағаттандырылмады"))[0]) is None
    elsewhere, _ = await answered(world, CITIZENS[4], LETTER, body=JER, subject="LAND-LEASE")
    assert await mark(world, elsewhere) is None


async def test_a_repeat_of_the_message_is_not_a_second_letter(world: World):
    await answered(world, CITIZENS[0], LETTER)
    conversation_id, number = await world.register()
    reply = Reply(
        DecisionKind.REFUSED, "№ 1", world.clock.now().date(), LETTER.format(name="", number=number, day="1"),
        (), "СМАС", None, "А. Серіков", (),
    )  # fmt: skip
    envelope = world.envelope(AKIMAT, reply, conversation_id=conversation_id)
    first, again = [await world.post(Service.AGENCY, envelope) for _ in range(2)]
    assert first.status == again.status == 200
    assert (await mark(world, conversation_id)).count == 1
    assert (await mark(world, (await answered(world, CITIZENS[2], LETTER))[0])).count == 2
