"""Who is let in, and where their files lie."""
