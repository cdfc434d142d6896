"""The schema is documented throughout, and says the same as the dataclasses."""

from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import get_args, get_origin, get_type_hints

import pytest
from lxml import etree

from contracts import codes, header, payloads, receipt, schema, soap, xmlsafe
from contracts import party as party_module
from contracts.errors import Violation
from contracts.operations import OPERATIONS

XSD = "{http://www.w3.org/2001/XMLSchema}"
ROOT = xmlsafe.parse(schema.schema_bytes())
OPERATION_LIST = sorted(
    {operation.name: operation for table in OPERATIONS.values() for operation in table.values()}.values(),
    key=lambda operation: operation.name,
)


def dataclass_named(name: str) -> type:
    if name == "Appeal":
        return payloads.RegisterAppeal
    if name == "Disagreement":
        return payloads.Disagree
    if name == "Violation":
        return Violation
    return next(
        getattr(module, name) for module in (payloads, receipt, header, party_module, soap) if hasattr(module, name)
    )


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def expected_children(kind: type) -> list[tuple[set[str], bool, bool]]:
    """For each field: element names, may it be absent, may it be repeated."""
    hints = get_type_hints(kind)
    expected = []
    for field in fields(kind):
        hint = hints[field.name]
        repeated = get_origin(hint) is tuple
        inner = get_args(hint)[0] if repeated else hint
        members = get_args(inner) or (inner,)
        classes = [member for member in members if is_dataclass(member)]
        names = {member.__name__[0].lower() + member.__name__[1:] for member in classes}
        named_by_class = len(classes) > 1
        expected.append((names if named_by_class else {camel(field.name)}, type(None) in members, repeated))
    return expected


def modelled(model: schema.ContentModel) -> list[tuple[set[str], bool, bool]]:
    return [
        (set(each.elements), each.least == 0 and each.most == 1, each.most is None or each.most > 1) for each in model
    ]


@pytest.mark.parametrize("operation", OPERATION_LIST, ids=lambda operation: operation.name)
def test_each_operation_and_answer_has_a_header_and_the_fields_of_its_dataclass(operation):
    models = schema.content_models()
    head = ({"header"}, False, False)

    assert modelled(models[operation.name]) == [head, *expected_children(operation.request)]
    assert modelled(models[f"{operation.name}Response"]) == [head, *expected_children(operation.answer)]


@pytest.mark.parametrize("name", [each.get("name") for each in ROOT.findall(f"{XSD}complexType")] + ["ExchangeFault"])
def test_each_shared_type_has_the_fields_of_its_dataclass(name):
    assert modelled(schema.content_models()[name]) == expected_children(dataclass_named(name))


def test_an_assigned_appeal_is_the_appeal_as_registered():
    models = schema.content_models()

    assert models["Appeal"] == models["RegisterAppeal"][1:]


def test_a_complaint_is_the_disagreement_as_pressed():
    models = schema.content_models()

    assert models["Disagreement"] == models["Disagree"][1:]


def enumerations() -> dict[str, list[str]]:
    return {
        simple.get("name"): [value.get("value") for value in simple.iter(f"{XSD}enumeration")]
        for simple in ROOT.findall(f"{XSD}simpleType")
        if simple.find(f".//{XSD}enumeration") is not None
    }


def test_closed_sets_are_the_enums():
    enums = {
        name: [str(member.value) for member in kind]
        for module in (payloads, header, codes)
        for name, kind in vars(module).items()
        if isinstance(kind, type) and issubclass(kind, StrEnum) and kind not in {StrEnum, codes.Fault}
    }

    assert enumerations() == enums


def test_every_element_type_and_operation_is_documented():
    documented = (f"{XSD}element", f"{XSD}simpleType", f"{XSD}complexType")
    bare = [
        f"{each.tag.rpartition('}')[2]} {each.get('name')} in line {each.sourceline}"
        for each in ROOT.iter(*documented)
        if each.get("name") and not (each.findtext(f"{XSD}annotation/{XSD}documentation") or "").strip()
    ]

    assert bare == []


def test_named_types_and_operations_name_their_kazakh_and_russian_terms():
    named = [each for each in ROOT if each.tag != f"{XSD}annotation"]
    missing = [
        each.get("name")
        for each in named
        for text in [each.findtext(f"{XSD}annotation/{XSD}documentation") or ""]
        if "kk: " not in text or "ru: " not in text
    ]

    assert missing == []


def test_no_name_means_two_things():
    names = [each.get("name") for each in ROOT if each.get("name")]

    assert len(names) == len(set(names))


def test_no_free_text_without_an_upper_bound():
    unbounded = [
        simple.get("name")
        for simple in ROOT.findall(f"{XSD}simpleType")
        for restriction in [simple.find(f"{XSD}restriction")]
        if restriction.get("base") == "xs:string"
        and not any(restriction.findall(f"{XSD}{facet}") for facet in ("maxLength", "pattern", "enumeration"))
    ]

    assert unbounded == []


def test_the_schema_uses_no_attributes_and_no_wildcards():
    assert [each.tag for each in ROOT.iter(f"{XSD}attribute", f"{XSD}any", f"{XSD}anyAttribute")] == []


def test_each_thread_has_its_own_schema_object():
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(schema.strict).result()

    assert isinstance(other, etree.XMLSchema)
    assert other is not schema.strict()
    assert schema.strict() is schema.strict()
