"""RunTask -> a real process: what moto's ECS leaves out, so that a task's command truly runs on this machine.

A task gets the environment of its definition, then of the override, then its secrets as Secrets Manager has them;
beside it only what a machine of AWS would give: where AWS and X are, and the task role's credentials. Its lines go
to the log group that its definition names; its exit code to the task; StopTask sends SIGTERM, then SIGKILL.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.ecs.models import EC2ContainerServiceBackend
from moto.server import ThreadedMotoServer

REGION = "sa-east-1"


@dataclass
class Started:
    """One task's process, and everything it was started with but its secrets."""

    task: Any
    process: subprocess.Popen[str]
    command: list[str]
    environment: dict[str, str]
    done: threading.Event = field(default_factory=threading.Event)


class LocalEcs:
    """A moto server on loopback whose ECS starts processes."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.started: list[Started] = []
        self.world: dict[str, str] = {}
        """What the place a task runs in tells it."""
        self._folder = folder
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        self._plain_run, self._plain_stop = EC2ContainerServiceBackend.run_task, EC2ContainerServiceBackend.stop_task
        ecs = self
        patch.setattr(EC2ContainerServiceBackend, "run_task", lambda backend, *given: ecs._run(backend, *given))  # noqa: PLW0108
        patch.setattr(EC2ContainerServiceBackend, "stop_task", lambda backend, *given: ecs._stop(backend, *given))  # noqa: PLW0108
        # moto asks a Fargate container for memory of its own; AWS does not.
        patch.setattr(EC2ContainerServiceBackend, "_calculate_task_resource_requirements", lambda *_: {})

    @property
    def url(self) -> str:
        """Where this AWS answers."""
        host, port = self._server.get_host_and_port()
        return f"http://{host}:{port}"

    def client(self, service: str) -> Any:
        """Return a boto3 client of it."""
        return boto3.client(
            service, endpoint_url=self.url, region_name=REGION,
            aws_access_key_id="testing", aws_secret_access_key="testing",
        )  # fmt: skip

    @staticmethod
    def kill(started: Started) -> None:
        """End a task as its host's loss would: every process of it at once, none with a last word."""
        family = [started.process.pid]
        for parent in family:  # grows while it is walked
            os.kill(parent, signal.SIGSTOP)  # so that it bears no more children
            family += _children(parent)
        for process in family:
            os.kill(process, signal.SIGKILL)

    def close(self) -> None:
        """End every task and the server."""
        for each in self.started:
            if not each.done.is_set():
                self.kill(each)
            each.done.wait(20)
        self._server.stop()

    def running(self) -> list[Started]:
        """Return the tasks whose processes live."""
        return [each for each in self.started if not each.done.is_set()]

    def _run(self, backend: Any, *given: Any) -> list[Any]:
        tasks: list[Any] = self._plain_run(backend, *given)
        definition = backend.describe_task_definition(given[1])
        for task in tasks:
            self._start(task, definition, task.overrides["containerOverrides"][0])
        return tasks

    def _start(self, task: Any, definition: Any, override: Mapping[str, Any]) -> None:
        container = definition.container_definitions[0]
        plain = _named(container.get("environment")) | _named(override.get("environment"))
        folder = self._folder / task.id
        folder.mkdir(parents=True)
        process = subprocess.Popen(
            override["command"], cwd=folder, start_new_session=True, text=True,
            env={"HOME": str(folder), **self.world, **plain, **self._secrets(container)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        started = Started(task, process, list(override["command"]), plain)
        self.started.append(started)
        options = container["logConfiguration"]["options"]
        threading.Thread(target=self._watch, args=(started, options), daemon=True).start()

    def _secrets(self, container: Mapping[str, Any]) -> dict[str, str]:
        manager = self.client("secretsmanager")
        return {
            secret["name"]: manager.get_secret_value(SecretId=secret["valueFrom"])["SecretString"]
            for secret in container.get("secrets", [])
        }

    def _watch(self, started: Started, options: Mapping[str, str]) -> None:
        """Carry the task's lines to its log group, and its end to ECS."""
        logs, group = self.client("logs"), options["awslogs-group"]
        stream = f"{options['awslogs-stream-prefix']}/prefect/{started.task.id}"
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        assert started.process.stdout is not None
        lines = [{"timestamp": int(time.time() * 1000), "message": line or " "} for line in started.process.stdout]
        if lines:
            logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=lines)
        started.task.containers[0].exit_code = started.process.wait() % 256
        started.task.last_status = started.task.desired_status = "STOPPED"
        started.done.set()

    def _stop(self, backend: Any, *given: Any) -> Any:
        task = self._plain_stop(backend, *given)
        started = next(each for each in self.started if each.task is task)
        threading.Thread(target=_end, args=(started,), daemon=True).start()
        return task


def _end(started: Started, patience: float = 120) -> None:
    _send(started.process, signal.SIGTERM)
    if not started.done.wait(patience):
        _send(started.process, signal.SIGKILL)


def _send(process: subprocess.Popen[str], number: signal.Signals) -> None:
    if process.poll() is None:
        os.killpg(process.pid, number)


def _children(parent: int) -> list[int]:
    """Return the processes that a process has started and that live."""
    return [int(status.parent.name) for status in Path("/proc").glob("[0-9]*/stat") if _parent(status) == parent]


def _parent(status: Path) -> int:
    """Return a process's parent, or 0 if it has just ended (proc(5): the second field after the name)."""
    try:
        return int(status.read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _named(pairs: list[dict[str, str]] | None) -> dict[str, str]:
    return {pair["name"]: pair["value"] for pair in pairs or []}
