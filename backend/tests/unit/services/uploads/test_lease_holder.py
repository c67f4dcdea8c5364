import os
import socket
import subprocess
import sys
from unittest import mock

from src.services.uploads.lease_holder import is_known_dead, this_process

HOST = this_process().rsplit(":", 2)[0]


def ended_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_process_keeps_its_name() -> None:
    assert this_process() == this_process()


def test_the_name_tells_the_host_and_the_process() -> None:
    host, pid, nonce = this_process().rsplit(":", 2)
    assert host.startswith(socket.gethostname()[:200] + "/")
    assert int(pid) == os.getpid()
    assert nonce


def test_a_forked_process_gets_a_name_of_its_own() -> None:
    nonce = this_process().rsplit(":", 1)[1]
    with mock.patch("os.getpid", return_value=os.getpid() + 1):
        child = this_process()
    assert child.rsplit(":", 1)[1] != nonce


def test_this_process_is_not_dead() -> None:
    assert not is_known_dead(this_process())


def test_an_ended_process_of_this_host_is_dead() -> None:
    assert is_known_dead(f"{HOST}:{ended_pid()}:0123456789ab")


def test_a_running_process_of_this_host_is_not_dead() -> None:
    assert not is_known_dead(f"{HOST}:{os.getppid()}:0123456789ab")


def test_a_process_of_somebody_else_that_runs_is_not_dead() -> None:
    with mock.patch("os.kill", side_effect=PermissionError):
        assert not is_known_dead(f"{HOST}:{os.getppid()}:0123456789ab")


def test_an_earlier_process_with_our_number_is_dead() -> None:
    assert is_known_dead(f"{HOST}:{os.getpid()}:0123456789ab")


def test_nothing_is_known_of_the_processes_of_another_host() -> None:
    assert not is_known_dead(f"elsewhere-{HOST}:{ended_pid()}:0123456789ab")


def test_a_host_name_with_colons_is_understood() -> None:
    with mock.patch("socket.gethostname", return_value="fe80::1"):
        host = HOST.replace(socket.gethostname(), "", 1).rpartition("/")[2]
        assert is_known_dead(f"fe80::1/{host}:{ended_pid()}:0123456789ab")


def test_nothing_is_known_of_another_container_with_the_same_host_name() -> None:
    name = f"{socket.gethostname()}/4026530000"
    assert not is_known_dead(f"{name}:{ended_pid()}:0123456789ab")


def test_looking_after_a_process_does_not_harm_it() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert not is_known_dead(f"{HOST}:{process.pid}:0123456789ab")
        assert process.poll() is None
        process.communicate(b"\n", timeout=10)
    assert process.returncode == 0
