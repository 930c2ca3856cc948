"""A log line is one JSON object, with the request id and without what people typed."""

import asyncio
import json
import logging
import subprocess
import sys
from typing import Any

from dev.account import ROOT
from libs.common.logs import JsonFormatter, describe_error, fields, note_unhandled, request_id


def line(record: logging.LogRecord) -> dict[str, Any]:
    text = JsonFormatter("booking").format(record)
    assert "\n" not in text
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def record(**values: Any) -> logging.LogRecord:
    return logging.makeLogRecord({"name": "x", "levelname": "INFO", "msg": "event", **values})


def a_failure() -> BaseException:
    try:
        int("born 1950-01-02")
    except ValueError as cause:
        error = KeyError("Oita Taro").with_traceback(cause.__traceback__)
        error.__cause__ = cause
        return error
    raise AssertionError


def test_a_line_has_service_event_request_and_fields() -> None:
    token = request_id.set("f" * 32)
    try:
        found = line(record(**fields(office="honcho", count=3)))
    finally:
        request_id.reset(token)
    assert found["service"] == "booking"
    assert found["event"] == "event"
    assert found["request_id"] == "f" * 32
    assert (found["office"], found["count"]) == ("honcho", 3)


def test_an_exception_shows_its_kind_and_place_but_never_its_message() -> None:
    error = a_failure()
    text = JsonFormatter("booking").format(
        record(exc_info=(type(error), error, error.__traceback__))
    )
    assert "KeyError at test_logs.py:" in text
    assert "from ValueError" in text
    assert "Taro" not in text
    assert "1950" not in text


def test_a_line_break_in_a_value_stays_inside_its_line() -> None:
    assert line(record(msg="a\nb"))["event"] == "a\nb"


def test_the_description_of_an_error_holds_no_values() -> None:
    assert "1950" not in describe_error(a_failure())


async def test_a_task_that_nobody_watched_shows_no_message_either(
    caplog: Any,
) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(note_unhandled)

    async def fail() -> None:
        raise ValueError("Oita Taro")

    failing = asyncio.create_task(fail())
    await asyncio.wait({failing})
    del failing
    loop.set_exception_handler(None)
    [noted] = caplog.records
    assert "ValueError" in JsonFormatter("booking").format(noted)
    assert "Taro" not in JsonFormatter("booking").format(noted)


def test_a_warning_is_a_line_like_others_and_quotes_nothing() -> None:
    """What Python writes by itself is two lines of text, with the message."""
    script = (
        "import warnings; from libs.common.logs import configure; "
        "configure('booking', 'INFO'); warnings.warn('Oita Taro', RuntimeWarning)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    (found,) = [json.loads(one) for one in (done.stdout + done.stderr).splitlines()]
    assert (found["level"], found["kind"]) == ("WARNING", "RuntimeWarning")
    assert "Taro" not in done.stdout
