"""docker-compose.yml as a program drives it: build, start, look inside, remove."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .account import ROOT
from .broker import docker_answers
from .errors import CannotStart


class NoEngine(CannotStart):
    """There is no Docker engine, or no compose for it."""


def compose_command() -> tuple[str, ...]:
    """How compose is called here. Raises NoEngine with what to install."""
    if not docker_answers():
        raise NoEngine("This needs a Docker engine: install Docker, start it, and run this again.")
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    if plugin.returncode == 0:
        return ("docker", "compose")
    if shutil.which("docker-compose"):
        return ("docker-compose",)
    raise NoEngine("Docker runs, but its compose plugin (version 2 or newer) is missing.")


@dataclass(frozen=True)
class Container:
    """One container of the project: its service, and how it is."""

    service: str
    state: str
    health: str
    exit_code: int

    @property
    def failed(self) -> bool:
        """Ended with an error, starting again and again, or running and not well."""
        if self.state == "exited":
            return self.exit_code != 0
        return self.state in ("restarting", "dead") or self.health == "unhealthy"

    @property
    def well(self) -> bool:
        """Ended in good order, or running and healthy."""
        if self.state == "exited":
            return self.exit_code == 0
        return self.state == "running" and self.health in ("", "healthy")


@dataclass(frozen=True)
class Project:
    """The whole of docker-compose.yml under a name of its own."""

    command: tuple[str, ...]
    name: str
    env_file: Path

    @property
    def here(self) -> tuple[str, ...]:
        """How compose is called for this project."""
        return (*self.command, "--project-name", self.name, "--env-file", str(self.env_file))

    def script(self, script: Path, *arguments: str) -> str:
        """Run a script of deploy/compose on this project; its output. Raises CannotStart."""
        done = subprocess.run(
            [script, *arguments],
            env={**os.environ, "COMPOSE": " ".join(self.here)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            tail = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
            raise CannotStart(f"{script.name} {' '.join(arguments[:1])} failed.\n{tail}")
        return done.stdout

    def run(self, *arguments: str, check: bool = True) -> str:
        """Run a compose command; its output. Raises CannotStart unless `check` is off."""
        done = subprocess.run(
            [*self.here, "--progress", "quiet", *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            tail = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
            raise CannotStart(f"compose {' '.join(arguments[:3])} failed.\n{tail}")
        return done.stdout

    def build(self) -> None:
        """One image after the other: together they would only wait for each other."""
        for service in self.services("build"):
            self.run("build", "--quiet", service)

    def services(self, key: str) -> list[str]:
        """The services of the file that have this key."""
        found: Mapping[str, Any] = json.loads(self.run("config", "--format", "json"))["services"]
        return [name for name, service in found.items() if key in service]

    def containers(self) -> list[Container]:
        text = self.run("ps", "--all", "--format", "json", check=False)
        rows = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        return [Container(r["Service"], r["State"], r["Health"], r["ExitCode"]) for r in rows]

    def python(self, service: str, code: str) -> str:
        """Run some Python inside a running container of ours; its output."""
        return self.run("exec", "-T", service, "python", "-c", code)

    def addresses(self, service: str) -> list[str]:
        """The addresses of a service's container, one in each of its networks."""
        container = self.run("ps", "--quiet", service).strip()
        template = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}"
        return subprocess.run(
            ["docker", "inspect", "--format", template, container],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()

    def remove(self) -> None:
        """Stop and delete containers, networks and volumes; the images stay as a cache."""
        self.run("down", "--volumes", "--remove-orphans", check=False)
