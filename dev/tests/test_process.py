"""Children of the stack: they start, they die when they should, and never outlive their parent."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import aiosmtplib
import psutil
import pytest

from dev.account import ROOT
from dev.errors import CannotStart
from dev.mailsink import parse
from dev.process import free_port, taken
from dev.service import Service, run_command
from dev.tests.test_mailsink import mail

PARENT = """
import os, sys, time
from pathlib import Path
from dev.process import spawn
child = spawn(["sleep", "600"], log=Path(sys.argv[1]), env=os.environ)
print(child.pid, flush=True)
time.sleep(600)
"""


def sink(tmp_path: Path) -> Service:
    ports = {"SMTP_PORT": str(free_port()), "PAGE_PORT": str(free_port())}
    env = {"MAIL_DIRECTORY": str(tmp_path / "mail"), **ports}
    url = f"http://127.0.0.1:{ports['PAGE_PORT']}/ready"
    return Service("mail", "dev.mailsink", env, tmp_path / "mail.log", url)


def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", PARENT, str(tmp_path / "log")]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout
        child = psutil.Process(int(parent.stdout.readline()))
        assert child.is_running()
        parent.send_signal(signal.SIGKILL)
    psutil.wait_procs([child], timeout=10)
    assert not psutil.pid_exists(child.pid) or child.status() == psutil.STATUS_ZOMBIE


async def test_a_killed_program_starts_again_with_what_it_kept(tmp_path: Path) -> None:
    service = sink(tmp_path)
    service.start()
    try:
        await service.wait_ready()
        port = int(service.env["SMTP_PORT"])
        await aiosmtplib.send(mail("first"), hostname="127.0.0.1", port=port)
        service.kill()
        assert not service.alive
        service.start()
        await service.wait_ready()
        await aiosmtplib.send(mail("second"), hostname="127.0.0.1", port=port)
    finally:
        service.terminate()
    files = sorted((tmp_path / "mail").glob("*.eml"))
    assert [parse(file.read_bytes())["Subject"] for file in files] == ["first", "second"]


async def test_a_program_that_cannot_start_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    service = sink(tmp_path)
    service.env["SMTP_PORT"] = "no number"
    service.start()
    with pytest.raises(CannotStart, match=r"(?s)mail stopped while starting:.*invalid literal"):
        await service.wait_ready()


async def test_a_failed_command_is_reported_with_its_output() -> None:
    with pytest.raises(CannotStart, match="Usage: python -m dev up"):
        await run_command("dev", "down", env={})


def test_a_port_is_taken_while_somebody_listens(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port := free_port())]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        try:
            while not taken(port):
                os.sched_yield()
        finally:
            server.terminate()
            server.communicate()
    assert not taken(port)
