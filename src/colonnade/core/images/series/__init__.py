"""Several images of one field, recorded one after the other: how they lie, and their average."""
