"""A whole process as small as can be: one slow answer, and a database if it is given one."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from libs.common.errors import CannotRun
from libs.common.ops import Readiness
from libs.common.process import run
from libs.common.settings import ProcessSettings
from libs.common.waiting import ready_pool


async def fail(_: Request) -> Response:
    raise ValueError("Oita Taro")


async def answer(request: Request) -> Response:
    await asyncio.sleep(float(request.query_params.get("seconds", "0")))
    return PlainTextResponse("done")


def create_app(_: ProcessSettings, readiness: Readiness) -> Starlette:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        if url := os.environ.get("DATABASE_URL"):
            async with ready_pool(url, 1, readiness, Path(os.environ["MIGRATIONS"])):
                yield
            return
        match os.environ.get("FAILS"):
            case "by mishap":
                raise ConnectionError("Oita Taro")
            case "for a reason":
                raise CannotRun("Set it to 'on'.")
        await asyncio.sleep(float(os.environ.get("STARTS_IN", "0")))
        yield

    return Starlette(routes=[Route("/", answer), Route("/fail", fail)], lifespan=lifespan)


if __name__ == "__main__":
    run("tiny", ProcessSettings, create_app)
