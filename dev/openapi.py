"""docs/api.md and docs/openapi: what each service answers, from its routes and from the clients."""

import importlib
import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.routing import Match, Route

from libs.common.access import Access

from .api import CLIENTS, Question, questions

SERVICES = sorted({service for service, _ in CLIENTS.values()})
INTRO = (
    "Only the doors ask, with an assertion for each request; a right is one of the account that "
    "asks at the staff door. A request with a key does its work once. Bodies and answers are "
    "[schemas](schemas); a refusal is `application/problem+json` with a stable `slug`. "
    "As OpenAPI: [openapi](openapi)."
)
HEAD = "| request | doors | right | body | answer | key | asked by |\n|---|---|---|---|---|---|---|"
_CONVERTOR = re.compile(r"{(\w+)(:\w+)?}")


@cache
def routes_of(service: str) -> tuple[Route, ...]:
    return tuple(importlib.import_module(f"services.{service}.routes").ROUTES)


def route_of(question: Question) -> Route | None:
    """The route that the service takes for it: the first one that fits."""
    scope = {"type": "http", "path": question.path, "method": question.method, "headers": []}
    fits = (r for r in routes_of(question.service) if r.matches(scope)[0] is Match.FULL)
    return next(fits, None)


@cache
def asked_of(service: str) -> tuple[tuple[Route, list[Question]], ...]:
    """The routes of a service with the questions that come to each."""
    come = [(question, route_of(question)) for question in questions()]
    own = [(question, route) for question, route in come if question.service == service]
    return tuple(
        (route, [question for question, taken in own if taken is route])
        for route in routes_of(service)
    )


def api_page(generated: str) -> str:
    """docs/api.md"""
    parts = ["# What services answer", generated, INTRO]
    for service in SERVICES:
        lines = [_line(service, route, asked) for route, asked in asked_of(service)]
        parts.append("\n".join([f"## {service}\n", HEAD, *lines]))
    return "\n\n".join(parts) + "\n"


def _line(service: str, route: Route, asked: list[Question]) -> str:
    access: Access = route.endpoint.access  # type: ignore[attr-defined]
    cells = [
        f"`{_method(route)} {_path(route)}`",
        ", ".join(sorted(access.doors)),
        f"`{access.right}`" if access.right else "",
        _name(service, _body(asked)),
        _name(service, _reply(asked)),
        "yes" if _has_key(asked) else "",
        ", ".join(f"`{name}`" for name in dict.fromkeys(question.asker for question in asked)),
    ]
    return f"| {' | '.join(cells)} |"


def document(service: str) -> str:
    """docs/openapi/<service>.json"""
    kinds = {kind for _, asked in asked_of(service) for kind in (_body(asked), _reply(asked))}
    known = sorted((kind for kind in kinds if kind), key=lambda kind: kind.__name__)
    pointers, shared = models_json_schema(
        [(kind, "validation") for kind in known], ref_template="#/components/schemas/{model}"
    )
    paths: dict[str, dict[str, Any]] = {}
    for route, asked in asked_of(service):
        operation = _operation(route, asked, {kind: pointers[kind, "validation"] for kind in known})
        paths.setdefault(_path(route), {})[_method(route).lower()] = operation
    whole = {
        "openapi": "3.1.0",
        "info": {"title": service, "version": "1"},
        "paths": paths,
        "components": {"schemas": shared["$defs"]},
    }
    return json.dumps(whole, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _operation(
    route: Route, asked: list[Question], schemas: dict[type[BaseModel], Any]
) -> dict[str, Any]:
    body, reply = _body(asked), _reply(asked)
    named = [("path", name, True) for name, _ in _CONVERTOR.findall(route.path)]
    named += [("query", name, False) for name in _query(asked)]
    named += [("header", "Idempotency-Key", True)] if _has_key(asked) else []
    answer = {_media(asked): {"schema": schemas[reply]}} if reply else {}
    operation: dict[str, Any] = {
        "summary": ", ".join(dict.fromkeys(question.asker for question in asked)),
        "parameters": [
            {"in": where, "name": name, "required": must, "schema": {"type": "string"}}
            for where, name, must in named
        ],
        "responses": {
            "2XX": {"description": "Done.", "content": answer},
            "4XX": {"description": "A refusal.", "content": {"application/problem+json": {}}},
        },
    }
    uploaded = any(question.way == "upload" for question in asked)
    sent = {"application/json": {"schema": schemas[body]}} if body else {}
    if content := {"application/octet-stream": {}} if uploaded else sent:
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _media(asked: Iterable[Question]) -> str:
    """Long answers come line by line."""
    by_line = any(question.way == "lines" for question in asked)
    return "application/x-ndjson" if by_line else "application/json"


def _method(route: Route) -> str:
    return min(set(route.methods or ()) - {"HEAD"})


def _path(route: Route) -> str:
    return _CONVERTOR.sub(r"{\1}", route.path)


def _query(asked: Iterable[Question]) -> list[str]:
    return sorted({name for question in asked for name, _ in question.query})


def _body(asked: Iterable[Question]) -> type[BaseModel] | None:
    return next((type(question.body) for question in asked if question.body), None)


def _reply(asked: Iterable[Question]) -> type[BaseModel] | None:
    return next((question.reply for question in asked if question.reply), None)


def _has_key(asked: Iterable[Question]) -> bool:
    return any(question.key for question in asked)


def _name(service: str, kind: type[BaseModel] | None) -> str:
    if kind is None:
        return ""
    owner = kind.__module__.split(".")[2]
    return f"[{kind.__name__}](schemas/{owner}.{kind.__name__}.json)"
