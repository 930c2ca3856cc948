"""`make compose-smoke`: build the images, start everything, book through both doors, remove it."""

import asyncio
import os
import shutil
import signal
import ssl
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from libs.contracts.times import JST

from . import compose_secrets
from .account import ROOT
from .compose import NoEngine, Project, compose_command
from .dashboards.panels import BOARDS
from .environment import PROGRAMS
from .errors import CannotStart
from .keys import kept_keys
from .page import Lost
from .process import free_port
from .walk import Citizen, Staff, browsing

SAMPLE = ROOT / "deploy" / "seed" / "persons-sample.csv"
CARD, BORN = "OTA-000001", date(1950, 1, 2)
BEFORE_LIVE = ROOT / "deploy" / "compose" / "before-live"
APPROVED = ("田中", "佐藤")
OFFICE = "honcho"
"""Where that card lies."""
MAIL = "hanako@example.jp"
# A mail, a count: what follows a booking by facts.
SOON = 10.0
UP_SECONDS = 120.0
BOARDS_SECONDS = 90.0
"""Rates want some readings."""
TARGETS = {*PROGRAMS, "rabbitmq", "journal-1", "journal-2"}
KNOCK = """
import socket
try:
    socket.create_connection(({place!r}, {port}), 3).close()
    print("reached")
except OSError:
    print("no way")
"""
T = TypeVar("T")


class Failed(Exception):
    """The system runs but does not do what it should; the sentence says what."""


@dataclass(frozen=True)
class Smoke:
    """One run: its project, where it answers, and the staff account's password."""

    project: Project
    directory: Path
    ports: dict[str, int]
    password: str

    @property
    def citizens(self) -> str:
        return f"https://localhost:{self.ports['internet']}"

    @property
    def desk(self) -> str:
        return f"https://localhost:{self.ports['lgwan']}"

    def trust(self) -> ssl.SSLContext:
        """Only the certificate that was made for this run."""
        return ssl.create_default_context(cafile=self.directory / "tls" / "certificate.pem")


def prepare(directory: Path) -> Smoke:
    """Keys, passwords and ports of their own, so that a running system is left alone."""
    command = compose_command()
    ports = {name: free_port() for name in ("internet", "lgwan", "mail", "prometheus")}
    settings = {
        "INTERNET_BIND": f"127.0.0.1:{ports['internet']}",
        "INTERNET_URL": f"https://localhost:{ports['internet']}",
        "LGWAN_PORT": str(ports["lgwan"]),
        "LGWAN_URL": f"https://localhost:{ports['lgwan']}",
        "MAIL_PORT": str(ports["mail"]),
        "PROMETHEUS_PORT": str(ports["prometheus"]),
    }
    env_file = directory / "env"
    compose_secrets.make(env_file, directory, settings=settings)
    password = kept_keys(directory / "secrets.json")["staff_password"]
    return Smoke(
        Project(command, f"oita-smoke-{os.getpid()}", env_file), directory, ports, password
    )


async def walk(smoke: Smoke) -> None:
    """From the import to the counts, through both doors."""
    async with browsing(smoke.trust()) as one, browsing(smoke.trust()) as other:
        staff, citizen = Staff(one, smoke.desk), Citizen(other, smoke.citizens)
        await import_persons(smoke, staff)
        number, day = await book(citizen)
        say(f"booked {number} at the citizens' door")
        await mail_arrives(smoke)
        await at_the_counter(staff, number, day)
        await refusals(other, smoke)
    await figures(smoke)


async def import_persons(smoke: Smoke, staff: Staff) -> None:
    await staff.sign_in("kakari", smoke.password)
    await soon("the offices have come in", staff.may_import, UP_SECONDS)
    report = await staff.import_persons(SAMPLE.name, SAMPLE.read_bytes())
    expect(report["追加"] == report["行数"] > 0, f"the import added {report}")
    say(f"staff signed in and imported {report['追加']} persons")


async def book(citizen: Citizen) -> tuple[str, str]:
    """A card pickup; the booking's number and day."""

    async def hold() -> str | None:
        """Booking learns by a fact who may come, a moment after the import."""
        await citizen.identify(CARD, BORN)
        day = (await citizen.comes())[0]
        start = (await citizen.times(day))[0]
        return day if await citizen.take(start) else None

    day = await soon("a time is held for the imported person", hold)
    await citizen.about(MAIL)
    return await citizen.confirm(), day


async def mail_arrives(smoke: Smoke) -> None:
    async def subjects() -> list[str]:
        found = await get_json(f"http://127.0.0.1:{smoke.ports['mail']}/api/v1/messages")
        to = [m for m in found["messages"] if MAIL in [a["Address"] for a in m["To"]]]
        return [m["Subject"] for m in to]

    begin = time.monotonic()
    found = await soon("the confirmation mail arrives", subjects)
    expect(found == ["【大分市】ご予約を受け付けました"], f"other mails came: {found}")
    say(f"the confirmation mail arrived {time.monotonic() - begin:.1f} s later")


async def at_the_counter(staff: Staff, number: str, day: str) -> None:
    numbers = await staff.day(day)
    expect(numbers == [number], f"the list shows {numbers} and not {number}")
    await staff.see(number)
    await staff.receive_here(OFFICE)
    today = datetime.now(JST).date().isoformat()

    async def counted() -> dict[str, int] | None:
        sums = await staff.counts(today)
        return sums if sums.get("受付済") == 1 else None

    sums = await soon("the counts show the visitor", counted)
    expect(sums["予約（件）"] == 1 and sums["予約済"] == 0, f"the counts are {sums}")
    say("staff received the person days early, and today's counts have it")


async def refusals(session: aiohttp.ClientSession, smoke: Smoke) -> None:
    """What the edge promises: HSTS, no operators' pages, no large forms; plain HTTP is led away."""
    async with session.get(smoke.citizens) as page:
        expect("max-age" in page.headers.get("Strict-Transport-Security", ""), "HSTS is missing")
    for path in ("/metrics", "/readyz"):
        async with session.get(smoke.citizens + path) as page:
            expect(page.status == 404, f"{path} answers {page.status} to the outside")
    async with session.post(f"{smoke.citizens}/book", data=bytes(70_000)) as page:
        told = page.status == 413 and "大きすぎます" in await page.text()
        expect(told, f"a form of 70,000 bytes is answered {page.status}")
    plain = smoke.citizens.replace("https", "http")
    foreign = {"Host": "evil.example"}
    async with session.get(plain, headers=foreign, allow_redirects=False) as page:
        led = page.headers.get("Location", "")
        expect(led == f"{smoke.citizens}/", f"plain HTTP is led to {led or 'nowhere'}")
    say("the proxy sends HSTS, hides the operators' pages and refuses large forms")


async def figures(smoke: Smoke) -> None:
    async def up() -> set[str] | None:
        found = await get_json(f"http://127.0.0.1:{smoke.ports['prometheus']}/api/v1/targets")
        targets = found["data"]["activeTargets"]
        health = {t["labels"]["instance"].partition(":")[0]: t["health"] for t in targets}
        return set(health) if set(health.values()) == {"up"} else None

    watched = await soon("Prometheus sees every target up", up, 30)
    expect(watched == TARGETS, f"Prometheus watches {sorted(watched)}")
    say(f"Prometheus sees its {len(watched)} targets up")
    await boards(f"http://127.0.0.1:{smoke.ports['prometheus']}")


async def boards(prometheus: str) -> None:
    """Each panel of each board has lines, and the page without Grafana shows all of them."""
    panels = [panel for board in BOARDS for panel in board.panels]

    async def without_lines() -> list[str]:
        async with aiohttp.ClientSession(prometheus) as session:
            return [p.title for p in panels if not await lines(session, p.query)]

    async def all_there() -> bool:
        return not await without_lines()

    try:
        await soon("each panel has lines", all_there, BOARDS_SECONDS)
    except Failed:
        raise Failed(f"panels without lines: {await without_lines()}") from None
    async with (
        aiohttp.ClientSession(prometheus) as session,
        session.get("/consoles/oita.html") as page,
    ):
        text = await page.text()
    missing = [panel.title for panel in panels if panel.title not in text]
    expect(page.status == 200 and not missing, f"the page of figures lacks {missing}")
    say(f"{len(panels)} panels have lines, and stand on the page that Prometheus serves")


async def lines(session: aiohttp.ClientSession, query: str) -> list[Any]:
    async with session.get("/api/v1/query", params={"query": query}) as answer:
        found: list[Any] = (await answer.json())["data"]["result"]
        return found


async def before_live(smoke: Smoke) -> None:
    """What was tried is erased in one step, what was set up stays, and then never again."""
    report = smoke.project.script(BEFORE_LIVE, "erase-training", *APPROVED)
    expect("| booking | 1 | 0 |" in report, f"the report says nothing of the booking:\n{report}")
    async with browsing(smoke.trust()) as session:
        staff = Staff(session, smoke.desk)
        await staff.sign_in("kakari", smoke.password)
        await soon("the offices have come in again", staff.may_import, UP_SECONDS)
        today = datetime.now(JST).date().isoformat()
        sums = await staff.counts(today)
        expect(sums.get("予約（件）", 0) == 0, f"the counts are {sums}")
    smoke.project.script(BEFORE_LIVE, "go-live", *APPROVED)
    try:
        smoke.project.script(BEFORE_LIVE, "erase-training", *APPROVED)
    except CannotStart as refused:
        expect("live since" in str(refused), f"refused otherwise: {refused}")
    else:
        raise Failed("a live system was erased")
    say("what was tried is erased in one step, and after going live never again")


def isolation(project: Project) -> None:
    """The citizens' door reaches neither PostgreSQL nor the staff door; booking reaches both."""
    for service, port in (("postgres", 5432), ("lgwan", 8000)):
        expect(reaches(project, "booking", service, port), f"booking cannot reach {service}")
        for place in (service, *project.addresses(service)):
            open_way = reaches(project, "internet", place, port)
            expect(not open_way, f"the citizens' door reaches {service} at {place}")
    say("the citizens' door has no way to PostgreSQL and none to the staff door")


def reaches(project: Project, program: str, place: str, port: int) -> bool:
    return project.python(program, KNOCK.format(place=place, port=port)).strip() == "reached"


async def run(smoke: Smoke) -> None:
    """Build, start, try; whatever happens, nothing is left but the images."""
    project = smoke.project
    try:
        timed("images built", project.build)
        timed("everything started", lambda: project.run("up", "--detach", "--no-build"))
        await soon("every container is healthy", lambda: healthy(project), UP_SECONDS)
        await walk(smoke)
        isolation(project)
        await before_live(smoke)
    except Exception:
        show_logs(project)
        raise
    finally:
        timed("everything removed", project.remove)


async def healthy(project: Project) -> bool:
    return all(container.well for container in project.containers())


def show_logs(project: Project) -> None:
    """The end of the logs of what failed; if nothing did, of all our processes."""
    containers = project.containers()
    failed = [c.service for c in containers if c.failed]
    ours = [c.service for c in containers if c.service.removeprefix("edge-") in PROGRAMS]
    for service in failed or ours:
        say(f"--- the end of the log of {service}")
        say(project.run("logs", "--no-log-prefix", "--tail", "20", service, check=False))


async def soon(what: str, ask: Callable[[], Awaitable[T | None]], seconds: float = SOON) -> T:
    """Ask until there is an answer. Raises Failed after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := await ask()):
        expect(time.monotonic() < deadline, f"within {seconds:.0f} s not seen: {what}")
        await asyncio.sleep(0.2)
    return answer


async def get_json(url: str) -> Any:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.json()


def timed(what: str, work: Callable[[], object]) -> None:
    begin = time.monotonic()
    work()
    say(f"{what} ({time.monotonic() - begin:.0f} s)")


def expect(truth: bool, otherwise: str) -> None:
    if not truth:
        raise Failed(otherwise)


def say(text: str) -> None:
    print(text, flush=True)


def main() -> None:
    directory = ROOT / "var" / f"compose-smoke-{os.getpid()}"
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        asyncio.run(run(prepare(directory)))
    except NoEngine as problem:
        say(str(problem))
        sys.exit(os.EX_UNAVAILABLE)
    except (CannotStart, Failed, Lost, KeyError, aiohttp.ClientError) as problem:
        sys.exit(f"compose-smoke failed: {problem}")
    except KeyboardInterrupt:
        sys.exit("compose-smoke was stopped.")
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    say("compose-smoke passed.")


if __name__ == "__main__":
    main()
