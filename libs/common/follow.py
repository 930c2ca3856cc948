"""`python3 -m libs.common.follow REQUEST_ID [FILE…]`: what followed from a click, by time.

It reads logs of any number of processes, from files or standard input, with or without the name
that `docker compose logs` or `kubectl logs --prefix` puts before a line. It needs no library.
"""

import argparse
import fileinput
import json
import sys
from collections.abc import Iterable
from typing import Any

Line = dict[str, Any]
_SHOWN_FIRST = ("at", "level", "service", "logger", "request_id", "event")


def lines_of(request_id: str, texts: Iterable[str]) -> list[Line]:
    """The log lines of one request by time; what is no log line is passed over."""
    found = [line for text in texts if request_id in text and (line := _parse(text))]
    return sorted(
        (line for line in found if line["request_id"] == request_id), key=lambda line: line["at"]
    )


def _parse(text: str) -> Line | None:
    try:
        line = json.loads(text[text.index("{") :])
    except ValueError:
        return None
    return line if isinstance(line, dict) and {*_SHOWN_FIRST} <= line.keys() else None


def shown(line: Line) -> str:
    rest = [f"{name}={value}" for name, value in line.items() if name not in _SHOWN_FIRST]
    return "  ".join([line["at"], f"{line['service']:<12}", line["level"], line["event"], *rest])


def main() -> int:
    parser = argparse.ArgumentParser(prog="follow", description="What followed from a click.")
    parser.add_argument("request_id")
    parser.add_argument("files", nargs="*", help="logs; standard input without any")
    given = parser.parse_args()
    with fileinput.input(given.files or ("-",), encoding="utf-8", errors="replace") as texts:
        found = lines_of(given.request_id, texts)
    sys.stdout.writelines(f"{shown(line)}\n" for line in found)
    if not found:
        sys.stderr.write("No line has this request id. Are the logs of that time there?\n")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
