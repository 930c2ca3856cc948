"""An application of ours at an address of its own, in the event loop of a test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from libs.common.process import OpsServer


@asynccontextmanager
async def serving(app: ASGIApp, port: int) -> AsyncIterator[None]:
    """`app` at 127.0.0.1:`port`, without its lifespan."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        http="httptools",
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
    )
    server = OpsServer(config)
    task = asyncio.create_task(server.serve())
    await _listening(server, task)
    try:
        yield
    finally:
        server.should_exit = True
        await task


async def _listening(server: OpsServer, task: asyncio.Task[None]) -> None:
    for _ in range(1000):
        if server.started or task.done():
            return
        await asyncio.sleep(0.01)


async def to_the_end(reader: asyncio.StreamReader) -> bytes:
    """What comes until the connection ends, or is reset because we still sent."""
    got = b""
    try:
        while piece := await reader.read(65536):
            got += piece
    except ConnectionError:
        pass
    return got
