"""Keys are made once and kept private; each program gets its own settings and no more."""

import stat
from pathlib import Path

from dev.environment import PROGRAMS, Ports, Servers, environment
from dev.keys import kept_keys, new_keys, passwords

SERVERS = Servers(
    lambda role: f"postgresql://{role}@db/oita",
    lambda user: f"amqp://{user}@mq/oita",
    "smtp://m:25",
)


def table() -> dict[str, dict[str, str]]:
    return environment(Ports.development(), SERVERS, new_keys())


def test_keys_are_made_once_and_readable_by_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    first = kept_keys(path)
    assert kept_keys(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_that_a_newer_version_needs_is_added_and_the_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.write_text('{"ticket_public": "kept"}')
    keys = kept_keys(path)
    assert keys["ticket_public"] == "kept"
    assert kept_keys(path) == keys
    assert set(keys) == set(new_keys())


def test_each_process_has_a_user_of_its_own_and_the_role_of_its_service() -> None:
    for name, variables in table().items():
        assert variables["AMQP_URL"] == f"amqp://{name}@mq/oita"
        if "DATABASE_URL" in variables:
            service = PROGRAMS[name].service
            assert variables["DATABASE_URL"] == f"postgresql://{service}@db/oita"


def test_the_internet_door_has_no_database_and_no_program_has_an_owners_role() -> None:
    variables = table()
    assert "DATABASE_URL" not in variables["internet"]
    assert not any("_owner" in value for own in variables.values() for value in own.values())


def test_private_keys_and_person_keys_are_where_they_belong_and_nowhere_else() -> None:
    variables = table()
    holders = {
        name: {program for program, own in variables.items() if name in own}
        for name in (
            *("TICKET_PRIVATE_KEY", "CARD_PASS_PRIVATE_KEY", "CONTACT_KEYS", "PERSON_INDEX_KEY"),
            "DOOR_PRIVATE_KEY",
        )
    }
    assert holders == {
        "TICKET_PRIVATE_KEY": {"eligibility"},
        "CARD_PASS_PRIVATE_KEY": {"booking"},
        "CONTACT_KEYS": {"booking", "notify"},
        "PERSON_INDEX_KEY": {"booking", "eligibility"},
        "DOOR_PRIVATE_KEY": {"internet", "lgwan"},
    }
    index_keys = [variables[name]["PERSON_INDEX_KEY"] for name in ("booking", "eligibility")]
    assert index_keys[0] != index_keys[1]


def test_two_stacks_never_share_a_port() -> None:
    ports = Ports.free()
    numbers = [*ports.numbers().values(), ports.postgres, *vars(ports.rabbitmq).values()]
    assert len(set(numbers)) == len(numbers)
    assert not set(numbers) & set(Ports.development().numbers().values())


def test_the_broker_and_the_database_know_every_service() -> None:
    keys = new_keys()
    services = {program.service for program in PROGRAMS.values()}
    assert set(PROGRAMS) < set(passwords(keys, "broker"))
    assert services < set(passwords(keys, "database"))
