"""The specimens that scenes show."""
