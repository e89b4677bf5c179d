"""A small Dask cluster whose scheduler and workers are processes of their own, to be killed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


class Cluster:
    """A Dask scheduler and two workers, each a process of its own."""

    def __init__(self, scratch: Path) -> None:
        self.processes: list[subprocess.Popen[str]] = []
        self.environment = os.environ | {
            "OPENBLAS_NUM_THREADS": "1",
            "DASK_TEMPORARY_DIRECTORY": str(scratch),
        }

    def begin(self) -> None:
        self.scheduler = self.start("scheduler", "--port", "0")
        self.address = self.said(self.scheduler, "Scheduler at:")
        options = ("--no-nanny", "--nthreads", "1")
        self.workers = [self.start("worker", self.address, *options) for _ in range(2)]
        for worker in self.workers:
            self.said(worker, "Registered to:")

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "dask", *words, "--host", "127.0.0.1", "--no-dashboard"]
        process = subprocess.Popen(
            command, env=self.environment, stderr=subprocess.PIPE, text=True
        )
        self.processes.append(process)
        return process

    def said(self, process: subprocess.Popen[str], words: str) -> str:
        """Wait for the line with these words, and give the last of them, an address."""
        return next(line for line in process.stderr or () if words in line).split()[-1]

    def end(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.communicate()


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """Start a scheduler and two workers, each a process of its own."""
    pytest.importorskip("distributed")
    monkeypatch.setattr("colonnade.core.work.cluster.PATIENCE", 60.0)  # on a busy machine
    made = Cluster(tmp_path / "scratch")
    try:
        made.begin()
        yield made
    finally:
        made.end()
