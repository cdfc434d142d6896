"""Which grounds of a position the act states: citations as people write them, compared by hand first."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.payloads import Ground
from dossier.case.citations import Citation, read_citation
from dossier.case.grounds import Relation, compare

LAND_45_2 = Citation("land", "45", "2")


@pytest.mark.parametrize(
    ("text", "citation"),
    [
        ("ст. 45 п. 2 ЗК РК", LAND_45_2),
        ("Жер кодексінің 45-бабының 2-тармағы", LAND_45_2),
        ("статья 45, пункт 2 Земельного кодекса", LAND_45_2),
        ("пункт 2 статьи 45 Земельного кодекса Республики Казахстан", LAND_45_2),
        ("п.2 ст.45 ЗК", LAND_45_2),
        ("ҚР Жер кодексі, 45-бап, 2-тармақ", LAND_45_2),
        ("Қазақстан Республикасы Жер кодексінің 45-бабы 2-тармағына сәйкес", LAND_45_2),
        ("Земельный кодекс от 20 июня 2003 года № 442, ст. 45 ч. 2", LAND_45_2),
        ("2003 жылғы 20 маусымдағы № 442 Жер кодексінің 45-бабының 2-бөлігі", LAND_45_2),
        ("ЗК РК 45(2)", LAND_45_2),
        ("Land Code, Art. 45(2)", LAND_45_2),
        ("article 45 paragraph 2 of the Land Code of the Republic of Kazakhstan", LAND_45_2),
        ("ст. 45 ЗК РК", Citation("land", "45")),
        ("ЗК 45", Citation("land", "45")),
        ("Жер кодексінің 45-бабы", Citation("land", "45")),
        ("подпункт 3) пункта 2 статьи 45 Земельного кодекса", Citation("land", "45", "2", "3")),
        ("Жер кодексінің 45-бабы 2-тармағының 3) тармақшасы", Citation("land", "45", "2", "3")),
        ("пп. 3 п. 2 ст. 45 ЗК РК", Citation("land", "45", "2", "3")),
        ("п.п. 3) п. 2 ст. 45 ЗК РК", Citation("land", "45", "2", "3")),
        ("ЗК РК 45(2)(3)", Citation("land", "45", "2", "3")),
        ("статья 43-1 Земельного кодекса", Citation("land", "43-1")),
        ("Жер кодексінің 43-1-бабы", Citation("land", "43-1")),
        ("ст. 76 ч. 1 АППК", Citation("administrative", "76", "1")),
        ("ӘРПК 76-бабының 1-бөлігі", Citation("administrative", "76", "1")),
        ("АППК, ст. 76, часть первая", Citation("administrative", "76", "1")),
        ("ӘРПК 76-бабының бірінші бөлігі", Citation("administrative", "76", "1")),
        ("ч. 3 ст. 129 Административного процедурно-процессуального кодекса", Citation("administrative", "129", "3")),
        ("Әкімшілік рәсімдік-процестік кодекстің 129-бабының 3-бөлігі", Citation("administrative", "129", "3")),
        ("ст. 8 Гражданского кодекса", Citation("civil", "8")),
        ("Азаматтық кодекстің 8-бабы", Citation("civil", "8")),
        ("ст. 8 Гражданского процессуального кодекса", Citation("civil_procedure", "8")),
        ("Закон РК «О жилищных отношениях», ст. 71", Citation("housing", "71")),
        ("статья 71 Закона от 16.04.1997 № 94-I «О жилищных отношениях»", Citation("housing", "71")),
        ("«Тұрғын үй қатынастары туралы» ҚР Заңының 71-бабы", Citation("housing", "71")),
        ("ст. 5 Закона «О пчеловодстве»", Citation("пчеловодстве", "5")),
    ],
)  # fmt: skip
def test_a_citation_is_read_as_a_lawyer_reads_it(text: str, citation: Citation):
    assert read_citation(text) == citation


@pytest.mark.parametrize(
    "text",
    ["", "ст. 45", "45-бап", "Земельный кодекс", "ст. 45, 46 ЗК РК", "п. 1 и 2 ст. 45 ЗК РК", "статьи 45 и 46 ЗК",
     "Жер кодексінің 45, 46-баптары", "сложившаяся практика", "генеральный план города", "Правила № 12"],
)  # fmt: skip
def test_what_is_not_one_article_of_one_law_is_not_read(text: str):
    assert read_citation(text) is None


def ground(article: str, text: str = "негіз") -> Ground:
    return Ground(article, text)


def relation(position: str, *acts: str) -> Relation:
    (one,) = compare((ground(position),), tuple(map(ground, acts))).grounds
    return one.relation


@pytest.mark.parametrize(
    ("position", "act", "expected"),
    [
        ("ст. 45 п. 2 ЗК РК", "Жер кодексінің 45-бабының 2-тармағы", Relation.STATED),
        ("Жер кодексінің 45-бабының 2-тармағы", "статья 45, пункт 2 Земельного кодекса", Relation.STATED),
        ("Жер кодексінің 45-бабы", "ст. 45 ЗК", Relation.STATED),
        ("пп. 3 п. 2 ст. 45 ЗК", "п. 2 ст. 45 ЗК", Relation.STATED),
        ("п. 2 ст. 45 ЗК", "Жер кодексінің 45-бабы", Relation.STATED),
        ("ст. 45 ЗК", "п. 2 ст. 45 ЗК", Relation.WIDER),
        ("Жер кодексінің 45-бабының 2-тармағы", "пп. 1 п. 2 ст. 45 ЗК", Relation.WIDER),
        ("п. 3 ст. 45 ЗК", "п. 2 ст. 45 ЗК", Relation.NARROWER),
        ("Жер кодексінің 45-бабы 2-тармағының 4) тармақшасы", "пп. 1 п. 2 ст. 45 ЗК", Relation.NARROWER),
        ("ст. 46 ЗК", "ст. 45 ЗК", Relation.NEW),
        ("ст. 45-1 ЗК", "ст. 45 ЗК", Relation.NEW),
        ("ст. 45 ГК", "ст. 45 ЗК", Relation.NEW),
        ("Азаматтық кодекстің 45-бабы", "Жер кодексінің 45-бабы", Relation.NEW),
        ("Сложившаяся  практика", "сложившаяся практика", Relation.STATED),
        ("сложившаяся практика", "ст. 45 ЗК", Relation.NEW),
        ("ст. 45", "ст. 45 ЗК", Relation.NEW),  # which law is not said
    ],
)
def test_pairs_compared_by_hand(position: str, act: str, expected: Relation):
    assert relation(position, act) is expected


def test_each_ground_says_in_three_languages_why_and_by_which_ground_of_the_act():
    position = (ground("ст. 45 п. 2 ЗК"), ground("п. 3 ст. 45 ЗК"), ground("ст. 9 ЗК"), ground("бас жоспар"),
                ground("ст. 5 Закона «О пчеловодстве»"))  # fmt: skip
    act = ground("Жер кодексінің 45-бабының 2-тармағы", "бос учаске жоқ")
    compared = compare(position, (act,))
    assert [one.ground for one in compared.grounds] == list(position)
    assert [one.stated for one in compared.grounds] == [act, act, None, None, None]
    for one in compared.grounds:
        words = (one.reason.kk, one.reason.ru, one.reason.en)
        assert len(set(words)) == 3
        assert all(words)
        assert one.stated is None or all(act.article in text for text in words)
    assert compared.new == position[2:]
    assert compared.having(Relation.NARROWER) == compared.grounds[1:2]
    assert "распознана" in compared.grounds[3].reason.ru
    assert "дословно" in compared.grounds[4].reason.ru


def test_an_act_without_grounds_states_none():
    (one,) = compare((ground("ст. 45 ЗК"),), ()).grounds
    assert one.relation is Relation.NEW
    assert one.reason.en == "The act states no grounds at all"


def test_a_position_without_grounds_brings_nothing_new():
    assert compare((), (ground("ст. 45 ЗК"),)).new == ()


# --- laws -------------------------------------------------------------------------------------------------------------

articles = st.one_of(
    st.builds(
        lambda form, article, part: form.format(article=article, part=part),
        st.sampled_from(["ст. {article} п. {part} ЗК РК", "Жер кодексінің {article}-бабының {part}-тармағы",
                         "ГК {article}({part})", "Азаматтық кодекстің {article}-бабы", "ст. {article} закона"]),
        st.integers(1, 6),
        st.integers(1, 4),
    ),
    st.text(max_size=30),
)  # fmt: skip
grounds = st.lists(st.builds(Ground, articles, st.text(max_size=5)), max_size=6).map(tuple)
RANK = {Relation.NEW: 0, Relation.NARROWER: 1, Relation.WIDER: 2, Relation.STATED: 3}


@given(grounds)
@settings(deadline=None)
def test_an_act_states_all_its_own_grounds(own):
    assert all(one.relation is Relation.STATED for one in compare(own, own).grounds)


@given(grounds, grounds, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_neither_side_matters(position, acts, chance):
    shuffled = tuple(chance.sample(acts, len(acts)))
    assert compare(position, shuffled) == compare(position, acts)
    assert compare(position[::-1], acts).grounds == compare(position, acts).grounds[::-1]


@given(grounds, grounds, grounds)
@settings(deadline=None)
def test_an_act_that_states_more_never_makes_a_ground_newer(position, acts, more):
    less, all_of = compare(position, acts).grounds, compare(position, acts + more).grounds
    assert all(RANK[one.relation] <= RANK[other.relation] for one, other in zip(less, all_of, strict=True))


@given(st.text(max_size=200))
@settings(deadline=None)
def test_whatever_is_written_is_read_or_left(text):
    read = read_citation(text)
    assert read is None or read == read_citation(text)
