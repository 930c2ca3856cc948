"""The yardstick of the calendar page: Starlette and uvicorn with nothing else, and a fixed body.

`python -m bench.bare PORT BYTES`
"""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route


def create_app(size: int) -> Starlette:
    body = "x" * size

    async def page(_: Request) -> Response:
        return HTMLResponse(body)

    return Starlette(routes=[Route("/", page)])


if __name__ == "__main__":
    uvicorn.run(
        create_app(int(sys.argv[2])),
        port=int(sys.argv[1]),
        http="httptools",
        loop="uvloop",
        access_log=False,
        log_level="warning",
    )
