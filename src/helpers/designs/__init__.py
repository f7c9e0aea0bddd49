"""Evaluation designs, one to a file and named in full: tidy frames in, frozen results out, never figures or prose."""
