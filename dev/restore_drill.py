"""`make restore-drill`: of the archive that ARCHIVE_DIR names, as `python -m backup drill` does;
without it, of a city that is made for this on private servers and thrown away."""

import asyncio
import json
import os
import secrets
import sys
from pathlib import Path

from libs.common.migrate import upgrade

from .account import ROOT
from .backups import SERVER, Backups
from .environment import MIGRATORS, Ports, Servers, environment
from .keys import new_keys, passwords
from .postgres import BACKUP, Postgres
from .process import free_port
from .service import run_command
from .stack import DATABASE
from .testing import in_memory, run_home

SEED = ROOT / "deploy" / "seed" / "oita.json"


def trial(home: Path) -> dict[str, object]:
    """Offices and two months of times, half of them behind the base backup."""
    keys = new_keys()
    secret = passwords(keys, "database")
    server = Postgres(home / "postgres", free_port(), secrets.token_hex(8), SERVER)
    backups = Backups(home / "kept", server, secret[BACKUP])
    servers = Servers(
        lambda role: server.url(role, secret[role], DATABASE),
        lambda user: f"amqp://{user}@127.0.0.1:1/",
        "smtp://127.0.0.1:1",
    )
    try:
        server.start()
        server.provision(DATABASE, secret)
        for service, package in MIGRATORS.items():
            upgrade(package, servers.database_url(f"{service}_owner"))
        backups.start()
        backups.command("base")
        env = environment(Ports.development(), servers, keys)["booking"]
        asyncio.run(run_command("services.booking", "seed", str(SEED), env=env))
        return backups.drill()
    finally:
        backups.stop()
        server.destroy()


def main() -> None:
    if os.environ.get("ARCHIVE_DIR"):
        os.execv(sys.executable, [sys.executable, "-m", "backup", "drill"])
    with run_home(in_memory()) as home:
        print(json.dumps(trial(home), indent=1))


if __name__ == "__main__":
    main()
