"""``python -m colonnade`` is the command ``colonnade``."""

from colonnade.cli import main

main()
