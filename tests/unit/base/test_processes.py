# SPDX-License-Identifier: Apache-2.0
import os
import sys
import threading
import time

import pytest

from shipway.base import processes
from shipway.base.errors import InputError
from shipway.base.processes import CaptureError, capture, run, secrets_in, which

SUPERVISED = pytest.mark.parametrize("supervised", [True, False])


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stream:
            return stream.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def eventually(condition, seconds=5.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False


@SUPERVISED
def test_output_is_merged_streamed_and_kept(tmp_path, supervised):
    lines = []
    done = run(
        ["sh", "-c", "echo one; echo two >&2; printf three"],
        cwd=tmp_path,
        on_line=lines.append,
        log=tmp_path / "logs" / "a.log",
        supervised=supervised,
    )
    assert (done.returncode, done.timed_out, done.cancelled) == (0, False, False)
    assert lines == ["one", "two", "three"]
    assert done.tail == "one\ntwo\nthree"
    assert (tmp_path / "logs" / "a.log").read_bytes() == b"one\ntwo\nthree"


@SUPERVISED
@pytest.mark.parametrize(
    ("script", "code"), [("exit 3", 3), ("kill -9 $$", -9), ("kill -15 $$", -15), ("exit 200", 200)]
)
def test_exit_codes_and_signals_pass_through(tmp_path, supervised, script, code):
    assert run(["sh", "-c", script], cwd=tmp_path, supervised=supervised).returncode == code


@SUPERVISED
def test_arguments_environment_and_folder_arrive_unchanged(tmp_path, supervised):
    argv = ["sh", "-c", 'printf "%s|" "$@" "$ONLY" "$HOME" "$PWD"', "x", "a b", "$HOME", "", "é*"]
    env = {"PATH": os.environ["PATH"], "ONLY": "this"}
    done = run(argv, cwd=tmp_path, env=env, supervised=supervised)
    assert done.tail == f"a b|$HOME||é*|this||{tmp_path}|"


@SUPERVISED
def test_a_line_arrives_before_the_process_ends(tmp_path, supervised):
    seen = []

    def note(line):
        seen.append(line)
        (tmp_path / "go").touch()

    script = "echo ready; while [ ! -e go ]; do sleep 0.01; done; echo over"
    done = run(["sh", "-c", script], cwd=tmp_path, on_line=note, timeout=5, supervised=supervised)
    assert seen == ["ready", "over"]
    assert not done.timed_out


@SUPERVISED
def test_time_out_ends_grandchildren_too(tmp_path, supervised):
    script = "sleep 60 & echo $! > pid; echo begun; wait"
    done = run(["sh", "-c", script], cwd=tmp_path, timeout=0.3, supervised=supervised)
    assert done.timed_out
    assert not done.cancelled
    assert done.returncode != 0
    assert done.seconds < 2
    assert done.tail.startswith("begun")
    pid = int((tmp_path / "pid").read_text())
    assert eventually(lambda: not alive(pid))


@SUPERVISED
def test_cancelling_is_prompt_and_last_words_are_heard(tmp_path, supervised):
    cancelled = threading.Event()
    script = "trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.01; done"
    done = run(
        ["sh", "-c", script],
        cwd=tmp_path,
        on_line=lambda line: cancelled.set(),
        cancelled=cancelled,
        supervised=supervised,
    )
    assert done.cancelled
    assert done.seconds < 1.5
    assert done.tail.startswith("up\n")
    assert done.tail.endswith("bye")
    assert done.returncode == 7


def test_one_that_ignores_sigterm_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr("shipway.base.children.GRACE", 0.3)
    done = run(["sh", "-c", "trap '' TERM; sleep 60"], cwd=tmp_path, timeout=0.2)
    assert done.timed_out
    assert done.returncode == -9
    assert done.seconds < 5


@SUPERVISED
def test_a_listener_that_raises_leaves_no_process(tmp_path, supervised):
    def refuse(line):
        raise KeyboardInterrupt

    script = "echo $$ > pid; echo x; exec sleep 60"
    with pytest.raises(KeyboardInterrupt):
        run(["sh", "-c", script], cwd=tmp_path, on_line=refuse, supervised=supervised)
    assert not alive(int((tmp_path / "pid").read_text()))


def test_a_daemon_that_keeps_the_pipe_does_not_hold_an_unsupervised_run(tmp_path):
    done = run(
        ["sh", "-c", "sleep 3 & echo $!"], cwd=tmp_path, supervised=False, on_line=lambda line: None
    )
    assert done.seconds < 2
    os.kill(int(done.tail), 9)


def test_a_process_that_closes_its_output_is_waited_for(tmp_path):
    done = run(["sh", "-c", "exec >&- 2>&-; sleep 0.2; exit 5"], cwd=tmp_path)
    assert done.returncode == 5
    assert done.seconds >= 0.2


@SUPERVISED
def test_passed_descriptors_arrive_and_end_with_the_process(tmp_path, supervised):
    reading, writing = os.pipe()
    done = run(
        [sys.executable, "-c", f"import os; os.write({writing}, b'event')"],
        cwd=tmp_path,
        pass_fds=(writing,),
        supervised=supervised,
    )
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        assert stream.read() == b"event"
    assert done.returncode == 0


@SUPERVISED
def test_nothing_else_is_inherited(tmp_path, supervised):
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    try:
        done = run(["ls", "/proc/self/fd"], cwd=tmp_path, supervised=supervised)
    finally:
        os.close(reading)
        os.close(writing)
    assert done.tail.split() == ["0", "1", "2", "3"]  # 3 is ls reading the folder


def test_standard_input_is_empty(tmp_path):
    assert run(["cat"], cwd=tmp_path, timeout=5).returncode == 0


def test_secrets_never_show(tmp_path):
    lines = []
    env = {"PATH": os.environ["PATH"], "API_TOKEN": "s3cr3t-value"}
    done = run(
        ["sh", "-c", "echo token=$API_TOKEN."],
        cwd=tmp_path,
        env=env,
        secrets=secrets_in(env),
        on_line=lines.append,
        log=tmp_path / "log",
    )
    assert lines == ["token=****."]
    assert done.tail == "token=****."
    assert (tmp_path / "log").read_text() == "token=****.\n"


def test_which_variables_are_secret():
    environ = {
        "GITHUB_TOKEN": "ghp_abcdef",
        "AWS_SECRET_ACCESS_KEY": "longer-than-that",
        "PGPASSWORD": "hunter22",
        "DATABASE_URL": "postgres://me:pass-word@host/db",
        "SHORT_KEY": "abc",
        "GIT_AUTHOR_NAME": "Ada Lovelace",
        "MAX_TOKENS_SEEN": "1000000",
        "KEYBOARD": "us-intl",
        "HOME": "/home/ada",
    }
    assert secrets_in(environ) == ("longer-than-that", "ghp_abcdef", "pass-word", "hunter22")


def test_an_unknown_command_is_named_before_anything_starts(tmp_path):
    with pytest.raises(InputError, match="'no-such-command' was not found"):
        run(["no-such-command", "x"], cwd=tmp_path, log=tmp_path / "log")
    assert not (tmp_path / "log").exists()


def test_a_file_that_is_not_executable_is_named(tmp_path):
    (tmp_path / "run.sh").write_text("#!/bin/sh\n")
    with pytest.raises(InputError, match="not executable") as caught:
        run(["./run.sh"], cwd=tmp_path)
    assert caught.value.cure == "Make it so: chmod +x ./run.sh"


def test_a_missing_folder_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="folder"):
        run(["true"], cwd=tmp_path / "gone")


def test_a_zero_byte_in_an_argument_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="can't be started"):
        run(["echo", "a\0b"], cwd=tmp_path, supervised=False)


def test_a_shell_line_is_refused(tmp_path):
    with pytest.raises(TypeError):
        run("echo hi", cwd=tmp_path)


def test_which_looks_in_the_given_path_and_folder(tmp_path):
    tool = tmp_path / "bin" / "tool"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\n")
    assert which("tool", {"PATH": str(tool.parent)}) is None
    tool.chmod(0o755)
    assert which("tool", {"PATH": str(tool.parent)}) == str(tool)
    assert which("bin/tool", {}, tmp_path) == str(tool)
    assert which("tool", {"PATH": "bin"}, tmp_path) == str(tool)
    assert which("bin", {"PATH": str(tmp_path)}) is None
    assert which("", {"PATH": str(tmp_path)}) is None


def test_capture_gives_bytes_and_keeps_errors_apart(tmp_path):
    assert capture(["sh", "-c", "printf 'a\\0b'; echo x >&2"], tmp_path) == b"a\0b"
    with pytest.raises(CaptureError) as caught:
        capture(["sh", "-c", "echo broken >&2; exit 4"], tmp_path)
    assert caught.value.returncode == 4
    assert caught.value.said == "broken"


def test_capture_gives_up_after_its_time(tmp_path):
    with pytest.raises(processes.OutsideError, match="longer than"):
        capture(["sleep", "5"], tmp_path, timeout=0.1)


def test_many_at_once_do_not_hold_each_other_up(tmp_path):
    results = []

    def one(seconds):
        results.append(run(["sleep", seconds], cwd=tmp_path).seconds)

    threads = [threading.Thread(target=one, args=(text,)) for text in ("0.01", "0.3", "0.01")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert min(results) < 0.25
    assert len(results) == 3


def test_what_a_program_leaves_running_is_named_and_ended(tmp_path):
    heard = []
    script = (
        "import subprocess, sys; print('done', flush=True);"
        "subprocess.Popen(['sleep', '123'], start_new_session=True)"
    )
    ended = run([sys.executable, "-c", script], cwd=tmp_path, on_line=heard.append)
    assert (ended.returncode, ended.left_running) == (0, "sleep 123")
    assert heard[:1] == ["done"]
    assert not any("sleep" in line for line in heard)


def test_what_ends_by_itself_in_a_moment_is_not_named(tmp_path):
    script = "import subprocess; subprocess.Popen(['sleep', '0.05'], start_new_session=True)"
    assert run([sys.executable, "-c", script], cwd=tmp_path).left_running == ""
