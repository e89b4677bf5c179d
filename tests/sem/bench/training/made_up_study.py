"""Made-up networks of a study, whose numbers are known."""

from pathlib import Path

import numpy as np

from colonnade.sem.bench.measure import COLUMNS
from colonnade.sem.bench.training.plan import Plan, Training
from colonnade.sem.bench.training.results import Look, StudyResults, Trained
from colonnade.sem.bench.training.scoring import Kept, Scores

NOWHERE = Kept(Path("nowhere"), "nothing")
COUNT = 8


def scores(**known: float) -> Scores:
    """Scores of a few images, alike but for a little."""
    spread = np.linspace(-0.02, 0.02, COUNT)
    every = {name: np.full(COUNT, np.nan) for name in COLUMNS}
    return every | {name: value + spread for name, value in known.items()}


def network(plan: Plan, training: Training, kept: Kept = NOWHERE, **changed: float) -> Trained:
    """Make up a network as the seed found it."""
    images = training.images
    gain = {1: 1.0, 5: 2.0, 20: 2.5, 100: 2.8, 1000: 2.9}[images]
    facts = {
        "own": gain + (2.0 if images == 1 else 0.1),
        "gain": gain - 0.5 * training.adversarial,
        "spectrum": 0.2 if training.adversarial else 1.0,
        "invented": 30.0 if training.adversarial else 10.0,
        "in_cathode": 40.0 if training.material == "tin_balls" else 5.0,
        "speed": 1.0,
    } | changed
    marks = plan.marks(training)
    looks = []
    for step, epochs in marks.items():
        # What counts is how often weights were changed.
        done = 1 - np.exp(-facts["speed"] * step / 100)
        known = scores(
            gain_db=facts["gain"] * done,
            spectrum_error=facts["spectrum"],
            invented=facts["invented"],
            psnr=20.0,
            ssim=0.8,
        )
        looks.append(Look(step, epochs, known, np.full(4, facts["own"] * done), kept))
    materials = {
        name: scores(psnr=20.0, invented=facts["in_cathode"], gain_db=2.0)
        for name in plan.materials
    }
    smallest = 5 if training.factor == 4 else 11
    particles = {
        size: scores(shown=9.0 if size > smallest else 0.0, missed=0.0 if size > smallest else 9.0)
        for size in plan.sizes
    }
    return Trained(training, tuple(looks), materials, particles, kept)


def study(kept: Kept = NOWHERE, **changed: float) -> StudyResults:
    """Make up a study whose network of one image, trained against a discriminator, is changed."""
    plan = Plan()
    made = {}
    for training in plan.trainings:
        one = training.images == 1 and training.adversarial
        made[training] = network(plan, training, kept, **(changed if one else {}))
    return StudyResults(plan, made)
