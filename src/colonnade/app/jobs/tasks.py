"""What a worker is asked to do; each task gives what can be written as JSON."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, contextmanager
from typing import Any

from colonnade.app.jobs.speaking import Speaking, Tell


def warm_up() -> None:
    """Import what the tasks need, so that the first one does not wait for it."""
    import onnxruntime  # noqa: F401

    import colonnade.app.results.redrawn
    import colonnade.atoms.locate.files
    import colonnade.atoms.maps.files
    import colonnade.cli
    import colonnade.sem.upscale.files
    import colonnade.tomo.denoise.files
    import colonnade.tomo.reconstruct.files  # noqa: F401


def command(
    tell: Tell, tokens: Sequence[str], folder: str, hidden: Sequence[str], room: int
) -> int:
    """Run a command, and give its exit status.

    Parameters
    ----------
    tell
        Hears what the command says.
    tokens
        What follows the name of the program.
    folder
        Where the files lie that it names.
    hidden
        What is left out of all that it says.
    room
        No file may grow larger [bytes].
    """
    from colonnade import cli

    with chdir(folder), _file_limit(room):
        return cli.run(tokens, Speaking(tell, tuple(hidden)))


@contextmanager
def _file_limit(room: int) -> Iterator[None]:
    """Let a write beyond a limit fail as on a full disk."""
    try:
        import resource
    except ImportError:  # Windows
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (max(room, 1), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def redrawn(tell: Tell, **asked: Any) -> dict[str, Any]:
    """Write the table, the sentence and the picture of columns anew, as `redraw` does."""
    from colonnade.app.results.redrawn import redraw

    return redraw(**asked)


TASKS: dict[str, Callable[..., Any]] = {"command": command, "redrawn": redrawn}
