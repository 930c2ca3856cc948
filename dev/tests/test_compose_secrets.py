"""make-secrets gives docker-compose.yml every secret that it asks for, once, and keeps them."""

import json
import re
import ssl
import stat
from pathlib import Path

from cryptography import x509

from deploy.rabbitmq.definitions import USERS
from dev.account import ROOT
from dev.compose_secrets import make, variables
from dev.keys import new_keys

COMPOSE = (ROOT / "docker-compose.yml").read_text()


def lines(env_file: Path) -> dict[str, str]:
    """The variables of a file, without comments and blank lines."""
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", env_file.read_text(), re.MULTILINE))


def test_the_secrets_are_those_that_the_compose_file_cannot_do_without() -> None:
    assert set(variables(new_keys())) == set(re.findall(r"\$\{([A-Z_]+):\?", COMPOSE))


def test_the_example_shows_every_other_variable_with_its_default() -> None:
    defaults = dict(re.findall(r"\$\{([A-Z_]+):-([^}]*)\}", COMPOSE))
    own = {name: value for name, value in defaults.items() if not name.endswith("_IMAGE")}
    assert lines(ROOT / "deploy" / "compose" / "env.example") == own


def test_a_second_run_keeps_the_secrets_and_what_people_added(tmp_path: Path) -> None:
    env_file = tmp_path / "env"
    make(env_file, tmp_path / "files")
    first = lines(env_file)
    certificate = (tmp_path / "files" / "tls" / "certificate.pem").read_bytes()
    env_file.write_text(env_file.read_text() + "MAIL_PORT=18025\n")
    make(env_file, tmp_path / "files")
    assert lines(env_file) == {**first, "MAIL_PORT": "18025"}
    assert (tmp_path / "files" / "tls" / "certificate.pem").read_bytes() == certificate


def test_only_their_owner_gets_at_the_secrets(tmp_path: Path) -> None:
    make(tmp_path / "env", tmp_path / "files")
    assert stat.S_IMODE((tmp_path / "env").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "files").stat().st_mode) == 0o700


def test_the_certificate_is_for_localhost_and_the_names_that_were_given(tmp_path: Path) -> None:
    make(tmp_path / "env", tmp_path / "files", ["yoyaku.example.jp"])
    tls = tmp_path / "files" / "tls"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls / "certificate.pem", tls / "key.pem")
    certificate = x509.load_pem_x509_certificate((tls / "certificate.pem").read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "yoyaku.example.jp"]
    assert [str(a) for a in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]


def test_the_brokers_definitions_know_every_user_and_no_password(tmp_path: Path) -> None:
    make(tmp_path / "env", tmp_path / "files")
    text = (tmp_path / "files" / "definitions.json").read_text()
    assert {user["name"] for user in json.loads(text)["users"]} == set(USERS)
    secrets = [v for n, v in lines(tmp_path / "env").items() if n.endswith("AMQP_PASSWORD")]
    assert secrets
    assert not any(secret in text for secret in secrets)
