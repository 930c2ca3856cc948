"""Stops the processes of a parent that died without stopping them itself (even by kill -9).

The parent writes one line "pid signal started" per process into our standard input. When that
closes, whatever is still running gets its signal, newest first, then SIGKILL after a while.
"""

import os
import signal
import sys

import psutil

PATIENCE_SECONDS = 10


def find(line: str) -> tuple[psutil.Process, int] | None:
    """The process a line names, unless it is gone and its number was given away."""
    pid, number, started = line.split()
    try:
        process = psutil.Process(int(pid))
        return (process, int(number)) if abs(process.create_time() - float(started)) < 1 else None
    except psutil.NoSuchProcess:
        return None


def end(processes: list[tuple[psutil.Process, int]]) -> None:
    for process, number in reversed(processes):
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            continue
    _, alive = psutil.wait_procs([process for process, _ in processes], PATIENCE_SECONDS)
    for process in alive:
        process.kill()


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.chdir("/")
    lines = sys.stdin.read().splitlines()
    end([found for found in map(find, lines) if found])


if __name__ == "__main__":
    main()
