"""Write down what every image of `colonnade bench atoms` hashes to, after they were changed.

    python benchmarks/atoms/bench_digests.py FOLDER [--new]

FOLDER keeps the images that are drawn. With `--new` only those are that have no hash yet.
"""

import argparse
import json
from pathlib import Path

from colonnade.atoms.bench import cases
from colonnade.core.work.processors import available_cpus

DIGESTS = Path(cases.__file__).with_name("digests.json")


def main() -> None:
    """Draw all images, and those of a quick run, and write their hashes into the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--new", action="store_true")
    given = parser.parse_args()
    known = cases.expected_digests() if given.new else {}
    listed = [*cases.list_cases(False, None), *cases.list_cases(True, None)]
    chosen = [case for case in dict.fromkeys(listed) if case.name not in known]
    test_set = cases.TestSet(tuple(chosen), None, available_cpus())
    test_set.prepare(given.folder, lambda done, total: None)
    drawn = {case.name: cases.digest(cases.read_image(given.folder, case)) for case in chosen}
    digests = known | drawn
    DIGESTS.write_text(json.dumps(digests, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
