"""The best of the classical methods, their settings chosen with the truth of each image."""

from dataclasses import dataclass
from functools import partial

from colonnade.core.bench.methods import MethodError
from colonnade.sem.bench.case import MethodInput, Upscaling
from colonnade.sem.bench.classical.denoisers import DENOISERS, load_peers
from colonnade.sem.bench.classical.oracle import best_denoised, best_sharpened


@dataclass(frozen=True)
class Oracle:
    """A denoiser, enlarged by a smooth curve, and sharpened or not.

    Which denoiser, how strong, and how it is sharpened, is what comes nearest to the truth. It is
    told that truth and, to sharpen, the width of the probe.

    Parameters
    ----------
    names
        Of the denoisers that are tried.
    sharpened
        Whether the blur of the probe is undone.
    """

    names: tuple[str, ...]
    sharpened: bool

    SEES_TRUTH = True

    def run(self, given: MethodInput) -> Upscaling:
        """Upscale one image as well as can be."""
        truth = given.privilege.truth
        if self.sharpened:
            blur = given.privilege.blur
            return Upscaling(best_sharpened(given.image, truth, blur, self.names).image)
        return Upscaling(best_denoised(given.image, truth, self.names).image)


def _make(sharpened: bool, argument: str) -> Oracle:
    names = tuple(argument.split(",")) if argument else tuple(DENOISERS)
    if unknown := [name for name in names if name not in DENOISERS]:
        raise MethodError(
            f"there is no denoiser {unknown[0]!r}; name some of {','.join(DENOISERS)}"
        )
    load_peers(names)
    return Oracle(names, sharpened)


denoised = partial(_make, False)
"""``denoised`` tries every denoiser, ``denoised:bm3d,nlm`` these."""

sharpened = partial(_make, True)
"""The same, and then Wiener's filter or unsharp masking."""
