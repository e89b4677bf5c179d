"""Make the slices of a stack finer along z."""
