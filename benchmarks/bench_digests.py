"""Write down what every image of `colonnade bench atoms` hashes to, after they were changed.

    python benchmarks/bench_digests.py FOLDER

FOLDER keeps the images that are drawn.
"""

import argparse
import json
from pathlib import Path

from colonnade.atoms.bench import exam
from colonnade.core.parallel import available_cpus

DIGESTS = Path(exam.__file__).with_name("digests.json")


def main() -> None:
    """Draw all images, and those of a quick run, and write their hashes into the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    places = dict.fromkeys([*exam.places(False, None), *exam.places(True, None)])
    exam.prepare(
        list(places), folder, None, workers=available_cpus(), progress=lambda done, total: None
    )
    digests = {place.name: exam.digest(exam.read_plate(folder, place)) for place in places}
    DIGESTS.write_text(json.dumps(digests, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
