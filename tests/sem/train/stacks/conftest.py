"""Where the small model is found that trainings for stacks begin with."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
