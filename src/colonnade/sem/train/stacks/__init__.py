"""Train networks that make the slices of a stack finer along z."""
