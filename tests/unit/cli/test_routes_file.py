"""Routes as a table and in YAML: what people's programs write is read, and every problem has its line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.party import BodyLevel, PartyId, PartyRole, Route
from gateway.config.yaml_form import FormInvalid
from gateway.registry.routes_file import csv_of, read_routes, yaml_of
from tests.worlds.builders import AKIMAT, COURT, JER, mailbox_party, party, registry

KNOWN = registry(party(AKIMAT), mailbox_party(JER), party(COURT, role=PartyRole.COURT))
ROUTES = (
    Route(PartyRole.AGENCY, "*", "75", AKIMAT),
    Route(PartyRole.AGENCY, "LAND", "7511", JER, BodyLevel.REGION),
    Route(PartyRole.COURT, "*", "*", COURT),
)
TABLE = """\
role,subject,kato,level,party
agency,*,75,,akimat-almaty
agency,LAND,7511,region,jer-almaty
court,*,*,,smas-almaty
"""


@pytest.fixture
def read(tmp_path):
    """What is read from a file of this text and name."""

    def read_text(text: str, name: str = "routes.csv", encoding: str = "utf-8"):
        file = tmp_path / name
        file.write_bytes(text.encode(encoding))
        return read_routes(file, KNOWN)

    return read_text


def problems(read, *text_and_name) -> list[str]:
    with pytest.raises(FormInvalid) as reported:
        read(*text_and_name)
    return list(reported.value.problems)


@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        TABLE.replace(",", ";"),
        TABLE.replace("\n", "\r\n"),
        "\ufeff" + TABLE,
        TABLE.replace("LAND", '"LAND"'),
        TABLE.replace("role,subject", "Role , SUBJECT"),
        TABLE.replace("agency,*", " agency , * "),
        TABLE + "\n,,,,\n",
        TABLE.replace("\n", ",\n"),
    ],
    ids=["comma", "semicolon", "crlf", "bom", "quoted", "heading", "spaces", "empty rows", "empty column"],
)
def test_a_table_is_read_as_spreadsheets_write_it(read, text):
    assert read(text) == ROUTES


def test_columns_may_stand_in_any_order_and_the_level_may_be_absent(read):
    assert read("party,kato,subject,role\njer-almaty,75,LAND,agency\n") == (Route(PartyRole.AGENCY, "LAND", "75", JER),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", [f"line 1: no column {name}" for name in ("role", "subject", "kato", "party")]),
        ("role,subject,kato,party,note\n", ["line 1: unknown column 'note'; there are role, subject, kato, level"]),
        ("role,subject,kato,party,kato\n", ["line 1: column kato stands twice"]),
        (TABLE + "agency,LAND,7511,region,jer-almaty\n", ["line 5: says again what line 3 says"]),
        (TABLE + "agency,*,750000000,,akimat-almaty\n", ["line 5: says again what line 2 says"]),
        (TABLE + "agency,TAX,75,,nobody\n", ["line 5, party: no party nobody is described"]),
        (TABLE + "court,TAX,75,,jer-almaty\n", ["line 5, party: jer-almaty has the role agency"]),
        (TABLE + "agency,TAX,75,city,jer-almaty\n", ["line 5, level: Input should be 'district', 'region' or"]),
        (TABLE + "agency,TAX,,,jer-almaty\n", ["line 5, kato: Field required"]),
        (TABLE + "agency,TAX,75,,jer-almaty,more\n", ["line 5, cell 6: Extra inputs are not permitted"]),
        (TABLE + 'agency,"TAX,75,,jer-almaty\n', ["line 5: no CSV (unexpected end of data)"]),
    ],
)  # fmt: skip
def test_a_problem_is_told_with_its_line(read, text, says):
    reported = problems(read, text)
    assert len(reported) == len(says)
    assert all(problem.startswith(stated) for problem, stated in zip(reported, says, strict=True)), reported


def test_a_tie_names_both_lines_and_what_to_do(read):
    (reported,) = problems(read, TABLE + "agency,LAND,7511,region,akimat-almaty\n")
    assert reported.startswith("line 5: fits exactly as line 3 does, which names jer-almaty; say which is meant")


def test_all_problems_of_a_file_are_told_at_once(read):
    reported = problems(read, TABLE + "agency,Ж,75,,nobody\nagency,TAX,75,,nobody\nmayor,TAX,7,,jer-almaty\n")
    assert [problem.partition(",")[0] for problem in reported] == ["line 5", "line 7", "line 6"]


def test_yaml_is_read_with_its_lines(read):
    assert read(yaml_of(ROUTES), "routes.yaml") == ROUTES
    reported = problems(read, yaml_of((*ROUTES, Route(PartyRole.AGENCY, "TAX", "75", PartyId("nobody")))), "routes.yml")
    assert reported == ["line 16, party: no party nobody is described"]


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ("version: 2\nroutes: []", "routes.yaml", "version: "),
        ("version: 1\nroutes: [1]", "routes.yaml", "routes[0]: "),
        ("version: 1\nroutes:\n- {kato: 75}", "routes.yaml", "line 3, role: "),
        ("version: 1\nroutes:\n- {role: agency, subject: X, kato: 75, party: jer-almaty}", "routes.yaml",
         "line 3, kato: Input should be a valid string (in quotes, or YAML takes it for a number)"),
        ("version: [", "routes.yaml", "line "),
        (TABLE, "routes.xlsx", "/"),
    ],
)  # fmt: skip
def test_what_is_no_form_of_routes_is_told(read, text, name, says):
    assert problems(read, text, name)[0].startswith(says)


def test_a_file_in_another_encoding_or_place_is_told(read, tmp_path):
    with pytest.raises(FormInvalid, match="Name a readable file in UTF-8"):
        read(TABLE.replace("LAND", "ЖЕР"), "routes.csv", "cp1251")
    with pytest.raises(FormInvalid, match="cannot be read"):
        read_routes(tmp_path / "absent.csv", KNOWN)


SOME = st.lists(
    st.builds(
        Route,
        st.just(PartyRole.AGENCY),
        st.just("*") | st.from_regex(r"[A-Za-z0-9._-]{1,12}", fullmatch=True),
        st.just("*") | st.from_regex(r"[0-9]{1,9}", fullmatch=True),
        st.sampled_from([AKIMAT, JER]),
        st.none() | st.sampled_from(BodyLevel),
    ),
    unique_by=lambda route: (route.subject, route.area, route.stands_at),
).map(tuple)


@given(SOME)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the first draw compiles its patterns
def test_what_is_written_reads_back(tmp_path_factory, routes):
    folder: Path = tmp_path_factory.mktemp("routes")
    for name, text in (("routes.csv", csv_of(routes)), ("routes.yaml", yaml_of(routes))):
        (folder / name).write_text(text, encoding="utf-8")
        assert read_routes(folder / name, replace(KNOWN, routes=())) == routes
