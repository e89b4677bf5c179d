"""What has come of a job: tables, pictures and files, and corrections by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from colonnade.app.api.answers import Answer, refusals
from colonnade.app.api.jobs import AllJobs
from colonnade.app.api.session import SIGNED_IN, Visitor
from colonnade.app.jobs.job import Job
from colonnade.app.jobs.jobs import redrawn
from colonnade.app.refusals import Refused
from colonnade.app.results.edits import Edits, StaleError
from colonnade.app.results.results import Result
from colonnade.app.results.tables import encode_table

router = APIRouter(prefix="/api", tags=["results"], dependencies=SIGNED_IN)

MOST_EDITS = 100_000
"""Corrections by hand of one result."""

FARTHEST_PX = 1e7
"""No position is farther from the first pixel."""

_PLACE = "/jobs/{job}/results/{index}"

Threshold = Annotated[float | None, Query(ge=0, le=1)]
Revision = Annotated[int | None, Query(ge=0)]
Position = Annotated[float, Field(ge=-FARTHEST_PX, le=FARTHEST_PX, allow_inf_nan=False)]
Row = Annotated[int, Field(ge=0)]


class Add(BaseModel):
    """A column that was not found; of a film, in which frame."""

    op: Literal["add"]
    y: Position
    x: Position
    frame: Row | None = None


class Delete(BaseModel):
    """A column that is none."""

    op: Literal["delete"]
    row: Row


class Move(BaseModel):
    """A column that is elsewhere."""

    op: Literal["move"]
    row: Row
    y: Position
    x: Position


Correction = Annotated[Add | Delete | Move, Field(discriminator="op")]


class Corrections(Answer):
    """The corrections of a result, and their number."""

    revision: int
    edits: list[Correction]


class NewCorrections(BaseModel):
    """Corrections, and the number of those that they are instead of."""

    base: int
    edits: list[Correction] = Field(max_length=MOST_EDITS)


class NewRevision(Answer):
    """The number of corrections that were just made."""

    revision: int


class Said(Answer):
    """What the command says of columns at a threshold."""

    sentence: str
    columns: int
    threshold: float


@router.get(
    f"{_PLACE}/table",
    responses={**refusals(404), 200: {"content": {"application/octet-stream": {}}}},
    response_class=Response,
)
async def table(session: Visitor, jobs: AllJobs, job: str, index: int) -> Response:
    """Give a table in numbers; of columns, all candidates whatever the threshold."""
    shown = jobs.result(session, job, index).shown
    if shown is None:
        raise Refused(404, "this result has no table")
    content = await asyncio.to_thread(encode_table, shown)
    return Response(content, media_type="application/octet-stream")


@router.get(
    f"{_PLACE}/table.csv",
    responses={**refusals(404, 422), 200: {"content": {"text/csv": {}}}},
    response_class=Response,
)
async def table_csv(
    session: Visitor,
    jobs: AllJobs,
    job: str,
    index: int,
    threshold: Threshold = None,
    revision: Revision = None,
) -> Response:
    """Give a table as the command writes it, at a threshold and with corrections."""
    found = jobs.get(session, job)
    result = jobs.result(session, job, index)
    if result.table is None:
        raise Refused(404, "this result has no table")
    edits = _edits(found, index, revision)
    if _is_as_written(result, threshold, edits):
        return _attached(result.table, result.table.name)
    async with _scratch(found) as path:
        task = redrawn(result, _threshold(result, threshold), edits, table=path)
        await jobs.at_desk(task)
        content = await asyncio.to_thread(path.read_bytes)
    return _attached_content(content, "text/csv; charset=utf-8", result.table.name)


@router.get(
    f"{_PLACE}/picture.png",
    responses={**refusals(404, 422), 200: {"content": {"image/png": {}}}},
    response_class=Response,
)
async def picture(
    session: Visitor,
    jobs: AllJobs,
    job: str,
    index: int,
    threshold: Threshold = None,
    revision: Revision = None,
) -> Response:
    """Give the picture as the command draws it, at a threshold and with corrections."""
    found = jobs.get(session, job)
    result = jobs.result(session, job, index)
    drawn = next((path for path in result.files if path.suffix == ".png"), None)
    if drawn is None:
        raise Refused(404, "this result has no picture")
    edits = _edits(found, index, revision)
    if _is_as_written(result, threshold, edits):
        return _attached(drawn, drawn.name)
    async with _scratch(found) as path:
        task = redrawn(result, _threshold(result, threshold), edits, picture=path)
        await jobs.at_desk(task)
        content = await asyncio.to_thread(path.read_bytes)
    return _attached_content(content, "image/png", drawn.name)


@router.get(f"{_PLACE}/sentence", response_model=Said, responses=refusals(404, 422))
async def sentence(
    session: Visitor,
    jobs: AllJobs,
    job: str,
    index: int,
    threshold: Threshold = None,
    revision: Revision = None,
) -> dict[str, Any]:
    """Say of columns what the command says, at a threshold and with corrections."""
    edits = _edits(jobs.get(session, job), index, revision)
    result = jobs.result(session, job, index)
    said: dict[str, Any] = await jobs.at_desk(
        redrawn(result, _threshold(result, threshold), edits)
    )
    return said


@router.get(
    f"{_PLACE}/edits",
    response_model=Corrections,
    response_model_exclude_none=True,
    responses=refusals(404),
)
async def list_edits(session: Visitor, jobs: AllJobs, job: str, index: int) -> dict[str, Any]:
    """List the corrections by hand."""
    _columns(jobs.result(session, job, index))
    edits = jobs.get(session, job).edits.get(index, Edits())
    return {"revision": edits.revision, "edits": edits.last}


@router.put(f"{_PLACE}/edits", response_model=NewRevision, responses=refusals(404, 409, 422))
async def put_edits(
    session: Visitor, jobs: AllJobs, job: str, index: int, corrections: NewCorrections
) -> dict[str, int]:
    """Replace the corrections by hand."""
    shape = _columns(jobs.result(session, job, index)).shape
    edits = [edit.model_dump(exclude_none=True) for edit in corrections.edits]
    if shape is not None and any(edit.get("row", 0) >= shape[0] for edit in edits):
        raise Refused(422, f"the table has {shape[0]} rows; there is none to correct beyond them")
    kept = jobs.get(session, job).edits.setdefault(index, Edits())
    try:
        revision = kept.put(corrections.base, edits)
    except StaleError:
        raise Refused(
            409, "these columns were corrected elsewhere in the meantime; look at them again"
        ) from None
    told = {"id": f"{job}/{index}", "job": job, "index": index, "revision": revision}
    session.events.publish("edits", told)
    return {"revision": revision}


@router.get(
    "/jobs/{job}/files/{name}",
    responses={**refusals(404), 200: {"content": {"application/octet-stream": {}}}},
    response_class=Response,
)
async def written(session: Visitor, jobs: AllJobs, job: str, name: str) -> Response:
    """Give a file that the command has written."""
    for path in jobs.get(session, job).paths():
        if path.name == name:
            return _attached(path, name)
    raise Refused(404, "the command has written no such file")


def _columns(result: Result) -> Result:
    if result.candidates is None:
        raise Refused(404, "this result is no table of columns")
    return result


def _edits(job: Job, index: int, revision: int | None) -> list[dict[str, Any]]:
    """Corrections of a revision; none, where none is asked for."""
    if not revision:
        return []
    try:
        return job.edits[index].at(revision)
    except KeyError:
        raise Refused(404, "there are no such corrections; look at the result again") from None


def _threshold(result: Result, threshold: float | None) -> float:
    usual = _columns(result).threshold
    return threshold if threshold is not None else usual or 0.0


def _is_as_written(result: Result, threshold: float | None, edits: list[dict[str, Any]]) -> bool:
    is_usual = result.candidates is None or threshold in (None, result.threshold)
    return is_usual and not edits


@asynccontextmanager
async def _scratch(job: Job) -> AsyncIterator[Path]:
    """A file that is there for the time being."""
    path = job.folder / f".{token_urlsafe(8)}"
    try:
        yield path
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


def _attached(path: Path, name: str) -> FileResponse:
    return FileResponse(path, filename=name, content_disposition_type="attachment")


def _attached_content(content: bytes, kind: str, name: str) -> Response:
    headers = FileResponse(name, filename=name).headers
    disposition = {"Content-Disposition": headers["content-disposition"]}
    return Response(content, media_type=kind, headers=disposition)
