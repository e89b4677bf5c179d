"""The life of jobs, with real workers: from what is asked to what has come of it."""

import csv
import io
import json
import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from asked import begin, lattice, send, tiff, wait
from served import Served, served, wait_for_files

from colonnade import cli
from colonnade.core.files.batch import sample


class Heard:
    """What a command says at a terminal."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def said(self, line: str) -> None:
        self.lines.append(line)

    complained = noted = said

    def advanced(self, what: str, done: int, total: int) -> None:
        pass


def workers(server: Served) -> list[Any]:
    return list(server.app.state.jobs._workers)


def decoded(content: bytes) -> tuple[dict[str, Any], np.ndarray]:
    length = int.from_bytes(content[:4], "little")
    header = json.loads(content[4 : 4 + length])
    assert (4 + length) % 8 == 0
    numbers = np.frombuffer(content[4 + length :], "<f8")
    return header, numbers.reshape(len(header["columns"]), header["rows"])


def test_columns_are_found_shown_and_handed_out_as_by_the_command(
    visitor: httpx.Client, tmp_path: Path
) -> None:
    file = send(visitor, "sample.tif", sample())
    job = begin(visitor, "locate", file, options={"pixel_size": "16pm"})
    assert job["command"] == "colonnade locate sample.tif --pixel-size 16pm"
    assert job["state"] == "queued"
    done = wait(visitor, job)
    assert done["state"] == "done"
    heard = Heard()
    cli.run(["locate", str(sample()), "--pixel-size", "16pm", "--out", str(tmp_path)], heard)
    (result,) = done["results"]
    assert result["sentence"] == done["lines"][0] == heard.lines[0]
    assert done["items"] == [
        {
            "file": file,
            "name": "sample.tif",
            "state": "done",
            "sentence": heard.lines[0],
            "error": None,
        }
    ]
    for link in result["downloads"]:
        answer = visitor.get(link["url"])
        assert answer.headers["content-disposition"].startswith("attachment")
        if link["name"].endswith((".csv", ".png")):
            assert answer.content == (tmp_path / link["name"]).read_bytes()
    place = f"/api/jobs/{job['id']}/results/0"
    header, numbers = decoded(visitor.get(f"{place}/table").content)
    score = numbers[header["columns"].index("score")]
    assert header["rows"] > int((score >= result["threshold"]).sum())
    table = visitor.get(f"{place}/table.csv").content
    assert table == (tmp_path / "sample.columns.csv").read_bytes()
    assert table.count(b"\n") == 1 + int((score >= result["threshold"]).sum())
    assert visitor.get(f"/api/images/{result['layers'][0]['image']}").status_code == 200
    assert "/tmp" not in str(done)


def test_the_threshold_moves_without_another_job(visitor: httpx.Client, tmp_path: Path) -> None:
    file = send(visitor, "sample.tif", sample())
    job = begin(visitor, "locate", file)
    wait(visitor, job)
    heard = Heard()
    cli.run(["locate", str(sample()), "--threshold", "0.9", "--out", str(tmp_path)], heard)
    place, at = f"/api/jobs/{job['id']}/results/0", {"threshold": 0.9}
    said = visitor.get(f"{place}/sentence", params=at).json()
    assert said["sentence"] == heard.lines[0]
    table = visitor.get(f"{place}/table.csv", params=at)
    assert table.content == (tmp_path / "sample.columns.csv").read_bytes()
    assert table.headers["content-disposition"] == 'attachment; filename="sample.columns.csv"'
    picture = visitor.get(f"{place}/picture.png", params=at).content
    assert picture == (tmp_path / "sample.columns.png").read_bytes()


def test_a_map_is_made_of_columns_as_they_were_corrected(visitor: httpx.Client) -> None:
    file = send(visitor, "lattice.tif", lattice())
    job = wait(visitor, begin(visitor, "locate", file))
    place = f"/api/jobs/{job['id']}/results/0"
    edits = [{"op": "delete", "row": 0}, {"op": "add", "y": 3.5, "x": 4.25}]
    assert visitor.put(f"{place}/edits", json={"base": 0, "edits": edits}).json() == {
        "revision": 1
    }
    stale = visitor.put(f"{place}/edits", json={"base": 0, "edits": []})
    assert stale.status_code == 409
    assert visitor.get(f"{place}/edits").json() == {"revision": 1, "edits": edits}
    table = visitor.get(f"{place}/table.csv", params={"revision": 1}).text
    rows = list(csv.DictReader(io.StringIO(table)))
    by_hand = [row for row in rows if row["edited"] == "2"]
    assert [(row["y_px"], row["x_px"], row["sigma_y_px"]) for row in by_hand] == [
        ("3.5", "4.25", "")
    ]
    wanted = {"options": {"kind": "neighbours"}, "tables": [{"job": job["id"], "index": 0}]}
    mapped = wait(visitor, begin(visitor, "map", **wanted))
    assert mapped["state"] == "done", mapped
    assert mapped["command"] == (
        "colonnade map neighbours lattice.columns.csv --image lattice.tif"
    )
    (result,) = mapped["results"]
    counted = visitor.get(f"/api/jobs/{mapped['id']}/results/0/table.csv").text
    assert result["table"]["rows"] == len(rows) == counted.count("\n") - 1
    assert ["3.5", "4.25"] in [line.split(",")[:2] for line in counted.splitlines()]


def test_a_micrograph_is_made_finer_and_its_particles_are_measured(
    visitor: httpx.Client,
) -> None:
    file = send(visitor, "sem.tif", sample("sem.tif"))
    job = wait(visitor, begin(visitor, "upscale", file, options={"factor": "2", "report": True}))
    assert job["command"] == "colonnade upscale sem.tif --factor 2 --report"
    (result,) = job["results"]
    layers = {layer["role"]: layer for layer in result["layers"]}
    assert set(layers) == {"image", "result", "trust"}
    shapes = {
        role: visitor.get(f"/api/images/{layer['image']}").json()["axes"]["z"]["shape"]
        for role, layer in layers.items()
    }
    assert layers["result"]["scale"] == [2, 2]
    assert shapes["result"] == shapes["trust"] == [2 * size for size in shapes["image"]]
    assert result["numbers"]["factor"] == 2
    (report,) = result["reports"]
    answer = visitor.get(report["url"])
    assert answer.headers["content-disposition"].startswith("attachment")
    assert (job["done"], job["total"]) == (job["total"], job["total"])
    wanted = {"options": {"kind": "particles"}, "wing": "sem"}
    of_finer = begin(visitor, "map", tables=[{"job": job["id"]}], **wanted)
    measured = wait(visitor, of_finer)
    assert measured["results"][0]["numbers"]["interval_of_pixels_known"] is True
    header, _ = decoded(visitor.get(f"/api/jobs/{measured['id']}/results/0/table").content)
    assert header["words"]["measured"] == ["no", "yes"] or header["words"]["measured"] == ["yes"]


def test_a_tilt_series_becomes_a_volume(visitor: httpx.Client) -> None:
    visitor.post("/api/samples", json={"wing": "tomo"})
    file = next(one for one in wait_for_files(visitor) if one["signals"])
    assert file["signals"][0]["kind"] == "tilt series"
    job = begin(visitor, "reconstruct", file["id"], options={"method": "wbp"})
    done = wait(visitor, job)
    assert done["state"] == "done", done
    volume = next(one for one in done["results"][0]["layers"] if one["role"] == "result")
    manifest = visitor.get(f"/api/images/{volume['image']}").json()
    assert set(manifest["axes"]) == {"z", "y", "x"}
    denoised = wait(visitor, begin(visitor, "denoise", file["id"], wing="tomo", options={}))
    assert denoised["results"][0]["layers"][1]["title"] == "denoised"


def test_a_batch_goes_on_past_a_bad_file(visitor: httpx.Client) -> None:
    good = send(visitor, "good.tif", lattice())
    bad = send(visitor, "bad.tif", tiff(np.full((64, 64), np.nan, np.float32)))
    last = send(visitor, "last.tif", lattice(seed=2))
    done = wait(visitor, begin(visitor, "locate", good, bad, last))
    assert done["state"] == "done"
    assert [item["state"] for item in done["items"]] == ["done", "failed", "done"]
    assert "no pixel of the image is a finite number" in done["items"][1]["error"]
    assert [result["name"] for result in done["results"]] == ["good.tif", "last.tif"]
    assert [result["index"] for result in done["results"]] == [0, 2]
    alone = wait(visitor, begin(visitor, "locate", bad))
    assert alone["state"] == "failed"
    assert alone["error"] == done["items"][1]["error"]


def test_a_batch_says_why_a_file_has_failed_while_it_goes_on(visitor: httpx.Client) -> None:
    bad = send(visitor, "bad.tif", tiff(np.full((64, 64), np.nan, np.float32)))
    long = send(visitor, "long.tif", lattice(100))
    job = begin(visitor, "locate", bad, long)
    now = wait(visitor, job, lambda now: now["done"] == 1)
    assert now["state"] == "running"
    assert [item["state"] for item in now["items"]] == ["failed", "running"]
    assert "no pixel of the image is a finite number" in now["items"][0]["error"]
    visitor.delete(f"/api/jobs/{job['id']}")


def test_what_a_command_would_refuse_is_refused_in_its_words(visitor: httpx.Client) -> None:
    file = send(visitor, "lattice.tif", lattice(4))

    def refused(**wanted: Any) -> tuple[int, str]:
        answer = visitor.post("/api/jobs", json=wanted)
        return answer.status_code, answer.json()["error"]

    assert refused(verb="locate", files=[file], options={"threshold": 2}) == (
        422,
        'Invalid value "2.0" for --threshold. Must be <= 1.',
    )
    assert refused(verb="locate", files=["unknown"])[0] == 404
    assert refused(verb="locate", files=[])[0] == 422
    assert refused(verb="train", files=[file])[0] == 422
    assert refused(verb="map", files=[file], wing="atoms", options={"kind": "strain"})[0] == 422
    assert refused(verb="map", tables=[{"job": "unknown"}], options={"kind": "strain"})[0] == 404


def test_what_belongs_to_a_file_is_no_image(visitor: httpx.Client) -> None:
    file = send(visitor, "series.rawtlt", b"-10\n0\n10\n")
    answer = visitor.post("/api/jobs", json={"verb": "reconstruct", "files": [file]})
    assert answer.status_code == 422
    assert "holds no image" in answer.json()["error"]


def test_a_job_is_cancelled_while_it_runs_and_while_it_waits(
    visitor: httpx.Client, server: Served
) -> None:
    file = send(visitor, "large.tif", lattice(100))
    jobs = [begin(visitor, "locate", file) for _ in range(4)]
    wait(visitor, jobs[0], lambda now: now["total"] > 0)
    assert visitor.get(f"/api/jobs/{jobs[3]['id']}").json()["state"] == "queued"
    assert visitor.delete(f"/api/files/{file}").status_code == 409
    for job in (jobs[3], jobs[0]):
        assert visitor.delete(f"/api/jobs/{job['id']}").status_code == 204
        assert visitor.get(f"/api/jobs/{job['id']}").json()["state"] == "cancelled"
    for job in jobs[1:3]:
        visitor.delete(f"/api/jobs/{job['id']}")
    small = send(visitor, "small.tif", lattice(6))
    assert wait(visitor, begin(visitor, "locate", small))["state"] == "done"
    assert visitor.delete(f"/api/jobs/{jobs[0]['id']}").status_code == 204
    assert visitor.get(f"/api/jobs/{jobs[0]['id']}").status_code == 404


def test_a_worker_that_dies_fails_its_job_alone(visitor: httpx.Client, server: Served) -> None:
    file = send(visitor, "large.tif", lattice(100))
    job = begin(visitor, "locate", file)
    wait(visitor, job, lambda now: now["total"] > 0)
    running = [worker for _, worker in server.app.state.jobs._running.values()]
    assert len(running) == 1
    os.kill(running[0]._process.pid, signal.SIGKILL)
    failed = wait(visitor, job)
    assert failed["state"] == "failed"
    assert failed["error"].startswith("the process that did this has died")
    assert failed["items"][0]["state"] == "failed"
    small = send(visitor, "small.tif", lattice(6))
    # One that dies while it has nothing to do fails no job.
    for worker in workers(server):
        if worker._process is not None and worker._process.returncode is None:
            os.kill(worker._process.pid, signal.SIGKILL)
    assert wait(visitor, begin(visitor, "locate", small))["state"] == "done"


def test_changes_are_told_and_nothing_is_lost_by_a_reload(visitor: httpx.Client) -> None:
    file = send(visitor, "lattice.tif", lattice(6))
    since = visitor.get("/api/changes").json()["seq"]
    job = begin(visitor, "locate", file)
    states, seen = [], since
    with visitor.stream("GET", "/api/events", params={"since": since}) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        event: dict[str, str] = {}
        for line in stream.iter_lines():
            name, _, value = line.partition(": ")
            event[name] = value
            if name == "data":
                told = json.loads(value)
                assert event["event"] == "job"
                assert int(event["id"]) > seen
                seen = int(event["id"])
                states.append(told["state"])
                if told["state"] == "done":
                    break
    assert states[-1] == "done"
    assert "running" in states
    last = visitor.get("/api/changes", params={"since": seen - 1}).json()
    assert last["seq"] == seen
    (change,) = last["events"]
    assert change["type"] == "job"
    assert change["data"] == visitor.get("/api/jobs").json()[0]
    assert change["data"]["id"] == job["id"]
    visitor.delete(f"/api/jobs/{job['id']}")
    (gone,) = visitor.get("/api/changes", params={"since": seen}).json()["events"]
    assert (gone["type"], gone["data"]) == ("gone", {"id": job["id"]})


def test_nobody_sees_the_jobs_of_another(visitor: httpx.Client, server: Served) -> None:
    job = wait(visitor, begin(visitor, "locate", send(visitor, "a.tif", lattice(6))))
    other = server.visitor()
    assert other.get("/api/jobs").json() == []
    for place in (
        f"/api/jobs/{job['id']}",
        f"/api/jobs/{job['id']}/results/0/table",
        job["results"][0]["downloads"][0]["url"],
        f"/api/images/{job['results'][0]['layers'][0]['image']}",
    ):
        assert other.get(place).status_code == 404
    assert other.delete(f"/api/jobs/{job['id']}").status_code == 404
    wanted = {"verb": "map", "tables": [{"job": job["id"]}], "options": {"kind": "strain"}}
    assert other.post("/api/jobs", json=wanted).status_code == 404
    other.post("/api/sign-out")


def test_files_of_a_job_are_only_those_that_the_command_has_written(
    visitor: httpx.Client,
) -> None:
    job = wait(visitor, begin(visitor, "locate", send(visitor, "a.tif", lattice(6))))
    for name in ("a.candidates.csv", "..%2F..%2Ffiles%2Fa.tif", ".colonnade", "a.tif"):
        assert visitor.get(f"/api/jobs/{job['id']}/files/{name}").status_code == 404


def test_a_full_queue_takes_no_more_and_loses_none() -> None:
    with served(workers=1, most_waiting=2) as server:
        visitor = server.visitor()
        file = send(visitor, "large.tif", lattice(40))
        first = begin(visitor, "locate", file)
        wait(visitor, first, lambda now: now["state"] == "running")
        others = [begin(visitor, "locate", file) for _ in range(2)]
        answer = visitor.post("/api/jobs", json={"verb": "locate", "files": [file]})
        assert answer.status_code == 429
        assert "2 jobs are waiting" in answer.json()["error"]
        assert all(wait(visitor, job)["state"] == "done" for job in [first, *others])


def test_a_job_that_writes_more_than_there_is_room_for_is_ended_and_leaves_nothing() -> None:
    with served(workers=1) as server:
        visitor = server.visitor()
        file = send(visitor, "large.tif", lattice(100))
        job = begin(visitor, "locate", file)
        wait(visitor, job, lambda now: now["total"] > 0)
        (session,) = server.app.state.sessions
        granted, session.settings = session.settings, replace(session.settings, session_quota=1)
        failed = wait(visitor, job)
        assert failed["state"] == "failed"
        assert failed["error"].startswith("there is no room left for this")
        session.settings = granted
        small = send(visitor, "small.tif", lattice(4))
        assert wait(visitor, begin(visitor, "locate", small))["state"] == "done"
        assert list((session.folder / "jobs" / job["id"]).iterdir()) == []


def test_a_full_disk_fails_a_job_with_a_sentence() -> None:
    with served(workers=1, session_quota=2 << 20) as server:
        visitor = server.visitor()
        file = send(visitor, "a.tif", lattice(50))
        done = wait(visitor, begin(visitor, "locate", file))
        assert done["state"] == "failed"
        assert "file too large" in done["error"] or "room" in done["error"]
        small = send(visitor, "small.tif", lattice(4))
        assert wait(visitor, begin(visitor, "locate", small))["state"] == "done"
