"""What the network answers to an image on one scale."""

from colonnade.atoms.card import AtomsCard
from colonnade.atoms.locate.candidates import InputScale
from colonnade.core.arrays import Single
from colonnade.core.images.binning import normalise
from colonnade.core.images.tiles import Tiling, run_tiled
from colonnade.core.learn.model import Model


def network_maps(
    model: Model, pixels: Single, scale: InputScale, halo: int, *, mirrored: bool = False
) -> Single:
    """Show an image to the network.

    Parameters
    ----------
    model
        The network.
    pixels
        Grey levels, axes (y, x).
    scale
        How they are shown.
    halo
        Pixels that each tile sees beyond its edges, at most [binned px]; no more than the network
        can use.
    mirrored
        Whether the image goes on as its mirror image where it ends; in training nothing does.

    Returns
    -------
    maps
        Mask and offsets along y and x [binned px], axes (map, y, x).
    """
    card = model.card
    image = normalise(scale.brightened(scale.binning.apply(pixels)), AtomsCard.of(card).background)
    reach = min(halo, card.halo)
    return run_tiled(
        model, image, Tiling(card.output_channels, card.stride, reach, mirrored=mirrored)
    )
