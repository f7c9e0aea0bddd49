"""Shared helpers of the evaluation notebooks; each module imports only from those that stand above it in README.md."""
