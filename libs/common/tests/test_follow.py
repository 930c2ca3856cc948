"""One request id shows what a click led to, out of the logs of all processes."""

import json
import logging
import subprocess
import sys
from pathlib import Path

from libs.common.logs import JsonFormatter, as_request, fields

CLICK, OTHER = "a" * 32, "b" * 32


def _line(service: str, event: str, at: str, request: str = CLICK) -> str:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, event, None, None)
    record.__dict__.update(fields(office="honcho"))
    with as_request(request):
        line = json.loads(JsonFormatter(service).format(record))
    return json.dumps({**line, "at": at}, ensure_ascii=False)


def _follow(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "libs.common.follow", *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, check=False)


def test_door_service_and_fact_come_in_the_order_of_their_times() -> None:
    logs = [
        "notify-1    | " + _line("notify", "mail sent", "2026-12-01T00:00:03.000+00:00"),
        "booking-1   | " + _line("booking", "booked", "2026-12-01T00:00:02.000+00:00"),
        "internet-1  | " + _line("internet", "request", "2026-12-01T00:00:01.000+00:00"),
        "internet-1  | " + _line("internet", "of others", "2026-12-01T00:00:01.500+00:00", OTHER),
    ]
    answer = _follow(CLICK, given="\n".join(logs))
    rows = [row.split()[1] for row in answer.stdout.splitlines()]
    assert (answer.returncode, rows) == (0, ["internet", "booking", "notify"])
    assert "of others" not in answer.stdout
    assert answer.stdout.count("office=honcho") == 3


def test_several_files_are_read_and_broken_lines_passed_over(tmp_path: Path) -> None:
    door, service = tmp_path / "door.log", tmp_path / "service.log"
    door.write_text(_line("internet", "request", "2026-12-01T00:00:01.000+00:00") + "\n")
    whole = _line("booking", "booked", "2026-12-01T00:00:02.000+00:00")
    elsewhere = _line("booking", f"not of {CLICK}", "2026-12-01T00:00:04.000+00:00", OTHER)
    bare = json.dumps({"request_id": CLICK})
    service.write_text(f"{whole[:-5]}\nno log {CLICK} {{\n{bare}\n{whole}\n{elsewhere}\n")
    answer = _follow(CLICK, str(door), str(service))
    assert [row.split()[1] for row in answer.stdout.splitlines()] == ["internet", "booking"]


def test_an_unknown_id_says_that_nothing_was_found() -> None:
    answer = _follow(OTHER, given=_line("internet", "request", "2026-12-01T00:00:01.000+00:00"))
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "No line has this request id" in answer.stderr
