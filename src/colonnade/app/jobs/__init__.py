"""Jobs: a command, run for a page in a process that is kept warm."""
