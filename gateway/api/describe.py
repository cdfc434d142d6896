"""The API's description (OpenAPI 3.1), made of the operations that are served and the classes that judge and answer."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from gateway.api.context import PREFIX
from gateway.api.files import Binary
from gateway.api.models import ProblemDetails
from gateway.api.once import HEADER, KEY
from gateway.api.operation import ApiOperation
from gateway.api.operations import OPERATIONS
from gateway.api.problems import MEDIA_TYPE, WORDS, ProblemType
from gateway.domain.people.access import RIGHTS
from gateway.lists.models import EmptyParams

Json = dict[str, Any]
Described = tuple[type[BaseModel], JsonSchemaMode]
Op = ApiOperation[Any, Any, Any]

DESCRIPTION: Final = "/openapi.json"
VERSION: Final = "1.0"
"""Grows when something is added; what is taken away gets another prefix."""

EVERYWHERE: Final = (
    ProblemType.INVALID, ProblemType.NO_TOKEN, ProblemType.NO_RIGHT, ProblemType.TOO_MANY, ProblemType.TOO_SLOW,
    ProblemType.FAILED,
    ProblemType.AWAY, ProblemType.BUSY,
)  # fmt: skip
_WITH_BODY: Final = (ProblemType.TOO_LONG, ProblemType.NOT_JSON)
_ONCE: Final = (ProblemType.IN_HAND, ProblemType.OUTCOME_UNKNOWN, ProblemType.KEY_REUSED)

ABOUT: Final = (
    "What operators do at the console and by commands, for programs. A token opens it, and has the rights of its role. "
    "Lists are read page by page, by `next`. Acts take an `Idempotency-Key`: whoever asks again under it gets the "
    "answer that there was, and nothing is done twice. Problems are told in Kazakh, Russian or English, by "
    "`Accept-Language`; act on their `type`."
)
TAGS: Final = {
    "deliveries": "One message on its way to one party each.",
    "parties": "Who takes part, how each stands, pauses, test pings, certificates.",
    "appeals": "Cases, their terms, and what proves them.",
    "ledger": "Seals over everything that was recorded.",
    "audit": "What people and programs did, who read personal data, what was refused at intake.",
    "reports": "What became of the appeals of a period.",
    "alarms": "What is wrong, and whom it was told to.",
    "incidents": "What parties reported that does not work.",
    "causes": "What goes wrong most.",
    "notes": "What the support desk writes down and hands over.",
    "users": "Who may sign in to the console, and as what.",
    "health": "How the nodes are, what waits, and whose token this is.",
}


class _TitledByClass(GenerateJsonSchema):
    """Titles are names of classes only: generators of clients name classes by them, so none may stand there twice."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic's signature
        return False


def description() -> Json:
    """The whole document."""
    refs, schemas = models_json_schema(
        sorted(_models(), key=lambda one: (one[0].__name__, one[1])),
        ref_template="#/components/schemas/{model}",
        schema_generator=_TitledByClass,
    )
    components: Json = schemas.get("$defs", {})
    paths: Json = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, refs, components)
    paths[DESCRIPTION] = {"get": _own()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Dälel: the operators' API", "version": VERSION, "description": ABOUT},
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}],
        "tags": [{"name": name, "description": words} for name, words in TAGS.items() if name in _tags()],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "dalel tokens add"}},
            "schemas": {name: schema for name, schema in sorted(components.items()) if name not in _of_parameters()},
        },
    }


def problems_of(operation: Op) -> tuple[ProblemType, ...]:
    """All that a request for it may meet."""
    is_everybodys = all(operation.right in rights for rights in RIGHTS.values())
    everywhere = {*EVERYWHERE} - ({ProblemType.NO_RIGHT} if is_everybodys else set())
    with_body = _WITH_BODY if operation.body_model is not EmptyParams else ()
    once = _ONCE if operation.is_once else ()
    met = {*everywhere, *with_body, *once, *operation.problems}
    return tuple(problem for problem in ProblemType if problem in met)


def _operation(operation: Op, refs: Any, components: Json) -> Json:  # noqa: ANN401 - pydantic's own mapping
    described: Json = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": _needs(operation),
        "x-right": operation.right.value,
        "parameters": [
            *_parameters(operation.path_model, "path", refs, components),
            *_parameters(operation.query_model, "query", refs, components),
            *([_KEY] if operation.is_once else []),
        ],
        "responses": {"200": _answer(operation.answers, refs), **_problems(operation, refs)},
    }
    if operation.body_model is not EmptyParams:
        content = {"application/json": {"schema": refs[operation.body_model, "validation"]}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _needs(operation: Op) -> str:
    roles = ", ".join(role for role, rights in RIGHTS.items() if operation.right in rights)
    return f"Needs the right `{operation.right}`, which these roles have: {roles}."


def _parameters(model: type[BaseModel], place: str, refs: Any, components: Json) -> Iterator[Json]:  # noqa: ANN401
    if model is EmptyParams:
        return
    schema = components[_name(refs[model, "validation"])]
    required = schema.get("required", [])
    for name, member in schema["properties"].items():
        shape = {key: value for key, value in member.items() if key != "description"}
        described = {"name": name, "in": place, "required": name in required, "schema": _present(shape)}
        if "description" in member:
            described["description"] = member["description"]
        yield described


def _present(shape: Json) -> Json:
    """A parameter that is not said is absent and never null."""
    if "anyOf" not in shape:
        return shape
    kept = [one for one in shape["anyOf"] if one != {"type": "null"}]
    values = kept[0] if len(kept) == 1 else {"anyOf": kept}
    return {**values, **{key: value for key, value in shape.items() if key not in {"anyOf", "default"}}}


def _answer(answers: type[BaseModel] | Binary, refs: Any) -> Json:  # noqa: ANN401 - pydantic's own mapping
    headers = {"X-Request-Id": {"schema": {"type": "string"}}}
    if isinstance(answers, Binary):
        headers |= {"Content-Disposition": {"schema": {"type": "string"}}}
        content = {answers.media_type: {"schema": {"type": "string", "format": "binary"}}}
    else:
        content = {"application/json": {"schema": refs[answers, "serialization"]}}
    return {"description": "Done.", "headers": headers, "content": content}


def _problems(operation: Op, refs: Any) -> Json:  # noqa: ANN401 - pydantic's own mapping
    by_status: dict[HTTPStatus, list[ProblemType]] = {}
    for problem in problems_of(operation):
        by_status.setdefault(WORDS[problem].status, []).append(problem)
    content = {MEDIA_TYPE: {"schema": refs[ProblemDetails, "serialization"]}}
    return {
        str(status.value): {
            "description": " ".join(f"`{one}`: {WORDS[one].title.en}" for one in problems),
            "content": content,
        }
        for status, problems in sorted(by_status.items())
    }


_KEY: Final[Json] = {
    "name": HEADER,
    "in": "header",
    "required": True,
    "description": "Of the caller's choice, new for each act, as a UUID; taken for a day.",
    "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
}


def _own() -> Json:
    content = {"application/json": {"schema": {"type": "object"}}}
    return {
        "operationId": "show_description",
        "tags": ["health"],
        "summary": "This description.",
        "security": [],
        "responses": {"200": {"description": "OpenAPI 3.1.", "content": content}},
    }


def _models() -> set[Described]:
    found: set[Described] = {(ProblemDetails, "serialization")}
    for operation in OPERATIONS:
        if not isinstance(operation.answers, Binary):
            found.add((operation.answers, "serialization"))
        models = (operation.path_model, operation.query_model, operation.body_model)
        found |= {(model, "validation") for model in models if model is not EmptyParams}
    return found


def _of_parameters() -> set[str]:
    """Classes that stand in the description as their members."""
    return {model.__name__ for operation in OPERATIONS for model in (operation.path_model, operation.query_model)}


def _tags() -> set[str]:
    return {operation.tag for operation in OPERATIONS}


def _name(ref: Json) -> str:
    return str(ref["$ref"]).rpartition("/")[2]
