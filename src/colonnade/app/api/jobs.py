"""Jobs of the visitor: begun, looked at, cancelled, and forgotten."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from colonnade.app import verbs
from colonnade.app.api.answers import Answer, Wing, refusals
from colonnade.app.api.session import SIGNED_IN, Visitor
from colonnade.app.jobs.job import State, Table
from colonnade.app.jobs.jobs import Jobs
from colonnade.app.jobs.order import MOST_FILES, make_job, verb_of
from colonnade.app.refusals import Refused
from colonnade.app.visitors.sessions import Session

router = APIRouter(prefix="/api", tags=["jobs"], dependencies=SIGNED_IN)

Value = bool | int | float | str | None


def all_jobs(request: Request) -> Jobs:
    """Give the jobs of the server."""
    jobs: Jobs = request.app.state.jobs
    return jobs


AllJobs = Annotated[Jobs, Depends(all_jobs)]


class Option(Answer):
    """An option of a command, as its help has it."""

    name: str
    flag: str
    kind: verbs.Kind
    choices: list[str] | None
    default: Value
    meaning: str
    words: list[str] | None


class Verb(Answer):
    """A command as a wing offers it."""

    name: str
    wing: Wing
    summary: str
    takes: verbs.Takes
    options: list[Option]


class TableOf(BaseModel):
    """What an earlier job has found or made, with the corrections of a revision."""

    job: str
    index: int = 0
    threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    revision: int | None = None


class Wanted(BaseModel):
    """What is to be done with which files, or with what has come of earlier jobs."""

    verb: str
    wing: Wing | None = None
    files: list[str] = Field([], max_length=MOST_FILES)
    tables: list[TableOf] = Field([], max_length=MOST_FILES)
    options: dict[str, Value] = {}


class Item(Answer):
    """A file of a job."""

    file: str
    name: str
    state: State
    sentence: str | None
    error: str | None


class Link(Answer):
    """A file that a command has written."""

    name: str
    bytes: int
    url: str


class Layer(Answer):
    """An image of a result, and how it lies over the image that was worked on."""

    image: str
    role: str
    title: str
    unit: str | None
    scale: tuple[float, float]
    origin: tuple[float, float]


class Atomic(Answer):
    """Whether an image shows atom columns."""

    shows: bool
    probability: float


class TableShape(Answer):
    """How large a table is."""

    rows: int
    columns: list[str]


class Result(Answer):
    """What has come of one file."""

    index: int
    file: str
    name: str
    sentence: str
    notes: list[str]
    atomic: Atomic | None
    threshold: float | None
    layers: list[Layer]
    table: TableShape | None
    pictures: list[Link]
    reports: list[Link]
    downloads: list[Link]
    numbers: dict[str, Any]


class Origin(Answer):
    """A result of an earlier job, at a threshold and with the corrections of a revision."""

    job: str
    index: int
    threshold: float | None
    revision: int | None


class Job(Answer):
    """A command that waits, runs, or has run."""

    id: str
    verb: str
    wing: Wing
    files: list[str]
    tables: list[Origin]
    options: dict[str, Value]
    command: str
    state: State
    stage: str | None
    done: int
    total: int
    lines: list[str]
    error: str | None
    started: float | None
    ended: float | None
    items: list[Item]
    results: list[Result]


@router.get("/verbs", response_model=list[Verb], responses=refusals())
def list_verbs(session: Visitor) -> list[Verb]:
    """List the commands that this page offers, with their options."""
    return [Verb.model_validate(verb) for verb in verbs.verbs()]


@router.post("/jobs", status_code=201, response_model=Job, responses=refusals(404, 422, 429, 507))
async def begin(session: Visitor, jobs: AllJobs, wanted: Wanted) -> dict[str, Any]:
    """Have a command run."""
    jobs.check_room()
    session.check_room()
    verb = verb_of(wanted.verb, wanted.wing, bool(wanted.tables))
    files = [session.file(file) for file in dict.fromkeys(wanted.files)]
    tables = [_table(session, jobs, table) for table in wanted.tables]
    job = make_job(session, verb, wanted.options, files, tables, jobs.tell)
    job.tables = [table.model_dump() for table in wanted.tables]
    await jobs.submit(session, job)
    return job.to_json()


@router.get("/jobs", response_model=list[Job], responses=refusals())
async def list_jobs(session: Visitor, jobs: AllJobs) -> list[dict[str, Any]]:
    """List the jobs, oldest first."""
    return [job.to_json() for job in jobs.of(session).values()]


@router.get("/jobs/{job}", response_model=Job, responses=refusals(404))
async def look_at(session: Visitor, jobs: AllJobs, job: str) -> dict[str, Any]:
    """Say how a job is."""
    return jobs.get(session, job).to_json()


@router.delete("/jobs/{job}", status_code=204, responses=refusals(404))
async def remove(session: Visitor, jobs: AllJobs, job: str) -> Response:
    """Cancel a job that waits or runs, or forget one that has ended, with all it has made."""
    await jobs.remove(session, jobs.get(session, job))
    return Response(status_code=204)


def _table(session: Session, jobs: Jobs, wanted: TableOf) -> Table:
    result = jobs.result(session, wanted.job, wanted.index)
    edits = jobs.get(session, wanted.job).edits.get(wanted.index)
    if edits is None:
        return Table(result, wanted.threshold, [])
    try:
        made = edits.last if wanted.revision is None else edits.at(wanted.revision)
    except KeyError:
        raise Refused(404, "there are no such corrections; look at the result again") from None
    return Table(result, wanted.threshold, made)
