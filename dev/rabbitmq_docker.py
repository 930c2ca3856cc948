"""The private RabbitMQ in a container, for machines that have Docker and no RabbitMQ."""

import json
import os
import subprocess
from pathlib import Path

from deploy.rabbitmq.definitions import definitions

from . import process
from .containers import RABBITMQ_IMAGE
from .errors import CannotStart
from .rabbitmq import RabbitMQ

INSIDE = Path("/oita")
CONFIG = INSIDE / "rabbitmq.conf"


class DockerRabbitMQ(RabbitMQ):
    """Like RabbitMQ; the data lives in a volume named after the port."""

    @property
    def name(self) -> str:
        return f"oita-rabbitmq-{self.ports.amqp}"

    def start(self) -> None:
        self.place.mkdir(parents=True, exist_ok=True)
        self._docker("rm", "--force", self.name)
        self._write_configuration()
        mounts = [
            *("--volume", f"{self.place}:{INSIDE}:ro", "--env", f"RABBITMQ_CONFIG_FILE={CONFIG}"),
            *("--volume", f"{self.name}:/var/lib/rabbitmq"),
        ]
        address = ["--publish", f"127.0.0.1:{self.ports.amqp}:5672", "--hostname", "oita"]
        self.child = process.spawn(
            ["docker", "run", "--rm", "--name", self.name, *address, *mounts, RABBITMQ_IMAGE],
            log=self.log,
            env=os.environ,
        )
        process.wait_until("RabbitMQ", self._answers, self.child, self.log, 180)

    def kill(self) -> None:
        self._docker("kill", self.name)
        super().kill()

    def destroy(self) -> None:
        super().destroy()
        self._docker("volume", "rm", "--force", self.name)

    def evaluate(self, expression: str) -> str:
        return self._docker(
            *("exec", "--interactive", self.name, "rabbitmqctl", "eval"),
            check=True,
            text=expression,
        )

    def _write_configuration(self) -> None:
        lines = ["log.console = true", f"load_definitions = {INSIDE}/definitions.json", ""]
        (self.place / CONFIG.name).write_text("\n".join(lines))
        (self.place / "definitions.json").write_text(json.dumps(definitions(self.passwords)))
        self.place.chmod(0o755)

    def _docker(self, *arguments: str, check: bool = False, text: str = "") -> str:
        done = subprocess.run(
            ["docker", *arguments], input=text, capture_output=True, text=True, check=False
        )
        if check and done.returncode:
            raise CannotStart(f"docker {arguments[0]}: {done.stderr.strip()}")
        return done.stdout
