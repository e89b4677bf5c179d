"""Train networks that take noise out of images."""
