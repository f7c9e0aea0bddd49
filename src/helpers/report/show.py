"""How a block is displayed: as JSON that the page is built from, and as the same fragment for a person in JupyterLab."""

import json

from helpers import page


def show(block: dict) -> None:
    """Displays one block, a dict of texts, numbers and lists with its "kind"; TypeError for anything that JSON cannot hold."""
    from IPython.display import display

    block = json.loads(json.dumps(block, default=_scalar))
    display({page.MIME: block, "text/html": page.preview(block), "text/plain": f"report block: {block['kind']}"}, raw=True)


def _scalar(value):
    """A number or truth value of numpy as Python's own."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"a block cannot hold a {type(value).__name__}")
