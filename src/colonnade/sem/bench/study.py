"""What is compared, by which scores and limits, and how the report says it."""

from collections.abc import Iterator
from importlib.resources import files

from colonnade.core.bench.case import Series
from colonnade.core.bench.results import Results
from colonnade.core.bench.study import Limit, Pictures, Section, Study, Task, Total, Wording
from colonnade.sem.bench import outputs, own_images, pictures
from colonnade.sem.bench.by_material import material_sections
from colonnade.sem.bench.cases import FACTORS, read_image
from colonnade.sem.bench.measure import COLUMNS, COMPARISON, pool, scores_of
from colonnade.sem.bench.test_images import AXES, NOISE, series_name
from colonnade.sem.bench.training.section import training_section

LIMITS = (
    Limit("gain_db", "gain over bicubic", "dB", 0.0, upper=False, span=(-3.0, 6.0)),
    Limit("recall", "particles shown", "", 0.90, upper=False, span=(0.0, 1.02)),
    Limit("invented_share", "particles invented", "", 0.10, upper=True, span=(0.0, 1.0)),
    Limit("hallucinated", "hallucinated patches", "", 0.05, upper=True, span=(0.0, 0.5)),
)

TOTALS = (
    Total("psnr", "PSNR<small>dB</small>"),
    Total("psnr_fitted", "PSNR, greys fitted<small>dB</small>"),
    Total("ssim", "SSIM"),
    Total("spectrum_error", "spectrum error<small>decades</small>"),
    Total("frc_ratio", "resolution<small>FRC, beside bicubic</small>"),
    Total("grey_slope", "grey slope<small>coarse scales</small>"),
    Total("consistency", "residual<small>beside the truth's</small>"),
    Total("coverage", "inside interval<small>90 % if right</small>", percent=True),
)

TOTALS_MEANING = (
    "Medians over all images. Spectrum error: how far the power at each frequency is from that of "
    "the truth; blur makes it large. Resolution: the frequency up to which output and truth agree "
    "(FRC above 0.5), beside that of bicubic enlargement. Grey slope: 1 if coarse contrast is "
    "kept. Residual: how far the output, taken again with the same probe and pixels, is from what "
    "was given, beside how far the truth is from it; above 1 something was given up."
)


def _series() -> Iterator[Series]:
    for factor in FACTORS:
        yield Series(series_name(factor), f"Upscaled by {factor}", AXES)
    for factor in FACTORS:
        name = f"{own_images.OWN} {series_name(factor)}"
        yield Series(name, f"Own images, upscaled by {factor}", (NOISE,))


def _sections(results: Results) -> Iterator[Section]:
    yield from training_section(results)
    yield from material_sections(results)


STUDY = Study(
    wing="sem",
    model_method="ours",
    task=Task(
        read=read_image,
        measure=scores_of,
        failed=outputs.no_output,
        write=outputs.write_output,
        suffix=outputs.SUFFIX,
        columns=COLUMNS,
    ),
    series=tuple(_series()),
    limits=LIMITS,
    pool=pool,
    totals=TOTALS,
    published=(),
    wording=Wording(
        title="Benchmark of methods that upscale micrographs",
        comparison=COMPARISON,
        totals=TOTALS_MEANING,
        method=(files("colonnade.sem.bench") / "method.html").read_text(encoding="utf-8"),
    ),
    pictures=Pictures(draw_examples=pictures.draw_examples),
    sections=_sections,
)
