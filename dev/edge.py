"""The edge proxy as its container runs it, in a directory of a test: real nginx, our files."""

import asyncio
import os
import re
import shutil
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from .account import ROOT
from .compose_secrets import make_certificate
from .machine import SBIN

HERE = ROOT / "deploy" / "edge"


def nginx() -> str | None:
    return shutil.which("nginx", path=SBIN)


@dataclass(frozen=True)
class Edge:
    port: int
    public_url: str
    trust: ssl.SSLContext


@asynccontextmanager
async def edge(
    directory: Path, port: int, health: int, upstream: str, public_url: str, **changes: str
) -> AsyncIterator[Edge]:
    """`deploy/edge` before the door at `upstream`. Ports and directories are the test's own."""
    make_certificate(directory / "tls", ["localhost", "127.0.0.1"])
    settings = {
        "DOOR": "internet",
        "UPSTREAM": upstream,
        "PUBLIC_URL": public_url,
        "UPLOAD": "/imports",
        "UPLOAD_LIMIT": "500k",
        "PATIENCE": "5s",
        "RESOLVER": "127.0.0.1",
        "HELP": "097-534-6111",
        "HEALTH": f"127.0.0.1:{health}",
        **changes,
    }
    _write(directory, settings, port)
    program = nginx()
    assert program
    process = await asyncio.create_subprocess_exec(
        program, "-c", str(directory / "edge" / "nginx.conf"), "-e", "stderr", *_as_ourselves(),
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        await _listening(port, process)
        trust = ssl.create_default_context(cafile=directory / "tls" / "certificate.pem")
        yield Edge(port, public_url, trust)
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def _as_ourselves() -> list[str]:
    """In the container nginx is no root; here its workers would leave us, and our directories."""
    return ["-g", "user root;"] if os.geteuid() == 0 else []


def _write(directory: Path, settings: Mapping[str, str], port: int) -> None:
    """What `start` does, with the paths and ports of the container replaced."""
    (directory / "edge" / "pages").mkdir(parents=True)
    places = {
        "/etc/edge/": f"{directory}/etc/",
        "/tmp/edge/": f"{directory}/edge/",
        "/tls/": f"{directory}/tls/",
        "listen 8443 ": f"listen 127.0.0.1:{port} ",
        "/dev/stdout": f"{directory}/access.log",
    }
    (directory / "etc").mkdir()
    for source in HERE.glob("*.conf"):
        text = source.read_text()
        for old, new in places.items():
            text = text.replace(old, new)
        if source.name == "nginx.conf":
            text = re.sub(r"\$\{(\w+)\}", lambda found: settings[found[1]], text)
            (directory / "edge" / "nginx.conf").write_text(text)
        else:
            (directory / "etc" / source.name).write_text(text)
    for page in (HERE / "pages").glob("*.html"):
        text = page.read_text().replace("$HELP", settings["HELP"])
        (directory / "edge" / "pages" / page.name).write_text(text)


async def _listening(port: int, process: asyncio.subprocess.Process) -> None:
    for _ in range(300):
        assert process.returncode is None, "nginx ended; its reasons are above"
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        return
    raise AssertionError("nginx does not listen")
