# SPDX-License-Identifier: Apache-2.0
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shipway.base import supervisor

SCRIPT = supervisor.__file__

DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    signals = sys.argv[2:]
    if signals:
        import signal
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with open(sys.argv[1] + ".new", "w") as stream:
        stream.write(str(os.getpid()))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    time.sleep(60)
    os._exit(0)
os.wait()
while not os.path.exists(sys.argv[1]):
    time.sleep(0.005)
"""

RUNNER = """
import sys
from pathlib import Path
from shipway.base.processes import run
run(sys.argv[2:], cwd=Path(sys.argv[1]))
"""


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stream:
            return stream.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def eventually(condition, seconds=8.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False


def supervise(*argv, grace="0.3"):
    """The supervisor with a lifeline that we hold."""
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", SCRIPT, str(reading), grace, "--", *argv],
        pass_fds=(reading,),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    os.close(reading)
    return process, writing


def read_pid(path):
    assert eventually(path.exists)
    return int(path.read_text())


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 9", 9), ("kill -9 $$", 137)])
def test_the_exit_code_is_the_programs(script, code):
    process, writing = supervise("/bin/sh", "-c", script)
    assert process.wait(5) == code
    os.close(writing)


def test_a_program_that_cant_be_started_is_named(tmp_path):
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF nonsense")
    broken.chmod(0o755)
    process, writing = supervise(str(broken))
    said, _ = process.communicate(timeout=5)
    os.close(writing)
    assert process.returncode == supervisor.CANT_START
    assert b"broken can't be started: Exec format error" in said


def test_a_daemon_left_behind_ends_with_the_program(tmp_path):
    pid_file = tmp_path / "pid"
    process, writing = supervise(sys.executable, "-c", DAEMON, str(pid_file))
    assert process.wait(10) == 0
    os.close(writing)
    assert not alive(int(pid_file.read_text()))


def test_a_daemon_that_ignores_sigterm_is_killed(tmp_path):
    pid_file = tmp_path / "pid"
    process, writing = supervise(sys.executable, "-c", DAEMON, str(pid_file), "stubborn")
    assert process.wait(10) == 0
    os.close(writing)
    assert not alive(int(pid_file.read_text()))


def test_letting_go_of_the_lifeline_ends_everything(tmp_path):
    script = "sleep 60 & echo $! > pid.new; mv pid.new pid; wait"
    process, writing = supervise("/bin/sh", "-c", f"cd {tmp_path}; {script}")
    pid = read_pid(tmp_path / "pid")
    os.close(writing)
    assert process.wait(5) == 128 + signal.SIGTERM
    assert not alive(pid)


def test_a_stopped_process_ends_too(tmp_path):
    script = f"echo $$ > {tmp_path}/pid.new; mv {tmp_path}/pid.new {tmp_path}/pid; kill -STOP $$"
    process, writing = supervise("/bin/sh", "-c", script)
    pid = read_pid(tmp_path / "pid")
    os.close(writing)
    assert process.wait(5) >= 128
    assert not alive(pid)


def test_sigterm_ends_everything(tmp_path):
    script = f"echo $$ > {tmp_path}/pid.new; mv {tmp_path}/pid.new {tmp_path}/pid; sleep 60"
    process, writing = supervise("/bin/sh", "-c", script)
    pid = read_pid(tmp_path / "pid")
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 128 + signal.SIGTERM
    os.close(writing)
    assert not alive(pid)


def test_nothing_outlives_a_runner_that_is_killed(tmp_path):
    pid_file, ready = tmp_path / "pid", tmp_path / "ready"
    program = DAEMON + "open(sys.argv[1] + '.main', 'w').write(str(os.getpid())); time.sleep(60)"
    runner = subprocess.Popen(
        [sys.executable, "-c", RUNNER, str(tmp_path), sys.executable, "-c", program, str(pid_file)],
        env={**os.environ, "PYTHONPATH": str(Path(SCRIPT).parents[2])},
    )
    daemon = read_pid(pid_file)
    ready = Path(f"{pid_file}.main")
    assert eventually(lambda: ready.exists() and ready.read_text())
    program_pid = int(ready.read_text())
    assert alive(daemon)
    assert alive(program_pid)
    runner.kill()
    runner.wait()
    assert eventually(lambda: not alive(daemon) and not alive(program_pid))


def test_the_program_dies_with_its_supervisor(tmp_path):
    script = f"echo $$ > {tmp_path}/pid.new; mv {tmp_path}/pid.new {tmp_path}/pid; exec sleep 60"
    process, writing = supervise("/bin/sh", "-c", script)
    pid = read_pid(tmp_path / "pid")
    process.kill()
    process.wait()
    os.close(writing)
    assert eventually(lambda: not alive(pid))
