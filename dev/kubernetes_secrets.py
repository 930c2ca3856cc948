"""What deploy/k8s mounts: a Secret for each process and job, with a file for each secret."""

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import yaml

from deploy.rabbitmq.definitions import TOPOLOGY, definitions

from .account import ROOT
from .compose_secrets import make_certificate
from .environment import MIGRATORS, PROGRAMS, Ports, Servers, environment
from .keys import Keys, kept_keys, passwords
from .manifests import mounted

DIRECTORY = ROOT / "var" / "k8s"
SEED_SECONDS = 180
"""Two months of windows in one statement: longer than any request may take."""
EDGES = ("edge-internet", "edge-lgwan")
Secrets = dict[str, dict[str, str]]


def secrets(keys: Keys, smtp_url: str) -> Secrets:
    """Every Secret by its name, without the certificates: what is in it, by the file's name."""
    servers = _servers(keys, smtp_url)
    every = environment(Ports.development(), servers, keys)
    programs = {name: _pick(every[name], mounted(name)) for name in PROGRAMS}
    seeding = f"{servers.database_url('booking')}?statement_timeout={SEED_SECONDS}s"
    owners = {
        f"migrate-{service}": {"MIGRATE_DATABASE_URL": servers.database_url(f"{service}_owner")}
        for service in MIGRATORS
    }
    return {
        **programs,
        **owners,
        "topology": {"AMQP_URL": servers.amqp_url(TOPOLOGY)},
        "seed-booking": {**programs["booking"], "DATABASE_URL": seeding},
        "seed-staff": {
            "DATABASE_URL": servers.database_url("gateway"),
            "STAFF_PASSWORD": keys["staff_password"],
        },
        "provision": _provision(keys),
        "postgres": _postgres(keys),
        **_backup(keys, servers),
        "rabbitmq": {
            "definitions.json": json.dumps(definitions(passwords(keys, "broker"))),
            "erlang-cookie": keys["cluster:erlang"],
        },
    }


def _servers(keys: Keys, smtp_url: str) -> Servers:
    role, user = passwords(keys, "database"), passwords(keys, "broker")
    return Servers(
        database_url=lambda name: f"postgresql://{name}:{role[name]}@postgres/oita",
        amqp_url=lambda name: f"amqp://{name}:{user[name]}@rabbitmq/oita",
        smtp_url=smtp_url,
    )


def _pick(values: dict[str, str], names: Iterable[str]) -> dict[str, str]:
    return {name: values[name] for name in names}


def _provision(keys: Keys) -> dict[str, str]:
    return {
        "POSTGRES_PASSWORD" if role == "postgres" else f"{role.upper()}_DB_PASSWORD": secret
        for role, secret in passwords(keys, "database").items()
    }


def _backup(keys: Keys, servers: Servers) -> Secrets:
    shared = {
        "DATABASE_URL": servers.database_url("backup"),
        "BACKUP_KEYS": f"1:{keys['backup']}",
    }
    return {
        "journal": {**shared, "DRILL_PUBLIC_KEY": keys["drill_public"]},
        "base-backup": shared,
        "restore-drill": {**shared, "DRILL_PRIVATE_KEY": keys["drill_private"]},
    }


def _postgres(keys: Keys) -> dict[str, str]:
    return {
        "POSTGRES_PASSWORD": passwords(keys, "database")["postgres"],
        "REPLICATION_PASSWORD": keys["cluster:replicator"],
        "REWIND_PASSWORD": keys["cluster:rewinder"],
        "RESTAPI_PASSWORD": keys["cluster:patroni"],
    }


def manifest(name: str, files: dict[str, str], kind: str = "Opaque") -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": kind,
        "metadata": {"name": name, "namespace": "oita"},
        "stringData": files,
    }


def make(directory: Path, smtp_url: str, names: Iterable[str] = ()) -> Path:
    """Write `secrets.yaml`; keys and certificate are made only once. Returns its path."""
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    keys = kept_keys(directory / "secrets.json")
    make_certificate(directory / "tls", ["localhost", "127.0.0.1", *names])
    tls = {
        "tls.crt": (directory / "tls" / "certificate.pem").read_text(),
        "tls.key": (directory / "tls" / "key.pem").read_text(),
    }
    documents = [manifest(name, files) for name, files in secrets(keys, smtp_url).items()]
    documents += [manifest(edge, tls, "kubernetes.io/tls") for edge in EDGES]
    file = directory / "secrets.yaml"
    file.touch(mode=0o600)
    file.write_text(yaml.safe_dump_all(documents, sort_keys=False))
    return file


def main() -> None:
    smtp_url = os.environ.get("SMTP_URL", "")
    if not smtp_url:
        sys.exit("Set SMTP_URL: the mail server, as docs/settings.md says.")
    file = make(DIRECTORY, smtp_url, sys.argv[1:])
    print(f"Keys, passwords and a certificate are in {file.relative_to(ROOT)}: keep var/k8s.")


if __name__ == "__main__":
    main()
