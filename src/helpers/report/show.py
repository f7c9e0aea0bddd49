"""How a block is displayed: as JSON that the page is built from, and as the same fragment for a person in JupyterLab."""

from helpers import page


def show(block: dict) -> None:
    """Displays one block; a block is a dict that JSON can hold, with its "kind"."""
    from IPython.display import display

    display({page.MIME: block, "text/html": page.preview(block), "text/plain": f"report block: {block['kind']}"}, raw=True)
