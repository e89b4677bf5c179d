"""Signals of HyperSpy that do what Colonnade does: ``signal.set_signal_type("micrograph")``."""

from typing import Any

from hyperspy._signals.lazy import LazySignal
from hyperspy.signals import Signal2D

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.locate import Options
from colonnade.interop.hyperspy_signals import from_hyperspy, to_hyperspy, to_markers
from colonnade.interop.located import locate_in
from colonnade.sem.upscale.upscale import Factor, upscale
from colonnade.tomo.denoise.denoise import denoise


class MicrographSignal(Signal2D):
    """Images with resolved atom columns, or of a scanning electron microscope."""

    _signal_type = "micrograph"

    def locate(self, **options: Any) -> Columns:
        """Find every atom column, and mark it on the signal for good.

        Parameters
        ----------
        **options
            ``detect``, ``refine`` and ``threshold``, as of `colonnade.locate`.

        Returns
        -------
        columns
            Positions in pixels and, with a calibration, in nm from the first pixel; the columns of
            several images carry the label ``frame``.
        """
        columns = locate_in(from_hyperspy(self), Options(**options))
        if self.metadata.has_item("Markers.columns"):
            del self.metadata.Markers.columns
        marks = to_markers(columns, self)
        self.add_marker(marks, permanent=True, plot_marker=False, plot_signal=False)
        return columns

    def upscale(self, factor: Factor = 4) -> "tuple[MicrographSignal, MicrographSignal]":
        """Make each image finer, and say how far it can be trusted.

        Parameters
        ----------
        factor
            How many times as fine: 2, 4 or 8.

        Returns
        -------
        finer
            The finer signal; what else is to be known is in its metadata, under ``Colonnade``.
        half_width
            Half the width of a 90 % interval of each of its pixels [grey levels].
        """
        made = upscale(from_hyperspy(self), factor=factor)
        finer = _likewise(made.image, made.to_json())
        half_width = finer._deepcopy_with_new_data(made.half_width)
        half_width.metadata.General.title = f"half width of {finer.metadata.General.title}"
        return finer, half_width

    def denoise(self) -> "MicrographSignal":
        """Take the noise out; what else is to be known is in the metadata, under ``Colonnade``."""
        made = denoise(from_hyperspy(self))
        return _likewise(made.image, made.to_json())


class LazyMicrographSignal(LazySignal, MicrographSignal):
    """The same, of images that are read when they are needed."""


def _likewise(image: Any, known: dict[str, Any]) -> MicrographSignal:
    """Make a signal of what was made, with what is to be known of it."""
    signal = to_hyperspy(image)
    signal.set_signal_type("micrograph")
    known.pop("metadata", None)
    signal.metadata.add_dictionary({"Colonnade": known})
    made: MicrographSignal = signal
    return made
