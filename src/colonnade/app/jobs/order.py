"""From what a page asks for to a job: which files, which command, and where its results go."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from colonnade.app.jobs.job import Item, Job, Table
from colonnade.app.refusals import Refused
from colonnade.app.verbs import Verb, arguments, command_line, find_verb
from colonnade.app.visitors.names import unique_name
from colonnade.app.visitors.sessions import Session, StoredFile
from colonnade.core.errors import ColonnadeError
from colonnade.core.files.batch import output_names

TABLE = ".columns.csv"
"""Ending of a table of columns."""

MOST_FILES = 1000
"""Of one job."""


def make_job(
    session: Session,
    verb: Verb,
    options: Mapping[str, Any],
    files: Sequence[StoredFile],
    tables: Sequence[Table],
    changed: Callable[[Job], None],
) -> Job:
    """Make a job of files of the visitor, or of what earlier jobs have made.

    Raises
    ------
    Refused
        If the command cannot take that.
    """
    if not 0 < len(files) + len(tables) <= MOST_FILES:
        raise Refused(422, f"a job has 1 to {MOST_FILES} files")
    folder = session.folder / "jobs" / token_urlsafe(12)
    uploads = session.folder / "files"
    of_tables = verb.takes == "table"
    items = _tables(verb, files, tables, folder) if of_tables else _images(files, tables, options)
    below = _image_below(tables) if of_tables else None
    try:
        typed = arguments(verb, [item.path.name for item in items], options)
        run = arguments(verb, [_as_run(item.path, uploads) for item in items], options)
    except ColonnadeError as error:
        raise Refused(422, str(error)) from None
    if below is not None:
        typed += ["--image", below.name]
        run += ["--image", str(below)]
    run += ["--out", str(folder), *(["--candidates"] if verb.name == "locate" else [])]
    hidden = {folder, folder / "tables", uploads, *(item.path.parent for item in items)}
    return Job(
        folder.name,
        session.key,
        verb,
        dict(options),
        command_line(typed),
        run,
        folder,
        sorted((f"{path}/" for path in hidden), key=len, reverse=True),
        items,
        changed,
    )


def verb_of(name: str, wing: str | None, takes_table: bool) -> Verb:
    """Find the command that is meant; of a map without a wing, what it is of decides.

    Raises
    ------
    Refused
        If there is none.
    """
    if name == "map" and wing is None:
        wing = "atoms" if takes_table else "sem"
    try:
        return find_verb(name, wing)
    except ColonnadeError as error:
        raise Refused(422, str(error)) from None


def _images(
    files: Sequence[StoredFile], tables: Sequence[Table], options: Mapping[str, Any]
) -> list[Item]:
    items = []
    for file in files:
        if file.state != "ready":
            raise Refused(422, file.error or f"{file.name} is still being looked into; wait")
        # A list of files would be read as one of paths.
        if not file.signals or file.path.suffix.lower() == ".csv":
            raise Refused(422, f"{file.name} holds no image; choose the file that it belongs to")
        items.append(Item(file.id, file.path, _image_in(file, options.get("signal"))))
    for table in tables:
        if table.result.main is None:
            raise Refused(422, f"{table.result.name} has no image that can be worked on")
        shown = next((one.image for one in table.result.layers if one.role == "result"), None)
        items.append(Item("", table.result.main, shown))
    for item, name in zip(items, output_names([_named(item) for item in items]), strict=True):
        item.name = name
    return items


def _tables(
    verb: Verb, files: Sequence[StoredFile], tables: Sequence[Table], folder: Path
) -> list[Item]:
    if files:
        raise Refused(422, f"{verb.name} takes the columns of an earlier job, and no image")
    items: list[Item] = []
    for table in tables:
        result = table.result
        if result.table is None or result.searched is None:
            raise Refused(422, f"{result.name} has no table of columns")
        name = unique_name(f"{result.stem}{TABLE}", [item.path.name for item in items])
        stays = table.is_as_written and name == result.table.name
        path = result.table if stays else folder / "tables" / name
        shown = next((one.image for one in result.layers if one.role == "image"), None)
        items.append(Item("", path, shown, name.removesuffix(TABLE), None if stays else table))
    return items


def _image_below(tables: Sequence[Table]) -> Path | None:
    """The image that columns were found in, if the command takes the same one of its file."""
    searched = tables[0].result.searched if len(tables) == 1 else None
    if searched is None or searched["signal"] is not None or searched["frame"] is not None:
        return None
    path = Path(searched["path"])
    return path if path.is_file() else None


def _as_run(path: Path, uploads: Path) -> str:
    """Name a file as the command is run, in the folder of what was uploaded."""
    return path.name if path.parent == uploads else str(path)


def _named(item: Item) -> Path:
    return Path(item.path.name) if item.file else item.path


def _image_in(file: StoredFile, signal: Any) -> str | None:
    """Id of the image in a file that a command takes."""
    readable = [one for one in file.signals if one["image"] is not None]
    for one in readable:
        if signal is not None and str(signal) in (str(one["index"]), one["title"]):
            return str(one["image"])
    return str(readable[0]["image"]) if readable else None
