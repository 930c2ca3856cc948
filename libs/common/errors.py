"""Refusals that a caller can act on, and the one place that turns them into HTTP answers."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Handler = Callable[[Request, Exception], Response | Awaitable[Response]]


class Problem(Exception):
    """A refusal with a stable, public slug; `detail` says in one sentence what to do next."""

    slug: ClassVar[str] = "problem"

    def __init__(self, detail: str = "", **facts: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts = facts


class CannotRun(Exception):
    """The process cannot run like this; the text is a sentence for the operator, without values."""


class Malformed(Problem):
    """The request cannot be read: not JSON, a field missing, a value of the wrong kind."""

    slug = "malformed"


class TooLarge(Problem):
    """The body is larger than the route takes."""

    slug = "too-large"


class NotAuthenticated(Problem):
    """No assertion, or one that is expired, forged or meant for somebody else."""

    slug = "not-authenticated"


class NotAllowed(Problem):
    """The caller is known and may not do this."""

    slug = "not-allowed"


class NotFound(Problem):
    """No such object, or one that is not this caller's to see: the two answer alike."""

    slug = "not-found"


class KeyReused(Problem):
    """The idempotency key came back with another request than the first time."""

    slug = "idempotency-key-reused"


class Unavailable(Problem):
    """Something this service needs does not answer; the same request may be sent again."""

    slug = "unavailable"


StatusTable = Mapping[type[Problem], int]

COMMON_STATUS: StatusTable = {
    Malformed: 400,
    NotAuthenticated: 401,
    NotAllowed: 403,
    NotFound: 404,
    TooLarge: 413,
    KeyReused: 422,
    Unavailable: 503,
}


def problem_body(problem: Problem) -> dict[str, Any]:
    return {"slug": problem.slug, "detail": problem.detail, **problem.facts}


def problem_response(
    problem: Problem, status: int, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    return JSONResponse(problem_body(problem), status, headers, "application/problem+json")


def _status(problem: Problem, statuses: StatusTable) -> int:
    """A problem without a status of its own has that of the problem it is a kind of."""
    return next(statuses[kind] for kind in type(problem).__mro__ if kind in statuses)


def problem_handlers(table: StatusTable) -> dict[Any, Handler]:
    """Exception handlers for Starlette: each problem of `table` as problem+json with its status."""
    statuses = {**COMMON_STATUS, **table}

    def answer(_: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return problem_response(error, _status(error, statuses))

    return dict.fromkeys(statuses, answer)
