"""Files of the visitor: uploaded, looked into, and removed."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.requests import ClientDisconnect

from colonnade.app.api.answers import File, SampleOf, as_file, refusals
from colonnade.app.api.session import SIGNED_IN, Visitor
from colonnade.app.refusals import Refused
from colonnade.app.visitors.sessions import Session, StoredFile
from colonnade.app.visitors.uploads import (
    COMPANIONS,
    changed_by,
    check_size,
    copy_sample,
    keep,
    look_into,
    place_file,
    write_stream,
)
from colonnade.core.files.batch import sample
from colonnade.core.files.formats import SUFFIXES

router = APIRouter(prefix="/api", tags=["files"], dependencies=SIGNED_IN)

_SAMPLES = {"atoms": ("sample.tif",), "sem": ("sem.tif",), "tomo": ("tomo.rawtlt", "tomo.mrc")}
"""What the package carries for each wing; what is worked on comes last."""

_ENDINGS = "|".join(sorted(ending[1:] for ending in SUFFIXES | COMPANIONS))
Name = Annotated[str, Query(json_schema_extra={"pattern": rf"\.({_ENDINGS})$"})]
"""What the visitor calls a file; it must end as files do that can be read, or say of others."""

_RAW_BODY = {
    "requestBody": {
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    }
}


@router.get("/files", response_model=list[File], responses=refusals())
async def list_files(session: Visitor) -> list[File]:
    """List the files."""
    return [as_file(file) for file in session.files.values()]


@router.post(
    "/files",
    status_code=201,
    response_model=File,
    responses=refusals(413, 507),
    openapi_extra=_RAW_BODY,
)
async def upload(request: Request, session: Visitor, name: Name) -> File:
    """Take a file, as it is, in the body; what it holds is said when it has been looked into."""
    declared = request.headers.get("content-length", "0")
    check_size(session, int(declared) if declared.isdecimal() else 0)
    path = place_file(session, name)
    try:
        await write_stream(session, path, request.stream())
    except ClientDisconnect:
        raise Refused(400, "the file was not sent to its end; send it again") from None
    return as_file(_begin(request, session, keep(session, path)))


@router.post("/samples", status_code=201, response_model=File, responses=refusals(507))
async def add_sample(request: Request, session: Visitor, wanted: SampleOf) -> File:
    """Take the sample of a wing, as if it had been uploaded."""
    for name in _SAMPLES[wanted.wing]:
        file = keep(session, await copy_sample(session, sample(name)))
        _begin(request, session, file)
    return as_file(file)


@router.delete("/files/{file}", status_code=204, responses=refusals(404, 409))
async def remove(request: Request, session: Visitor, file: str) -> Response:
    """Remove a file; results that were made of it stay."""
    found = session.file(file)
    if request.app.state.jobs.uses(session, file):
        raise Refused(409, f"a job works with {found.name}; wait for it, or cancel it first")
    del session.files[file]
    session.forget_images(found.path)
    await asyncio.to_thread(found.path.unlink, missing_ok=True)
    session.events.publish("gone", {"id": file})
    return Response(status_code=204)


def _begin(request: Request, session: Session, file: StoredFile) -> StoredFile:
    """Let a file, and what it says something of, be looked into."""
    for changed in changed_by(session, file):
        changed.state = "reading"
        changed.path.touch()  # so that what was read before does not stand for it
        session.events.publish("file", as_file(changed).model_dump())
        request.app.state.tasks.begin(_look(request, session, changed))
    return file


async def _look(request: Request, session: Session, file: StoredFile) -> None:
    await look_into(session, file, request.app.state.readers)
    if file.id in session.files:
        session.events.publish("file", as_file(file).model_dump())
