"""Many visitors at once."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from asked import begin, lattice, send, wait
from served import Served

VISITORS = 50


def test_fifty_visitors_at_once_lose_no_job_and_mix_no_results(server: Served) -> None:
    """Each has an image and a pixel size of its own, and finds both again in its table."""

    def visit(number: int) -> float:
        visitor = server.program()
        file = send(visitor, f"image-{number}.tif", lattice(4, seed=number))
        job = begin(visitor, "locate", file, options={"pixel_size": f"{10 + number}pm"})
        done = wait(visitor, job)
        assert done["state"] == "done", done
        assert done["lines"][0].startswith(f"image-{number}: 16 columns")
        assert [one["id"] for one in visitor.get("/api/jobs").json()] == [job["id"]]
        table = visitor.get(f"/api/jobs/{job['id']}/results/0/table.csv").text
        rows = list(csv.DictReader(io.StringIO(table)))
        visitor.post("/api/sign-out")
        return float(rows[-1]["y_nm"]) / float(rows[-1]["y_px"])

    with ThreadPoolExecutor(VISITORS) as threads:
        sizes = list(threads.map(visit, range(VISITORS)))
    assert sizes == pytest.approx([(10 + number) / 1000 for number in range(VISITORS)])
    assert not server.app.state.jobs._of
