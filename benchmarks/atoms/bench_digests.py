"""Write down what every image of `colonnade bench atoms` hashes to, after they were changed.

    python benchmarks/atoms/bench_digests.py FOLDER

FOLDER keeps the images that are drawn.
"""

import argparse
import json
from pathlib import Path

from colonnade.atoms.bench import cases
from colonnade.core.work.parallel import available_cpus

DIGESTS = Path(cases.__file__).with_name("digests.json")


def main() -> None:
    """Draw all images, and those of a quick run, and write their hashes into the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    chosen = dict.fromkeys([*cases.list_cases(False, None), *cases.list_cases(True, None)])
    test_set = cases.TestSet(tuple(chosen), None, available_cpus())
    test_set.prepare(folder, lambda done, total: None)
    digests = {case.name: cases.digest(cases.read_image(folder, case)) for case in chosen}
    DIGESTS.write_text(json.dumps(digests, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
