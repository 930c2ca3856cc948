"""What compose says about containers, as the smoke test reads it."""

import pytest

from dev.compose import Container, NoEngine, compose_command


@pytest.mark.parametrize(
    ("container", "well", "failed"),
    [
        (Container("migrate", "exited", "", 0), True, False),
        (Container("migrate", "exited", "", 1), False, True),
        (Container("booking", "running", "healthy", 0), True, False),
        (Container("booking", "running", "starting", 0), False, False),
        (Container("booking", "running", "unhealthy", 0), False, True),
        (Container("mailpit", "running", "", 0), True, False),
        (Container("edge", "created", "", 0), False, False),
        (Container("edge", "restarting", "", 1), False, True),
    ],
)
def test_a_container_is_well_failed_or_on_its_way(
    container: Container, well: bool, failed: bool
) -> None:
    assert (container.well, container.failed) == (well, failed)


def test_without_an_engine_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    with pytest.raises(NoEngine, match="needs a Docker engine"):
        compose_command()
