"""What reading a notebook would import and never use."""

import sys


def skip() -> None:
    """Leaves out jsonschema's check of internationalised addresses, which notebooks do not have.

    Importing `rfc3987_syntax` builds a grammar: 3.1 of the 4.4 seconds of processor time that `import papermill` takes with it,
    in every process that reads a notebook. jsonschema goes without it as if it were not installed. Call before nbformat,
    nbconvert or papermill is imported.
    """
    sys.modules.setdefault("rfc3987_syntax", None)
