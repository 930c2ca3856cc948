"""The services are those of the compose file, of Prometheus and of a developer's machine."""

import re
from typing import Any

import pytest
import yaml

from dev.docs import settings_of
from dev.environment import BEHIND_THE_DOORS, MIGRATORS, PROGRAMS
from libs.common.settings import SettingError, describe, load
from services.gateway.web.clients.eligibility import UPLOAD_SECONDS
from services.gateway.web.clients.schedules import BULK_SECONDS
from services.gateway.web.clients.texts import TRIAL_SECONDS
from services.gateway.web.link import TOTAL_SECONDS

from .house import ROOT, SERVICES, environments, name_of

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
IMAGE = (ROOT / "Dockerfile").read_text()
by_program = pytest.mark.parametrize("program", PROGRAMS)


def settings_names(program: str) -> tuple[set[str], set[str]]:
    """(all, required) settings of a program."""
    rows = describe(settings_of(program))
    return {row[0] for row in rows}, {row[0] for row in rows if row[1] == "required"}


def image_environment() -> dict[str, str]:
    """What the image sets by itself."""
    return dict(re.findall(r"^(?:ENV| {4}) ?([A-Z_]+)=(\S+)", IMAGE, re.MULTILINE))


def test_every_package_with_a_main_module_is_a_program() -> None:
    mains = (ROOT / "services").rglob("__main__.py")
    modules = {name_of(path.parent).replace("/", ".") for path in mains}
    assert modules == {program.module for program in PROGRAMS.values()}
    assert SERVICES == BEHIND_THE_DOORS


def test_the_compose_file_builds_and_runs_every_program_under_its_name() -> None:
    built = {
        name: service["build"]["args"]["SERVICE"]
        for name, service in COMPOSE.items()
        if service.get("build", {}).get("context") == "." and "dockerfile" not in service["build"]
    }
    assert built == {program: program for program in PROGRAMS}


def test_the_compose_file_migrates_every_schema_before_its_program_starts() -> None:
    migrating = {name for name in COMPOSE if name.startswith("migrate-")}
    assert migrating == {f"migrate-{service}" for service in MIGRATORS}


@by_program
def test_the_compose_file_gives_each_program_its_settings_and_no_others(program: str) -> None:
    given = set(COMPOSE[program]["environment"])
    known, required = settings_names(program)
    assert required <= given | set(image_environment())
    assert given <= known


@by_program
def test_a_developers_machine_gives_each_program_its_settings_and_no_others(program: str) -> None:
    given = set(environments()[program])
    known, required = settings_names(program)
    assert required <= given <= known


@pytest.mark.parametrize("wrong", ["{}", "{}:1", "1:{}", "smtp://u:{}@[h", "smtp://u@h:{}"])
@by_program
def test_the_sentence_about_a_wrong_setting_never_shows_its_value(program: str, wrong: str) -> None:
    """A key before its version, a password in an address that is none, a port that is none."""
    good, refused = environments()[program], 0
    for name in settings_names(program)[0]:
        try:
            load(settings_of(program), {**good, name: wrong.format("hunter2")})
        except SettingError as error:
            refused += 1
            assert str(error).startswith("The setting ")
            assert "hunter2" not in str(error)
    assert refused >= 5


def test_the_compose_file_keeps_the_citizens_door_away_from_the_database() -> None:
    networks = set(COMPOSE["internet"]["networks"])
    assert networks
    assert not networks & set(COMPOSE["postgres"]["networks"])


def test_an_edge_waits_longer_than_its_door_waits_for_a_service() -> None:
    """Else the door's own page, and what it wrote down meanwhile, would reach nobody."""
    config = (ROOT / "deploy/edge/nginx.conf").read_text()
    waits = re.findall(r"proxy_read_timeout (\d+)s;", config)
    patience = COMPOSE["edge-lgwan"]["environment"]["PATIENCE"].removesuffix("s")
    assert min(map(int, waits)) > max(TOTAL_SECONDS, TRIAL_SECONDS, BULK_SECONDS)
    assert int(patience) > UPLOAD_SECONDS


def test_prometheus_scrapes_every_program_at_its_operators_port() -> None:
    config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    targets = {
        target
        for job in config["scrape_configs"]
        for group in job["static_configs"]
        for target in group["targets"]
    }
    port = image_environment()["OPS_PORT"]
    ours = {target for target in targets if target.split(":")[0] in PROGRAMS}
    assert ours == {f"{program}:{port}" for program in PROGRAMS}
    assert {target.split(":")[0] for target in targets} <= set(COMPOSE)


@pytest.mark.parametrize("service", SERVICES)
def test_operators_can_list_and_redrive_the_dead_letters_of_every_service(service: str) -> None:
    """What the commands do is tested beside libs/common/redrive.py."""
    main = (ROOT / "services" / service / "__main__.py").read_text()
    words = set(re.findall(r'case \["([a-z-]+)"\]', main))
    assert {"migrate", "redrive", "dead-letters"} <= words
