"""A template with another name, number or date is the same letter; another letter is not."""

from __future__ import annotations

import hashlib
import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.case.likeness import VERSION, Sketch, are_alike, buckets, likeness, sketch_of, threshold

BODY = "akimat-almaty"
GULNUR, ARMAN = "Әбілқасымова Гүлнұр Өмірбекқызы", "Ахметов Арман Серікұлы"

KAZAKH = """\
Құрметті {name}! Сіздің {day} № {number} өтінішіңіз қаралды. Қазақстан Республикасы Жер кодексінің 43-бабына сәйкес \
жер учаскесін беру туралы шешімді жергілікті атқарушы орган комиссияның қорытындысы негізінде қабылдайды.

Қазіргі уақытта сұралған аумақта бос жер учаскелері жоқ, бас жоспарға сәйкес аумақ жалпыға ортақ пайдалануға арналған.

Осыған байланысты өтінішіңізді қанағаттандыруға мүмкіндік жоқ екенін хабарлаймыз. Жауаппен келіспеген жағдайда оған \
жоғары тұрған органға немесе сотқа шағымдануға құқығыңыз бар."""

RUSSIAN = """\
Уважаемый {name}! Ваше обращение № {number} от {day} рассмотрено. В соответствии со статьёй 43 Земельного кодекса \
решение о предоставлении земельного участка принимается местным исполнительным органом на основании заключения комиссии.

В настоящее время свободные земельные участки на запрашиваемой территории отсутствуют, территория по генеральному \
плану предназначена для общего пользования.

На основании изложенного удовлетворить обращение не представляется возможным. В случае несогласия с ответом Вы вправе \
обжаловать его в вышестоящий орган или в суд."""

OTHER = """\
По результатам проверки Вашего довода о начислении пени установлено следующее. Лицевой счёт пересчитан за весь период \
начиная с первого квартала, излишне уплаченная сумма зачтена в счёт предстоящих платежей, о чём управляющая компания \
уведомлена письменно. Акт сверки с росписью ответственного исполнителя прилагается к настоящему письму. При наличии \
вопросов Вы можете прийти на приём к заместителю руководителя в часы, указанные на странице управления."""

letters = st.lists(st.sampled_from("абвгдежзиклмноп"), min_size=40, max_size=120).map(
    lambda words: " ".join(word * (at % 5 + 2) for at, word in enumerate(words))
)


def sketched(text: str, *names: str) -> Sketch:
    sketch = sketch_of(text, names)
    assert sketch is not None
    return sketch


@pytest.mark.parametrize(
    ("template", "mine", "yours"),
    [
        (
            KAZAKH,
            {"name": GULNUR, "day": "2026 жылғы 3 қарашадағы", "number": "ЖТ-2026-00012345"},
            {"name": ARMAN, "day": "12.10.2026", "number": "ЖТ-2026-00098765"},
        ),
        (
            RUSSIAN,
            {"name": "Г. Ө. Әбілқасымова", "day": "3 ноября 2026 года", "number": "17"},
            {"name": "Арман Серікұлы", "day": "12.10.2026", "number": "1 245/26-и"},
        ),
    ],
)
def test_a_template_with_another_name_number_and_date_is_the_same_letter(template: str, mine: dict, yours: dict):
    one, other = sketched(template.format(**mine), GULNUR), sketched(template.format(**yours), ARMAN)
    assert likeness(one, other) > 0.95
    assert are_alike(one, other)
    assert set(buckets(one, BODY)) & set(buckets(other, BODY))


@pytest.mark.parametrize("form", ["Ахметову Арману", "А.С. Ахметову", "АХМЕТОВ А. С.", "Ахметовқа"])
def test_a_name_is_taken_out_in_whichever_form_it_stands(form: str):
    named = sketched(RUSSIAN.format(name=form, day="3 ноября", number="1"), ARMAN)
    assert likeness(named, sketched(RUSSIAN.format(name=ARMAN, day="3 ноября", number="1"), ARMAN)) == 1.0


def test_paragraphs_in_another_order_are_the_same_letter():
    paragraphs = (KAZAKH + "\n\n" + RUSSIAN).split("\n\n")
    random.Random(7).shuffle(paragraphs)
    assert are_alike(sketched(KAZAKH + RUSSIAN), sketched("\n\n".join(paragraphs)))


def test_case_space_punctuation_and_composition_do_not_count():
    written_otherwise = unicodedata.normalize("NFD", RUSSIAN.upper().replace(", ", " — ").replace(" ", "  \n"))
    assert sketched(RUSSIAN) == sketched(written_otherwise)


@pytest.mark.parametrize(("one", "other"), [(KAZAKH, RUSSIAN), (RUSSIAN, OTHER), (KAZAKH, OTHER)])
def test_different_letters_are_not_alike(one: str, other: str):
    assert likeness(sketched(one), sketched(other)) < 0.2
    assert not are_alike(sketched(one), sketched(other))


def test_the_same_law_with_another_reason_is_another_letter():
    reasoned = RUSSIAN.replace(
        "свободные земельные участки на запрашиваемой территории отсутствуют, территория по генеральному \
плану предназначена для общего пользования",
        "участок принадлежит третьему лицу, право которого зарегистрировано и никем не оспорено",
    )
    assert not are_alike(sketched(RUSSIAN), sketched(reasoned))


def test_a_courtesy_is_never_marked():
    assert (
        sketch_of("Құрметті азамат! Сіздің өтінішіңіз қаралды және назарға алынды. Хабарласқаныңыз үшін рақмет.")
        is None
    )
    assert sketch_of("") is None
    assert sketch_of("слово " * 1_000) is None  # many words, one sequence


def test_the_shortest_letter_counts_in_different_sequences():
    words = [f"сөз{letter}" for letter in "абвгдежзиклмнопрстуфхцчшщыэюяіңғ"]
    assert len(words) == threshold().shortest + 2
    assert sketch_of(" ".join(words)) is not None
    assert sketch_of(" ".join(words[:-1])) is None


@settings(max_examples=50)
@given(letters, letters)
def test_likeness_is_symmetric_and_full_with_oneself(one: str, other: str):
    mine, yours = sketch_of(one), sketch_of(other)
    if mine and yours:
        assert likeness(mine, yours) == likeness(yours, mine)
        assert likeness(mine, mine) == likeness(yours, yours) == 1.0
        assert are_alike(mine, yours) == are_alike(yours, mine)


@settings(max_examples=50)
@given(letters, st.integers(0, 10**12), st.integers(0, 10**12))
def test_numbers_never_matter(letter: str, mine: int, yours: int):
    assert sketch_of(f"№ {mine} {letter}") == sketch_of(f"№ {yours} {letter}")


def test_the_estimate_is_near_the_share_it_estimates():
    """Sixty pairs with nine sequences in ten in common: within three standard errors each, even on the whole."""
    shares = []
    for seed in range(60):
        letter = [f"w{''.join(random.Random(seed * 1_000 + n).choices('abcdefghij', k=6))}" for n in range(290)]
        other = [*letter[:275], *(f"x{word}" for word in letter[275:])]
        shares.append(likeness(sketched(" ".join(letter)), sketched(" ".join(other))))
    true = 273 / (288 + 15)
    assert all(abs(share - true) < 0.09 for share in shares)
    assert abs(sum(shares) / len(shares) - true) < 0.01


def test_letters_at_the_threshold_nearly_always_share_a_bucket():
    shared = 0
    for seed in range(200):
        letter = [f"w{''.join(random.Random(seed * 1_000 + n).choices('abcdefghij', k=6))}" for n in range(290)]
        one, other = sketched(" ".join(letter)), sketched(" ".join([*letter[:275], *(f"x{w}" for w in letter[275:])]))
        shared += bool(set(buckets(one, BODY)) & set(buckets(other, BODY)))
    assert shared >= 190


def test_a_letter_of_another_body_or_version_is_elsewhere():
    sketch = sketched(RUSSIAN)
    assert not set(buckets(sketch, BODY)) & set(buckets(sketch, "jer-almaty"))
    assert likeness(sketch, Sketch(VERSION + 1, sketch.content)) == 0.0


def test_buckets_fit_a_signed_column_of_64_bits():
    assert len(set(buckets(sketched(RUSSIAN), BODY))) == 12
    assert all(-(2**63) <= bucket < 2**63 for bucket in buckets(sketched(RUSSIAN), BODY))


@pytest.mark.parametrize(
    ("letter", "sha256", "first"),
    [
        (KAZAKH, "a961335539ac5cdfe6d9fa7a080c0c227852b655aa02f6931117d0a87b13342b", -782743569049707535),
        (RUSSIAN, "b97b2627a7c89dfcf41a632a77b7625691e5e17b8154283f5539ec9ad5c251e9", 7517521418213144043),
    ],
)
def test_version_1_has_these_bytes_for_ever(letter: str, sha256: str, first: int):
    """Whoever changes them, be it by another release of the library, makes version 2: old sketches are in databases."""
    assert VERSION == 1
    assert hashlib.sha256(sketched(letter).content).hexdigest() == sha256
    assert buckets(sketched(letter), BODY)[0] == first


def test_a_long_letter_without_a_space_is_read_once():
    """A hundred thousand characters, the most that the schema lets through."""
    assert sketch_of("сөз." * 25_000) is None
    assert sketch_of("1а" * 50_000) is None
