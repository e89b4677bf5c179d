"""From columns to physics: what a crystal does, with the error of every number."""
