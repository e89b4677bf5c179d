"""A recipe of a denoiser so small that it is trained in seconds."""

from colonnade.core.learn.training import TrainingRecipe
from colonnade.tomo.train.denoiser.network import DenoiserShape
from colonnade.tomo.train.denoiser.scenes import Scenes
from colonnade.tomo.train.denoiser.task import DenoiserRecipe

SHAPE = DenoiserShape(widths=(8, 16), blocks=1, deepest=1)

SCENES = Scenes(side=32, specimens=0.1, views=2, slices=1, exposures=2)

SMALL = DenoiserRecipe(
    name="small",
    scenes=SCENES,
    patch=16,
    network=SHAPE,
    training=TrainingRecipe(steps=2, batch=2, warmup=1, save_every=1, workers=0),
    validation_images=2,
)
