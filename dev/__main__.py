"""`python -m dev up`: start everything, say where it is, and stop it all on Ctrl-C."""

import asyncio
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .account import ROOT
from .broker import choose_broker
from .environment import Ports
from .errors import CannotStart
from .given import GivenPostgres
from .keys import Keys, kept_keys
from .postgres import Postgres
from .process import taken
from .revival import Revival
from .stack import Broker, Database, Stack

VAR = ROOT / "var"
STAFF = "kakari"


def say(text: str) -> None:
    print(text, flush=True)


def report(what: str, seconds: float) -> None:
    say(f"  {what} … ready ({seconds:.1f} s)")


@contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Refuse to run twice on the same data. The lock goes with the process, however it ends."""
    var.mkdir(exist_ok=True)
    with (var / "dev.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart("make dev is already running here; stop it with Ctrl-C.") from None
        yield


def refuse_taken_ports(ports: Ports) -> None:
    used = [f"{port} ({name})" for name, port in ports.numbers().items() if taken(port)]
    if used:
        raise CannotStart(
            f"Another program listens on port {', '.join(used)}; stop it and start again."
        )


def choose_postgres(ports: Ports, keys: Keys) -> Database:
    given = os.environ.get("DATABASE_URL")
    if given:
        return GivenPostgres(given)
    port = int(os.environ.get("POSTGRES_PORT", ports.postgres))
    return Postgres(VAR / "postgres", port, keys["database:postgres"])


def development_stack() -> Stack[Database, Broker]:
    ports, keys = Ports.development(), kept_keys(VAR / "secrets.json")
    refuse_taken_ports(ports)
    broker = choose_broker(VAR / "rabbitmq", ports.rabbitmq, keys)
    return Stack(VAR, ports, keys, choose_postgres(ports, keys), broker, report=report)


async def fill(stack: Stack[Database, Broker]) -> None:
    """Offices, procedures, opening times and a staff account; what is there stays as it is."""
    begin = time.monotonic()
    seed = str(ROOT / "deploy" / "seed" / "oita.json")
    await asyncio.gather(
        stack.command("booking", "seed", seed),
        stack.command(
            *("lgwan", "add-staff", "--id", STAFF, "--name", "窓口係"),
            STAFF_PASSWORD=stack.keys["staff_password"],
        ),
    )
    report("Offices, opening times, staff account", time.monotonic() - begin)


def welcome(stack: Stack[Database, Broker]) -> None:
    say(
        f"""
Citizens   {stack.ports.url("internet")}
Staff      {stack.ports.url("lgwan")}   {STAFF} / {stack.keys["staff_password"]}
Mails      http://127.0.0.1:{stack.ports.mail_page}
Logs       var/log

Ctrl-C stops everything."""
    )


async def watch(stack: Stack[Database, Broker]) -> None:
    """Return never; start again what ends by itself. Raises CannotStart as `Revival` does."""
    watched = (*stack.services.values(), stack.mail)
    tasks = [asyncio.create_task(Revival(service, say).run()) for service in watched]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def up() -> None:
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _interrupt, task)
    begin = time.monotonic()
    say("Starting:")
    try:
        async with await asyncio.to_thread(development_stack) as stack:
            await fill(stack)
            report("Everything", time.monotonic() - begin)
            welcome(stack)
            await watch(stack)
    except asyncio.CancelledError:
        say("\nStopped.")


def _interrupt(task: "asyncio.Task[None]") -> None:
    """The first signal stops the stack; further ones are not in a hurry."""
    if not task.cancelling():
        say("\nStopping …")
        task.cancel()


def main() -> None:
    if sys.argv[1:] != ["up"]:
        sys.exit("Usage: python -m dev up")
    try:
        with only_one(VAR):
            asyncio.run(up())
    except CannotStart as problem:
        sys.exit(f"\n{problem}")


if __name__ == "__main__":
    main()
