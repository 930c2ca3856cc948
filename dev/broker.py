"""Which RabbitMQ to use: a given one, the machine's, a freshly installed one, or a container."""

import os
import shutil
import subprocess
from pathlib import Path

from .errors import CannotStart
from .given import GivenRabbitMQ
from .keys import Keys, passwords
from .machine import may_install, need_rabbitmq
from .rabbitmq import Ports, RabbitMQ, installed
from .rabbitmq_docker import DockerRabbitMQ


def choose_broker(home: Path, ports: Ports, keys: Keys) -> GivenRabbitMQ | RabbitMQ:
    """A broker that can be started; raises CannotStart with what to install."""
    given = os.environ.get("AMQP_URL")
    if given:
        return GivenRabbitMQ(given)
    return own_broker(home, ports, passwords(keys, "broker"))


def own_broker(home: Path, ports: Ports, secrets: dict[str, str]) -> RabbitMQ:
    """A private broker: from the machine if we can have it there, else in a container."""
    if installed() or may_install() or not docker_answers():
        need_rabbitmq()
        return RabbitMQ(home, ports, secrets)
    return DockerRabbitMQ(home, ports, secrets)


def docker_answers() -> bool:
    if shutil.which("docker") is None:
        return False
    try:
        done = subprocess.run(["docker", "info"], capture_output=True, timeout=20, check=False)
    except subprocess.TimeoutExpired as slow:
        raise CannotStart("Docker is installed but does not answer.") from slow
    return done.returncode == 0
