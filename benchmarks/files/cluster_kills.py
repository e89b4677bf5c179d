"""Kill a worker, then the scheduler of a cluster amid a batch, and compare with a quiet run.

    python benchmarks/files/cluster_kills.py --images 24 --scratch FOLDER

A scheduler and two workers are processes of their own, of this machine; `upscale` gives images to
them. The same command is then given to a new scheduler, until nothing is left to do.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from kill_works import differences

import colonnade
from colonnade.core.files.batch import sample

HANGS = 300.0
"""A command that has not ended so long after the scheduler's death hangs [s]."""


class Cluster:
    """A scheduler and two workers.

    Parameters
    ----------
    scratch
        Folder for what Dask writes.
    """

    def __init__(self, scratch: Path) -> None:
        self.environment = os.environ | {"DASK_TEMPORARY_DIRECTORY": str(scratch)}
        self.scheduler = self._start("scheduler", "--port", "0")
        self.address = self._said(self.scheduler, "Scheduler at:")
        options = ("--no-nanny", "--nthreads", "1")
        self.workers = [self._start("worker", self.address, *options) for _ in range(2)]
        for worker in self.workers:
            self._said(worker, "Registered to:")

    def end(self) -> None:
        """Kill what is left of it."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.communicate()

    def _start(self, *words: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "dask", *words, "--host", "127.0.0.1", "--no-dashboard"]
        return subprocess.Popen(command, env=self.environment, stderr=subprocess.PIPE, text=True)

    @staticmethod
    def _said(process: "subprocess.Popen[str]", words: str) -> str:
        return next(line for line in process.stderr or () if words in line).split()[-1]


def command(folder: Path, out: str, *options: str) -> "subprocess.Popen[str]":
    """Start the command."""
    words = ["upscale", "images", "--out", out, *options]
    return subprocess.Popen(
        [sys.executable, "-m", "colonnade", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(process: "subprocess.Popen[str]", out: Path, images: int) -> None:
    """Wait until so many images are done."""
    while len(list(out.glob("sem*.json"))) < images and process.poll() is None:
        time.sleep(0.05)


def write_images(folder: Path, count: int) -> None:
    """Write noisy copies of the sample."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    sem = colonnade.read(sample("sem.tif")).pixels[:96, :128]
    for number in range(count):
        noisy = np.clip(sem + rng.normal(0, 2, sem.shape), 0, 255).astype(np.uint8)
        colonnade.write_tiff(folder / f"sem{number:03d}.tif", noisy, (5.0, 5.0))


def main() -> None:
    """Read the command line, and print what happened."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=24)
    parser.add_argument("--scratch", type=Path, required=True)
    arguments = parser.parse_args()
    folder = arguments.scratch.absolute() / "cluster-kills"
    write_images(folder / "images", arguments.images)
    if command(folder, "quiet", "--workers", "1").wait():
        raise RuntimeError("the command fails without any fault")
    for victim in ("a worker", "the scheduler"):
        _survive(victim, folder, arguments.images)


def _survive(victim: str, folder: Path, images: int) -> None:
    """Kill a process of a cluster when a third of the images is done."""
    out = folder / victim.split()[-1]
    cluster = Cluster(folder / "dask")
    running = command(folder, out.name, "--scheduler", cluster.address)
    wait_for(running, out, images // 3)
    killed = cluster.workers[0] if victim == "a worker" else cluster.scheduler
    killed.kill()
    killed.wait()
    begun = time.monotonic()
    _, complaint = running.communicate(timeout=HANGS)
    took, done = time.monotonic() - begun, len(list(out.glob("sem*.json")))
    print(
        f"{victim}: exit status {running.returncode}, {done} of {images} done, {took:.1f} s after"
    )
    print(f"  {complaint.strip()}")
    cluster.end()
    if running.returncode:
        cluster = Cluster(folder / "dask")
        again = command(folder, out.name, "--scheduler", cluster.address)
        said, complaint = again.communicate()
        before = re.search(r"already done: (\d+)", said)
        print(f"  given again: exit status {again.returncode}, {before and before[0]} {complaint}")
        cluster.end()
    print(f"  differences: {', '.join(differences(folder / 'quiet', out)) or 'none'}", flush=True)


if __name__ == "__main__":
    main()
