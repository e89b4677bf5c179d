"""The methods that the benchmark knows, a file each."""
