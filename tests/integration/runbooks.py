"""The commands of docs/runbooks, typed at a private system instead of one of compose."""

import asyncio
import re
import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from deploy.rabbitmq.definitions import TOPOLOGY
from dev.account import ROOT
from dev.backups import Backups
from dev.service import run_command

from .crowd import AnyStack

FOLDER = ROOT / "docs" / "runbooks"
VOLUME = "/var/lib/postgresql/"
EDGES = {"edge-internet", "edge-lgwan"}
_BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def lines_of(name: str) -> list[str]:
    """Every command of a runbook, in its order."""
    blocks = _BLOCK.findall((FOLDER / name).read_text())
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


@dataclass
class Operator:
    """Types commands of `docker compose`. One that is not understood fails."""

    stack: AnyStack
    backups: Backups
    variables: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    async def type(self, line: str, **given: str) -> None:
        """`given` are values instead of those that a runbook shows as examples."""
        if found := re.fullmatch(r"([A-Z]+)=(\S+)", line):
            self.variables[found[1]] = given.get(found[1], found[2])
            return
        words = shlex.split(re.sub(r"\$([A-Z]+)", lambda m: self.variables[m[1]], line))
        assert words[:2] == ["docker", "compose"], line
        match words[2:]:
            case ["stop"]:
                await self._stop()
            case ["up", "--wait", "--no-deps", *names]:
                await self._up([name for name in names if name != "--force-recreate"])
            case ["exec", "postgres", "psql", "--username", "postgres", *options]:
                assert options[::2] == ["--command"] * (len(options) // 2), line
                await asyncio.to_thread(self.stack.postgres.execute, *options[1::2])
            case ["run", "--rm", *rest]:
                await self._run([word for word in rest if word != "--no-deps"])
            case ["ps" | "logs", *_]:
                pass
            case _:
                raise AssertionError(f"nobody can type this: {line}")

    async def _stop(self) -> None:
        for service in self.stack.services.values():
            await asyncio.to_thread(service.terminate)
        for journal in self.backups.journals:
            await asyncio.to_thread(journal.terminate)
        await asyncio.to_thread(self.stack.rabbitmq.stop)
        await asyncio.to_thread(self.stack.postgres.stop)

    async def _up(self, names: list[str]) -> None:
        journals = {each.name.replace("_", "-"): each for each in self.backups.journals}
        for name in names:
            if name in ("postgres", "rabbitmq"):
                await asyncio.to_thread(getattr(self.stack, name).start)
            elif name in journals:
                journals[name].start()
            elif name not in EDGES | {"backup", "drill"}:
                self.stack.services[name].start()
        services = [self.stack.services[name] for name in names if name in self.stack.services]
        await asyncio.gather(*(service.wait_ready() for service in services))

    async def _run(self, words: list[str]) -> None:
        match words:
            case ["restore", *options]:
                options = [self._path(option) for option in options]
                await self._backup("restore", *options)
                server = self.stack.postgres
                for folder in (server.place, self._volume / "restored"):
                    await asyncio.to_thread(server.account.owns_all, folder)
            case ["--entrypoint", "mv", "restore", old, new]:
                await asyncio.to_thread(shutil.move, self._path(old), self._path(new))
            case ["topology", *options]:
                env = {"AMQP_URL": self.stack.rabbitmq.url(TOPOLOGY)}
                self.said.append(await run_command("libs.topology", *options, env=env))
            case ["backup" | "drill", *command]:
                await self._backup(*command)
            case [program, *command]:
                self.said.append(await self.stack.command(program, *command))

    async def _backup(self, *command: str) -> None:
        self.said.append(await asyncio.to_thread(self.backups.command, *command))

    @property
    def _volume(self) -> Path:
        """The server's own folder stands for the volume of its container."""
        return Path(self.stack.postgres.place)

    def _path(self, word: str) -> str:
        if not word.startswith(VOLUME):
            return word
        inside = word.removeprefix(VOLUME)
        return str(self._volume / ("data" if inside in ("18", "18/docker") else inside))
