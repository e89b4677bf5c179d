"""What the network finds on each scale in the middle of an image.

To compare scales the network need not see the whole image. On each scale it sees a part from the
middle once, and what it finds there is kept.
"""

import numpy as np

from colonnade.atoms.card import AtomsCard
from colonnade.atoms.locate.candidates import Candidates, InputScale
from colonnade.atoms.locate.find.blobs import find_blobs
from colonnade.atoms.locate.find.maps import network_maps
from colonnade.atoms.locate.find.settings import FIND_DEFAULTS, FindSettings
from colonnade.atoms.network import NetworkSettings
from colonnade.core.arrays import Array, Single
from colonnade.core.images.binning import Binning
from colonnade.core.learn.model import Model


class Trials:
    """What the network finds in the middle of an image, scale by scale.

    Parameters
    ----------
    pixels
        Grey levels, axes (y, x).
    model
        The network.
    network
        What its confidences mean; by default what its card says.
    settings
        How large the middle is, and how blobs are found.
    """

    def __init__(
        self,
        pixels: Single,
        model: Model,
        network: NetworkSettings | None = None,
        settings: FindSettings = FIND_DEFAULTS,
    ) -> None:
        self.pixels, self.model = pixels, model
        self.network = AtomsCard.of(model.card).network if network is None else network
        self.settings = settings
        self._found: dict[InputScale, Candidates] = {}

    def middle(self, binning: Binning) -> Single:
        """Give the part of the image on which binnings are compared."""
        parts = []
        for count, factor in zip(self.pixels.shape, binning.factors, strict=True):
            size = min(count, int(self.settings.scale.trial_side * factor))
            parts.append(slice((count - size) // 2, (count - size) // 2 + size))
        return self.pixels[parts[0], parts[1]]

    def candidates(self, scale: InputScale) -> Candidates:
        """Candidates in the middle, measured from the centre of the image [px]."""
        if scale not in self._found:
            part = self.middle(scale.binning)
            # What is compared is a part of an image, which goes on where the part ends.
            halo = self.settings.scale.trial_halo
            maps = network_maps(self.model, part, scale, halo, mirrored=True)
            found = find_blobs(maps[0], self.network.lowest, self.settings.blobs)
            centre = (np.array(part.shape) - 1) / 2
            places = scale.binning.undo(found.positions) - centre
            self._found[scale] = Candidates(places, found.confidence)
        return self._found[scale]

    def confident(self, scale: InputScale) -> Array:
        """Positions of the confident candidates, from the centre of the image [px]."""
        found = self.candidates(scale)
        return found.positions[found.confidence >= self.network.confident]

    def confidence(self, scale: InputScale) -> float:
        """How many more confident than doubtful candidates there are in an area [1/px²]."""
        excess = self.candidates(scale).confidence - self.network.doubtful
        return float(excess.sum()) / self.middle(scale.binning).size
