"""Draw images that are no atom columns but have much of them: spots, lattices, rings and print.

Diffraction patterns and power spectra are lattices of spots, arrays of particles and pores are
lattices of discs; what microscopes of other kinds show, and what printers and cameras make of
pictures, has grain and periods of its own. All of it is drawn from a seed.
"""

import io
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from colonnade.core.arrays import Array

SIDE = 384
"""Rows and columns of what is drawn [px]."""

GRID = np.mgrid[:SIDE, :SIDE].astype(float)

MIDDLE = GRID - SIDE / 2

Draw = Callable[..., Array]


def _noisy(rng: np.random.Generator, image: Array, counts: float) -> Array:
    """Electrons of an image whose brightest pixel has so many."""
    return np.asarray(rng.poisson(counts * np.clip(image, 0, None) / image.max()), float)


def _turned(angle: float) -> Array:
    """Coordinates from the middle along axes that are turned [px]."""
    axes = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return np.asarray(np.tensordot(axes, MIDDLE, 1))


def _sites(rng: np.random.Generator, pitch: float, hexagonal: bool, disorder: float) -> Array:
    """Places (y, x) of an array over the whole image [px]."""
    reach = np.arange(-SIDE // pitch, SIDE // pitch + 1)
    i, j = (one.ravel() for one in np.meshgrid(reach, reach))
    lean = 0.5 if hexagonal else 0.0
    cell = pitch * np.stack([i * (np.sqrt(3) / 2 if hexagonal else 1.0), j + lean * i], axis=1)
    angle = rng.uniform(0, np.pi / 2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    places = cell @ turn.T + SIDE / 2 + rng.normal(0, disorder * pitch, cell.shape)
    inside = (places > -pitch) & (places < SIDE + pitch)
    return np.asarray(places[inside.all(axis=1)])


def _stamped(places: Array, heights: Array, shape: Callable[[Array], Array]) -> Array:
    """Sum of one shape, a function of the distance, at places of some heights."""
    image = np.zeros((SIDE, SIDE))
    for (y, x), height in zip(places, heights, strict=True):
        top, left = (max(0, int(at) - 48) for at in (y, x))
        part = np.s_[top : int(y) + 48, left : int(x) + 48]
        if min(image[part].shape) > 0:
            distance = np.hypot(GRID[0][part] - y, GRID[1][part] - x)
            image[part] += height * shape(distance)
    return image


def diffraction(rng: np.random.Generator, pitch: float, spot: float, log: bool) -> Array:
    """Spots of a crystal in a diffraction pattern, the direct beam in the middle."""
    places = _sites(rng, pitch, rng.random() < 0.4, 0.0)
    far = np.hypot(*(places - SIDE / 2).T)
    heights = np.exp(-far / 70) * rng.uniform(0.05, 1, len(places)) + 5 * (far < 1)
    shape = (lambda d: (d < spot) * 1.0) if spot > 4 else (lambda d: np.exp(-((d / spot) ** 2)))
    halo = 0.05 * np.exp(-np.hypot(*MIDDLE) / 50)
    seen = _noisy(rng, _stamped(places, heights, shape) + halo, 20000)
    return np.log1p(seen) if log else np.minimum(seen, 4095)


def rings(rng: np.random.Generator, width: float) -> Array:
    """Rings of a powder."""
    far = np.hypot(*MIDDLE)
    radii = 35 * np.sqrt(np.array([3, 4, 8, 11, 12, 16, 19, 20]))
    spotty = 1 + 0.5 * rng.normal(size=(SIDE, SIDE))
    image = sum(np.exp(-(((far - r) / width) ** 2)) * np.exp(-r / 90) for r in radii)
    return _noisy(rng, np.clip(image * spotty, 0, None) + 3 * np.exp(-far / 25), 500)


def spectrum(rng: np.random.Generator, pitch: float, noise: float) -> Array:
    """Logarithm of the power of an image of a lattice."""
    places = _sites(rng, pitch, False, 0.0)
    heights = rng.choice([0.5, 1.0], len(places))
    image = _stamped(places, heights, lambda d: np.exp(-((d / (0.3 * pitch)) ** 2)))
    image += noise * rng.normal(size=image.shape)
    window = np.outer(np.hanning(SIDE), np.hanning(SIDE))
    power = np.abs(np.fft.fftshift(np.fft.fft2((image - image.mean()) * window))) ** 2
    return np.asarray(np.log(power + 1))


def elements(rng: np.random.Generator, counts: float) -> Array:
    """Map of an element by its X-rays: few counts, in particles."""
    smooth = ndimage.gaussian_filter(rng.normal(size=(SIDE, SIDE)), 14)
    return np.asarray(rng.poisson(counts * (0.1 + (smooth > 0.02))), float)


def bands(rng: np.random.Generator, count: int) -> Array:
    """Kikuchi bands of a backscatter pattern."""
    image = np.exp(-((np.hypot(*MIDDLE) / 250) ** 2))
    for _ in range(count):
        along = _turned(rng.uniform(0, np.pi))[0] - rng.uniform(-150, 150)
        half = rng.uniform(6, 25)
        edge = np.exp(-((np.abs(along) - half) ** 2) / 4)
        image += rng.uniform(0.05, 0.25) * ((np.abs(along) < half) - 0.7 * edge)
    return _noisy(rng, np.clip(image, 0.02, None), 300)


def ronchigram(rng: np.random.Generator, defocus: float) -> Array:
    """Shadow of an amorphous film in a convergent beam, magnified towards the middle."""
    far = np.hypot(*MIDDLE) / (SIDE / 2)
    film = ndimage.gaussian_filter(rng.normal(size=(3 * SIDE, 3 * SIDE)), 1.2)
    stretch = defocus * (0.15 + far**2)
    at = MIDDLE * stretch + 1.5 * SIDE
    shadow = ndimage.map_coordinates(film, at, order=1, mode="wrap")
    return _noisy(rng, np.clip(1 + 1.5 * shadow / film.std() * 0.3, 0, None) * (far < 0.9), 200)


def amorphous(rng: np.random.Generator, defocus: float) -> Array:
    """Amorphous film by phase contrast: noise between rings of the transfer function."""
    ky, kx = np.meshgrid(*[np.fft.fftfreq(SIDE)] * 2, indexing="ij")
    squared = ky**2 + kx**2
    transfer = np.sin(np.pi * defocus * squared) * np.exp(-squared / 0.06)
    film = np.fft.ifft2(np.fft.fft2(rng.normal(size=(SIDE, SIDE))) * transfer).real
    return _noisy(rng, np.clip(1 + 0.15 * film / film.std(), 0, None), 100)


def fringes(rng: np.random.Generator, period: float) -> Array:
    """Lattice fringes in one direction, on an amorphous film."""
    wave = np.cos(2 * np.pi * _turned(rng.uniform(0, np.pi))[0] / period)
    part = ndimage.gaussian_filter(rng.normal(size=(SIDE, SIDE)), 30)
    return np.asarray(amorphous(rng, 120.0) + 12 * wave * (part > 0))


def proteins(rng: np.random.Generator, radius: float) -> Array:
    """Particles in ice, dark, at a low dose."""
    places = rng.uniform(0, SIDE, (60, 2))
    body = _stamped(places, np.ones(60), lambda d: np.clip(1 - (d / radius) ** 2, 0, None))
    texture = ndimage.gaussian_filter(rng.normal(size=body.shape), 1.5)
    image = 1 - 0.15 * body * (1 + texture / texture.std() * 0.5)
    return _noisy(rng, np.clip(image, 0.1, None), 20)


def _soft(size: float, distance: Array) -> Array:
    return np.asarray(np.exp(-((distance / size) ** 2)))


def _disc(radius: float, distance: Array) -> Array:
    return np.where(distance < radius, 1.0, 0.0)


def _dome(radius: float, distance: Array) -> Array:
    return np.asarray(np.sqrt(np.clip(1 - (distance / radius) ** 2, 0, None)))


def beads(rng: np.random.Generator, width: float, count: int) -> Array:
    """Fluorescent beads in a light microscope, in and out of focus."""
    places = rng.uniform(0, SIDE, (count, 2))
    focus = rng.exponential(0.6, count)
    image = np.full((SIDE, SIDE), 0.02)
    for place, blur in zip(places, focus, strict=True):
        size = width * (1 + blur)
        light = np.array([(width / size) ** 2])
        image = image + _stamped(place[None], light, partial(_soft, size))
    return _noisy(rng, image, 800)


def nuclei(rng: np.random.Generator, radius: float) -> Array:
    """Stained nuclei of cells."""
    places = rng.uniform(0, SIDE, (int(0.25 * SIDE**2 / radius**2), 2))
    image = np.full((SIDE, SIDE), 0.05)
    for place in places:
        own = radius * rng.uniform(0.7, 1.2)
        light = rng.uniform(0.3, 1, 1)
        image = image + _stamped(place[None], light, partial(_dome, own))
    grain = ndimage.gaussian_filter(rng.normal(size=image.shape), 1.5)
    return _noisy(rng, image * np.clip(1 + 0.8 * grain, 0.1, None), 300)


def plot(rng: np.random.Generator, size: int) -> Array:
    """A plot of points and lines, with words at its axes."""
    sheet = Image.new("L", (SIDE, SIDE), 255)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(findfont("DejaVu Sans"), size)
    draw.rectangle((50, 20, SIDE - 15, SIDE - 45), outline=0, width=2)
    for tick in range(60, SIDE - 20, 40):
        draw.line((tick, SIDE - 45, tick, SIDE - 38), 0)
        draw.text((tick - 10, SIDE - 36), f"{tick / 10:.1f}", 0, font)
        draw.text((8, tick - 10), f"{tick}", 0, font)
    x = np.linspace(55, SIDE - 20, 60)
    y = 170 + 90 * np.sin(x / 40) + rng.normal(0, 12, x.size)
    for left, top in zip(x, y, strict=True):
        draw.ellipse((left - 4, top - 4, left + 4, top + 4), fill=40)
    draw.line([*zip(x, 170 + 90 * np.sin(x / 40), strict=True)], 120, 2)
    return np.asarray(sheet, float)


def screenshot(rng: np.random.Generator, size: int) -> Array:
    """A table of numbers in windows on a screen."""
    sheet = Image.new("L", (SIDE, SIDE), 225)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(findfont("DejaVu Sans Mono"), size)
    for top in range(24, SIDE, int(1.6 * size)):
        draw.rectangle((0, top, SIDE, top + int(1.5 * size)), fill=255 - 12 * (top // 20 % 2))
        words = "  ".join(f"{number:7.3f}" for number in rng.normal(size=9))
        draw.text((6, top), words, 20, font)
    draw.rectangle((0, 0, SIDE, 20), fill=90)
    return np.asarray(sheet, float)


def code(rng: np.random.Generator, module: int) -> Array:
    """A code of squares, with its three marks."""
    count = SIDE // module
    dots = rng.random((count, count)) < 0.5
    mark = np.zeros((8, 8), bool)
    mark[:7, :7] = True
    mark[1:6, 1:6] = False
    mark[2:5, 2:5] = True
    dots[:8, :8], dots[:8, -8:], dots[-8:, :8] = mark, mark[:, ::-1], mark[::-1]
    image = 255.0 * ~np.repeat(np.repeat(dots, module, 0), module, 1)
    image = np.pad(image, [(0, SIDE - length) for length in image.shape], constant_values=255)
    return np.asarray(ndimage.gaussian_filter(image, 0.7) + rng.normal(0, 4, image.shape))


def scene(rng: np.random.Generator) -> Array:
    """Slow tones with a few edges, from 0 to 1, as a picture that is printed."""
    smooth = ndimage.gaussian_filter(rng.normal(size=(SIDE, SIDE)), 25)
    image = smooth / (4 * smooth.std()) + 0.5
    for y, x in rng.uniform(0, SIDE, (6, 2)):
        image[np.hypot(GRID[0] - y, GRID[1] - x) < rng.uniform(20, 60)] += rng.uniform(-0.3, 0.3)
    return np.asarray(np.clip(image, 0, 1))


def halftone(rng: np.random.Generator, pitch: float) -> Array:
    """A printed picture: dots in a lattice, the larger the darker."""
    along = _turned(np.pi / 4) / pitch
    screen = (np.cos(2 * np.pi * along[0]) + np.cos(2 * np.pi * along[1])) / 4 + 0.5
    dots = np.where(scene(rng) > screen, 240.0, 30.0)
    return np.asarray(ndimage.gaussian_filter(dots, 0.8) + rng.normal(0, 5, dots.shape))


def moire(rng: np.random.Generator, period: float) -> Array:
    """Two gratings that lie on each other."""
    angles = rng.uniform(0, np.pi) + np.array([0, 0.12])
    one, other = (np.sin(2 * np.pi * _turned(angle)[0] / period) > 0 for angle in angles)
    return np.asarray(ndimage.gaussian_filter(200.0 * (one & other), 0.8))


def compressed(rng: np.random.Generator, quality: int) -> Array:
    """A picture that was saved as JPEG of a low quality."""
    grey = 255 * scene(rng) + 10 * rng.normal(size=(SIDE, SIDE))
    file = io.BytesIO()
    Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=quality)
    with Image.open(file) as image:
        return np.asarray(image, float)


def dithered(rng: np.random.Generator, ordered: bool) -> Array:
    """A picture of black and white pixels alone."""
    tone = scene(rng)
    if ordered:
        four = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16
        return np.where(tone > np.tile(four, (SIDE // 4, SIDE // 4)), 255.0, 0.0)
    grey = Image.fromarray((255 * tone).astype(np.uint8))
    return np.asarray(grey.convert("1"), float) * 255


def particles(rng: np.random.Generator, pitch: float, share: float, disorder: float) -> Array:
    """An array of equal particles in a scanning microscope, with bright rims."""
    places = _sites(rng, pitch, True, disorder)
    radius = share * pitch
    rim = _stamped(
        places,
        rng.normal(1, 0.05, len(places)),
        lambda d: (d < radius) * (0.6 + 0.4 * np.exp((d - radius) / 2)),
    )
    return _noisy(rng, ndimage.gaussian_filter(rim, 0.8) + 0.15, 100)


def pores(rng: np.random.Generator, pitch: float) -> Array:
    """Pores of anodic alumina: dark, in grains of a hexagonal array."""
    places = _sites(rng, pitch, True, 0.06)
    holes = _stamped(places, np.ones(len(places)), partial(_disc, 0.3 * pitch))
    return _noisy(rng, ndimage.gaussian_filter(1 - 0.8 * np.clip(holes, 0, 1), 1.0), 80)


def dots(rng: np.random.Generator, pitch: float, disorder: float) -> Array:
    """Quantum dots: round, soft and equal, in an array."""
    places = _sites(rng, pitch, True, disorder)
    heights = rng.normal(1, 0.08, len(places))
    image = _stamped(places, heights, lambda d: np.exp(-((d / (0.3 * pitch)) ** 2)))
    return _noisy(rng, image + 0.2, 150)


def weave(rng: np.random.Generator, pitch: float) -> Array:
    """Cloth of threads that go over and under each other."""
    along, across = _turned(rng.uniform(0, np.pi / 2)) / pitch
    over = (np.floor(along) + np.floor(across)) % 2 > 0
    thread = np.where(over, np.abs(np.sin(np.pi * along)), np.abs(np.sin(np.pi * across)))
    shade = np.where(over, np.abs(np.sin(np.pi * across)), np.abs(np.sin(np.pi * along)))
    return np.asarray(150 * thread**0.5 * (0.6 + 0.4 * shade) + rng.normal(0, 8, along.shape))


def ridges(rng: np.random.Generator, period: float) -> Array:
    """A print of a finger: ridges of one period in all directions."""
    image = rng.normal(size=(SIDE, SIDE))
    for _ in range(12):
        near = ndimage.gaussian_filter(image, period / 6)
        far = ndimage.gaussian_filter(image, period / 2.5)
        image = np.tanh(3 * (near - far) / (near - far).std())
    return np.asarray(120 + 80 * image + rng.normal(0, 8, image.shape))


def lines(rng: np.random.Generator, strength: float) -> Array:
    """Nothing but the noise of a scan, with lines of their own levels."""
    row = ndimage.gaussian_filter1d(rng.normal(size=(SIDE, SIDE)), 1.2, axis=1)
    return np.asarray(row / row.std() + strength * rng.normal(size=(SIDE, 1)))


def salt(rng: np.random.Generator, share: float) -> Array:
    """A dark image of a camera with hot pixels."""
    image = rng.normal(100, 3, (SIDE, SIDE))
    hot = rng.random(image.shape) < share
    image[hot] += rng.exponential(2000, hot.sum())
    return image


KINDS: dict[str, tuple[Draw, tuple[tuple[float, ...], ...]]] = {
    "diffraction spots": (diffraction, ((28, 2.0, False), (28, 2.0, True), (16, 1.5, True))),
    "diffraction discs": (diffraction, ((46, 14.0, False), (30, 8.0, True))),
    "powder rings": (rings, ((2.0,), (4.0,))),
    "power spectrum": (spectrum, ((9.0, 0.3), (14.0, 1.0), (6.0, 0.1))),
    "element map": (elements, ((0.3,), (3.0,))),
    "Kikuchi bands": (bands, ((8,), (20,))),
    "ronchigram": (ronchigram, ((1.0,), (2.5,))),
    "amorphous film, phase contrast": (amorphous, ((60.0,), (200.0,))),
    "fringes": (fringes, ((7.0,), (12.0,))),
    "proteins in ice": (proteins, ((8.0,), (14.0,))),
    "beads": (beads, ((2.0, 250), (3.5, 100))),
    "nuclei": (nuclei, ((8.0,), (16.0,))),
    "plot": (plot, ((11,), (15,))),
    "screenshot": (screenshot, ((10,), (15,))),
    "code": (code, ((6,), (12,))),
    "halftone": (halftone, ((7.0,), (12.0,), (20.0,))),
    "moire": (moire, ((7.0,), (11.0,))),
    "JPEG": (compressed, ((5,), (15,))),
    "dithering": (dithered, ((True,), (False,))),
    "particle array": (particles, ((16, 0.35, 0.0), (24, 0.4, 0.03), (40, 0.35, 0.02))),
    "pore array": (pores, ((14.0,), (26.0,))),
    "quantum dots": (dots, ((12.0, 0.02), (20.0, 0.05), (20.0, 0.15))),
    "cloth": (weave, ((10.0,), (18.0,))),
    "finger": (ridges, ((9.0,), (15.0,))),
    "lines of a scan": (lines, ((0.3,), (1.5,))),
    "hot pixels": (salt, ((0.001,), (0.01,))),
}
"""What is drawn, and with what it is varied."""


def drawn(seed: int) -> Iterator[tuple[str, Array]]:
    """Draw all of them, each with its name."""
    for kind, (draw, variants) in KINDS.items():
        for number, variant in enumerate(variants):
            rng = np.random.default_rng([seed, number])
            yield f"{kind} {number + 1}", draw(rng, *variant)
