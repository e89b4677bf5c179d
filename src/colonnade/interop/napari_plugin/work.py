"""Work beside the window: in a thread, with a bar of its progress, and a button that stops it."""

from collections.abc import Callable
from threading import Event
from typing import Any

from magicgui.widgets import Container, Label, ProgressBar, PushButton
from napari.qt.threading import create_worker
from qtpy.QtCore import QObject, Signal

from colonnade.core.errors import ColonnadeError, ColonnadeWarning
from colonnade.core.work.progress import Progress
from colonnade.interop.napari_layers import LayerData

Task = Callable[[Progress], tuple[list[LayerData], str]]
"""Work that tells how far it is; gives layers, and a sentence on them."""


class Stopped(Exception):
    """The user wants no more of it."""


class _Told(QObject):
    """Carries what is done from the thread of the work to that of the window."""

    advanced = Signal(int, int)


class WorkBar(Container[Any]):
    """Start and stop a task, and show how far it is and what came of it.

    Parameters
    ----------
    verb
        What the button says that starts it.
    prepare
        Reads what the user has chosen, in the thread of the window; gives the task.
    add_layer
        Takes each layer that comes of it.
    """

    def __init__(
        self, verb: str, prepare: Callable[[], Task], add_layer: Callable[[LayerData], object]
    ) -> None:
        self.start = PushButton(text=verb)
        self.stop = PushButton(text="Stop", enabled=False)
        self.bar = ProgressBar(value=0, min=0, max=1, label="")
        self.said = Label(value="")
        self.said.native.setWordWrap(True)
        super().__init__(widgets=[self.start, self.stop, self.bar, self.said], labels=False)
        self._prepare, self._add_layer = prepare, add_layer
        self._is_stopped = Event()
        self._notes: list[str] = []
        self._told = _Told()
        self._told.advanced.connect(self._show)
        self.start.changed.connect(self._begin)
        self.stop.changed.connect(self._end_early)

    def _begin(self) -> None:
        try:
            task = self._prepare()
        except ColonnadeError as error:
            self.said.value = str(error)
            return
        self._is_stopped.clear()
        self._notes = []
        self.start.enabled, self.stop.enabled = False, True
        self.said.value = "working"
        self._show(0, 0)
        worker = create_worker(self._do, task)
        worker.warned.connect(self._note)
        worker.returned.connect(self._finish)
        worker.start()

    def _do(self, task: Task) -> tuple[list[LayerData], str]:
        """Work, in a thread of its own; what goes wrong is a sentence too."""
        try:
            return task(self._advance)
        except Stopped:
            return [], "stopped"
        except ColonnadeError as error:
            return [], str(error)
        except Exception as error:
            return [], f"this went wrong ({type(error).__name__}: {error})"

    def _advance(self, done: int, total: int) -> None:
        if self._is_stopped.is_set():
            raise Stopped
        self._told.advanced.emit(done, total)

    def _show(self, done: int, total: int) -> None:
        """Show what is done; a bar without an end as long as that is not known."""
        self.bar.max = total
        self.bar.value = done

    def _note(self, warned: tuple[Any, ...]) -> None:
        """Keep what had to be repaired or guessed, of what the thread warns of."""
        if isinstance(warned[0], ColonnadeWarning):
            self._notes.append(f"note: {warned[0]}")

    def _end_early(self) -> None:
        self._is_stopped.set()
        self.said.value = "stopping"

    def _finish(self, found: tuple[list[LayerData], str]) -> None:
        layers, sentence = found
        for layer in [] if self._is_stopped.is_set() else layers:
            self._add_layer(layer)
        self.said.value = "\n".join(
            ["stopped"] if self._is_stopped.is_set() else [sentence, *self._notes]
        )
        self.start.enabled, self.stop.enabled = True, False
        self._show(1, 1)
