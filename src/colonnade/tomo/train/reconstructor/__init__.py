"""A network that reconstructs slices, trained."""
