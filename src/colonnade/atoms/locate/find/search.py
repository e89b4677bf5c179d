"""Search a whole image for candidates, on the scale that was chosen and on finer ones.

Of the network's answer only the mask is kept, in 16 bits: it gives the confidence at places where
no candidate was found but a fit finds a peak.
"""

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.locate.candidates import Candidates, InputScale
from colonnade.atoms.locate.find.maps import network_maps
from colonnade.atoms.locate.find.merge import merge_distance, merged
from colonnade.atoms.locate.find.positions import Detection, Start, find
from colonnade.atoms.locate.find.scale_choice import finer_scales
from colonnade.atoms.locate.find.settings import FIND_DEFAULTS, FindSettings
from colonnade.atoms.locate.find.trials import Trials
from colonnade.atoms.network import NetworkSettings
from colonnade.core.arrays import Array, Single
from colonnade.core.learn.model import Model

LEVELS = 65535
"""Steps from 0 to 1 in which a mask is kept."""


class Search:
    """One image and one network.

    Parameters
    ----------
    pixels
        Grey levels, axes (y, x).
    model
        The network.
    network
        What its confidences mean; by default what its card says.
    settings
        How candidates are found.
    """

    def __init__(
        self,
        pixels: Single,
        model: Model,
        network: NetworkSettings | None = None,
        settings: FindSettings = FIND_DEFAULTS,
    ) -> None:
        self.pixels, self.model = pixels, model
        self.settings = settings
        self.trials = Trials(pixels, model, network, settings)
        self.network = self.trials.network
        self._masks: dict[InputScale, NDArray[np.uint16]] = {}

    def of(self, pixels: Single) -> "Search":
        """Search another image in the same way."""
        return Search(pixels, self.model, self.network, self.settings)

    def candidates(self, scale: InputScale, start: Start, detect: Detection) -> Candidates:
        """Find whatever may be a column, on a scale and on the finer ones that show more."""
        found, coarse = self.on_scale(scale, start, detect), scale
        for finer in finer_scales(self.trials, scale):
            near = merge_distance(coarse, self.settings.scale)
            fine = self.on_scale(finer, start, detect)
            found, coarse = merged(found, fine, near, self.network.split), finer
        return found

    def on_scale(self, scale: InputScale, start: Start, detect: Detection) -> Candidates:
        """Find candidates on one scale; positions are in pixels of the image."""
        maps = self._maps(scale)
        self._masks[scale] = _in_levels(maps[0])
        found = find(maps[0], maps[1:], self.network.lowest, start, detect, self.settings)
        positions = scale.binning.undo(found.positions)
        return Candidates(positions, found.confidence).inside(self.pixels.shape)

    def confidence_at(self, scale: InputScale, positions: Array) -> Array:
        """Network confidence at positions (y, x) [px]: the highest of those of all scales."""
        highest = np.zeros(len(positions))
        for one in (scale, *finer_scales(self.trials, scale)):
            mask = self._mask(one)
            pixel = np.round(one.binning.apply_to(positions)).astype(int)
            pixel = np.clip(pixel, 0, np.array(mask.shape) - 1)
            highest = np.maximum(highest, mask[pixel[:, 0], pixel[:, 1]] / LEVELS)
        return highest

    def _mask(self, scale: InputScale) -> NDArray[np.uint16]:
        """Mask of the whole image, in steps of 1 / `LEVELS`."""
        if scale not in self._masks:
            self._masks[scale] = _in_levels(self._maps(scale)[0])
        return self._masks[scale]

    def _maps(self, scale: InputScale) -> Single:
        return network_maps(self.model, self.pixels, scale, self.settings.scale.search_halo)


def _in_levels(mask: Single) -> NDArray[np.uint16]:
    levels = np.clip(mask, 0, 1)
    levels *= LEVELS
    return np.rint(levels, out=levels).astype(np.uint16)
