"""What the tests of films share."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for drawn_films
sys.path.insert(0, str(Path(__file__).parents[1]))  # for drawn_lattices
