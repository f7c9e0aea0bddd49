"""Executed notebooks as pages: one HTML file each, without code, script or request, and the index over them."""

MIME = "application/vnd.evaluation.block+json"


def preview(block: dict) -> str:
    """A block as JupyterLab shows it."""
    return ""
