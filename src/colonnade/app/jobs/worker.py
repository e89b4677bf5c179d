"""A process that does one task after the other for a server, and keeps models in memory.

It is told each task as a line of JSON, and answers in lines of JSON: what a command says while it
runs, and at the end how it ended. It ends with the server, however that does.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, TextIO

from colonnade.app.jobs.speaking import Tell

OF_LITTLE_WORTH = 500
"""Where memory is short, Linux ends this process before the server (of at most 1000)."""


def main() -> None:
    """Do what the lines of the standard input ask for, until it ends."""
    tell = _speaker()
    tasks: SimpleQueue[str] = SimpleQueue()
    Thread(target=_listen, args=(tasks,), daemon=True).start()
    _offer_itself()
    from colonnade.app.jobs import tasks as known

    known.warm_up()
    tell({"ready": os.getpid()})
    while True:
        _do(known.TASKS, json.loads(tasks.get()), tell)


def _do(known: dict[str, Callable[..., Any]], asked: dict[str, Any], tell: Tell) -> None:
    """Do one task; whatever it raises does not end the process."""
    from colonnade.core.work.outcomes import reason

    tell({"begun": asked["task"]})
    try:
        answer = {"ended": known[asked.pop("task")](tell=tell, **asked)}
    except BaseException as error:
        answer = {"error": reason(error) if isinstance(error, Exception) else str(error)}
    tell(answer)


def _speaker() -> Tell:
    """Keep the standard output for answers, so that what libraries print there spoils none."""
    out: TextIO = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)

    def tell(answer: dict[str, Any]) -> None:
        out.write(json.dumps(answer) + "\n")
        out.flush()

    return tell


def _listen(tasks: "SimpleQueue[str]") -> None:
    for line in sys.stdin:
        tasks.put(line)
    # The server is gone, so what runs here and what that has begun are of use to nobody.
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _offer_itself() -> None:
    place = Path("/proc/self/oom_score_adj")
    if place.exists():
        place.write_text(str(OF_LITTLE_WORTH))


if __name__ == "__main__":
    main()
