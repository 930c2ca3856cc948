"""What docker-compose.yml reads: a file of variables, and the files that its containers mount."""

import ipaddress
import json
import os
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy.rabbitmq.definitions import OPERATOR, USERS, definitions

from .account import ROOT
from .keys import Keys, kept_keys, passwords

DAYS = 397
HEAD = "# Written by deploy/compose/make-secrets, which keeps what else stands here.\n"


def variables(keys: Keys) -> dict[str, str]:
    """Every secret of docker-compose.yml, by the name it has there."""
    database = {
        "POSTGRES_PASSWORD" if role == "postgres" else f"{role.upper()}_DB_PASSWORD": secret
        for role, secret in passwords(keys, "database").items()
    }
    broker = {
        f"{user.upper()}_AMQP_PASSWORD": secret
        for user, secret in passwords(keys, "broker").items()
        if user in USERS and user != OPERATOR
    }
    doors = (f"{door}:{keys[f'{door}_door_public']}" for door in ("internet", "lgwan"))
    return {
        **database,
        **broker,
        "CONTACT_KEYS": f"1:{keys['contact']}",
        "BOOKING_PERSON_KEYS": f"1:{keys['booking_person']}",
        "BOOKING_PERSON_INDEX_KEY": keys["booking_index"],
        "ELIGIBILITY_PERSON_KEYS": f"1:{keys['eligibility_person']}",
        "ELIGIBILITY_PERSON_INDEX_KEY": keys["eligibility_index"],
        "TICKET_PUBLIC_KEY": keys["ticket_public"],
        "TICKET_PRIVATE_KEY": keys["ticket_private"],
        "CARD_PASS_PUBLIC_KEY": keys["card_pass_public"],
        "CARD_PASS_PRIVATE_KEY": keys["card_pass_private"],
        "DOOR_PUBLIC_KEYS": ",".join(doors),
        "INTERNET_DOOR_PRIVATE_KEY": keys["internet_door_private"],
        "INTERNET_COOKIE_KEYS": f"1:{keys['internet_cookie']}",
        "LGWAN_DOOR_PRIVATE_KEY": keys["lgwan_door_private"],
        "LGWAN_LOG_KEY": keys["log"],
        "BACKUP_KEYS": f"1:{keys['backup']}",
        "DRILL_PRIVATE_KEY": keys["drill_private"],
        "DRILL_PUBLIC_KEY": keys["drill_public"],
        "STAFF_PASSWORD": keys["staff_password"],
    }


def make(
    env_file: Path,
    directory: Path,
    names: Iterable[str] = (),
    settings: Mapping[str, str] | None = None,
) -> None:
    """Write `env_file` and fill `directory`; keys, passwords and certificate are made only once.

    The certificate is valid for localhost and `names`. `settings` are further variables.
    """
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    keys = kept_keys(directory / "secrets.json")
    document = definitions(passwords(keys, "broker"))
    _write_shared(directory / "definitions.json", json.dumps(document, indent=1).encode())
    make_certificate(directory / "tls", ["localhost", "127.0.0.1", *names])
    relative = os.path.relpath(directory, ROOT)
    given = {"SECRETS": f"./{relative}", **(settings or {}), **variables(keys)}
    _write_private(env_file, {**_read(env_file), **given})


def make_certificate(directory: Path, names: Iterable[str]) -> None:
    """A self-signed certificate and its key, unless there is one: yours, or ours from before."""
    certificate, key_file = directory / "certificate.pem", directory / "key.pem"
    if certificate.exists():
        return
    directory.mkdir(exist_ok=True)
    directory.chmod(0o755)
    key = ec.generate_private_key(ec.SECP256R1())
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    _write_shared(key_file, key.private_bytes(pem, pkcs8, serialization.NoEncryption()))
    signed = _certificate(key, [_alternative(name) for name in names])
    _write_shared(certificate, signed.public_bytes(pem))


def _certificate(
    key: ec.EllipticCurvePrivateKey, names: list[x509.GeneralName]
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
    return builder.sign(key, hashes.SHA256())


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _read(env_file: Path) -> dict[str, str]:
    lines = env_file.read_text().splitlines() if env_file.exists() else []
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def _write_shared(path: Path, content: bytes) -> None:
    """For the accounts of the containers; the directory around it is closed to everybody else."""
    path.write_bytes(content)
    path.chmod(0o644)


def _write_private(path: Path, values: Mapping[str, str]) -> None:
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    part.write_text(HEAD + "".join(f"{name}={value}\n" for name, value in values.items()))
    part.replace(path)


def main() -> None:
    make(ROOT / ".env", ROOT / "var" / "compose", sys.argv[1:])
    print("Keys, passwords and a certificate are in .env and var/compose: keep both.")


if __name__ == "__main__":
    main()
