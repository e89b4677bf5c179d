"""What is asked of a server that does jobs, and images that are small."""

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import tifffile
from numpy.typing import NDArray


def lattice(columns: int = 16, seed: int = 0) -> bytes:
    """A TIFF of a square lattice of so many columns on a side."""
    size = 12 * columns
    y, x = np.indices((size, size), np.float32)
    image = np.exp(-(((y % 12) - 6) ** 2 + ((x % 12) - 6) ** 2) / 9)
    image += 0.05 * np.random.default_rng(seed).standard_normal(image.shape)
    return tiff(image.astype(np.float32))


def tiff(image: NDArray[np.float32]) -> bytes:
    """Write an image as TIFF."""
    file = io.BytesIO()
    tifffile.imwrite(file, image)
    return file.getvalue()


def send(client: httpx.Client, name: str, content: bytes | Path) -> str:
    """Upload a file, and give its id when it has been looked into."""
    content = content.read_bytes() if isinstance(content, Path) else content
    answer = client.post("/api/files", params={"name": name}, content=content)
    assert answer.status_code == 201
    file = answer.json()["id"]
    for _ in _pauses():
        if all(one["state"] != "reading" for one in client.get("/api/files").json()):
            break
    return str(file)


def begin(client: httpx.Client, verb: str, *files: str, **more: Any) -> dict[str, Any]:
    """Begin a job."""
    answer = client.post("/api/jobs", json={"verb": verb, "files": files, **more})
    assert answer.status_code == 201, answer.text
    job: dict[str, Any] = answer.json()
    return job


def wait(
    client: httpx.Client,
    job: dict[str, Any],
    until: Callable[[dict[str, Any]], bool] | None = None,
) -> dict[str, Any]:
    """Wait until a job has ended, or until something else is so."""
    for _ in _pauses():
        now: dict[str, Any] = client.get(f"/api/jobs/{job['id']}").json()
        has_ended = now["state"] in ("done", "failed", "cancelled")
        if has_ended or (until is not None and until(now)):
            return now
    raise AssertionError("it takes too long")


def _pauses() -> Iterator[None]:
    """Ask often at first, then less often, as there may be many who ask."""
    for number in range(600):
        yield
        time.sleep(min(0.02 * 1.2**number, 0.5))
