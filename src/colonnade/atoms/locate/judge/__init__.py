"""Whether a candidate is a column: evidence, lattice support, probability."""
