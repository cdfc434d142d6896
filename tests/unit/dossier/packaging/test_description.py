"""``dossier.xml``: valid by its schema, readable back, and a schema that explains itself."""

import re
from dataclasses import fields, replace

import pytest
from lxml import etree

from contracts import xmlsafe
from contracts.party import LocalText
from dossier.case.history import TermState
from dossier.packaging.describe import NothingToDescribe, describe
from dossier.packaging.description import DossierDescription
from dossier.packaging.description_xml import SCHEMA, DescriptionUnreadable, build_description, parse_description
from dossier.procedure.decision import CaseFile
from tests.worlds.dossiers import APPEAL, CONVERSATION, JER, dossier_input

XS = "{http://www.w3.org/2001/XMLSchema}"
EXCHANGE_SCHEMA = SCHEMA.parents[2] / "contracts" / "xsd" / "exchange.xsd"


def test_what_is_written_is_valid_canonical_and_read_back():
    described = describe(dossier_input())
    data = build_description(described)
    assert parse_description(data) == described
    assert xmlsafe.canonical(xmlsafe.parse(data)) == data


def test_optional_parts_may_be_absent():
    without = replace(
        describe(dossier_input()),
        rules_label=None,
        disagreement=None,
        terms=(),
        replies=(),
        documents=(),
        appeal=replace(APPEAL, representative=None, authentication=None, documents=()),
    )
    assert parse_description(build_description(without)) == without


def test_terms_stand_as_the_events_say():
    states = {entry.party: entry.state for entry in describe(dossier_input()).terms if entry.duty == "materials"}
    assert states[JER] is TermState.DEFAULT
    assert sum(entry.is_missed for entry in describe(dossier_input()).terms) == 2


def test_documents_are_listed_by_kind():
    kinds = [entry.document.kind.value for entry in describe(dossier_input()).documents]
    assert kinds == ["attachment", "act", "administrativeFile"]


def test_a_message_never_sent_lies_there_as_its_operation():
    forms = {entry.recipient: entry.message.form.value for entry in describe(dossier_input()).messages}
    assert forms[JER] == "operation"


def test_a_case_without_an_appeal_has_no_dossier():
    case = replace(dossier_input().case, appeal=None)
    assert isinstance(case, CaseFile)
    with pytest.raises(NothingToDescribe, match=CONVERSATION):
        describe(dossier_input(case=case))


def test_all_violations_are_told_with_their_lines():
    data = build_description(describe(dossier_input()))
    broken = data.replace(b"<d:level>B-B<", b"<d:level>B-X<").replace(b"<d:dossierNo>1<", b"<d:dossierNo>0<")
    with pytest.raises(DescriptionUnreadable) as refused:
        parse_description(broken)
    assert len(refused.value.violations) >= 2


@pytest.mark.parametrize(("old", "new"), [(b"<d:late>false<", b"<d:late>0<"), (b"</d:dossier>", b"\n</d:dossier>")])
def test_another_spelling_of_the_same_values_is_not_ours(old, new):
    data = build_description(describe(dossier_input()))
    with pytest.raises(DescriptionUnreadable):
        parse_description(data.replace(old, new, 1))


def test_text_with_markup_characters_survives():
    note = LocalText("<&>]]>", '"', "'")
    described = replace(describe(dossier_input()), rules_label=note)
    assert parse_description(build_description(described)).rules_label == note


def test_a_party_that_writes_xmlns_a_thousand_times_makes_no_dossier_unreadable():
    described = replace(describe(dossier_input()), appeal=replace(APPEAL, text=' xmlns:a="b"' * 1000))
    assert parse_description(build_description(described)) == described


@pytest.mark.parametrize("markup", [b"<!--x-->", b"<![CDATA[x]]>", b"<?x?>", b'<d:x xmlns:e="e"></d:x>', b"<e/>"])
def test_markup_that_we_do_not_write_is_refused(markup):
    data = build_description(describe(dossier_input())).replace(b"</d:dossier>", markup + b"</d:dossier>")
    with pytest.raises(DescriptionUnreadable, match="markup"):
        parse_description(data)


# --- the schema -------------------------------------------------------------------------------------------------------


def schema() -> etree._Element:
    return etree.parse(SCHEMA).getroot()


def test_everything_in_the_schema_is_documented():
    kinds = {XS + kind for kind in ("element", "complexType", "simpleType")}
    undocumented = [
        node.get("name")
        for node in schema().iter()
        if node.tag in kinds and not node.findtext(f"{XS}annotation/{XS}documentation")
    ]
    assert undocumented == []


def test_types_taken_from_the_exchange_contract_are_still_equal_to_it():
    ours, theirs = _named(schema()), _named(etree.parse(EXCHANGE_SCHEMA).getroot())
    shared = ours.keys() & theirs.keys()
    assert len(shared) > 30
    assert {name for name in shared if _plain(ours[name]) != _plain(theirs[name])} == set()


def _named(root):
    return {node.get("name"): node for node in root if node.tag in {XS + "complexType", XS + "simpleType"}}


def _plain(node) -> str:
    text = etree.tostring(node, encoding="unicode", with_tail=False)
    return re.sub(r"\s+", " ", re.sub(r' xmlns:\w+="[^"]*"', "", text)).replace("> <", "><")


def test_schema_and_values_have_the_same_fields():
    types = _named(schema())
    root = types["Dossier"]
    assert _elements(root) == [_camel(field.name) for field in fields(DossierDescription)]


def _elements(node) -> list[str]:
    return [element.get("name") for element in node.iter(XS + "element")]


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
