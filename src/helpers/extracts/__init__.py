"""What arrives from an authority, recognised by its content and turned into typed tables.

extracts.read(path) -> Extracts                  a folder or a single file
extracts.write_typed(read, folder)               Parquet and a JSON, readable by their owner alone
extracts.load_typed(folder) -> Extracts
extracts.of(local_authority) -> Extracts         what a notebook calls: this authority's tables, or a sentence saying why none
"""

from helpers.extracts.collection import About, Extracts
from helpers.extracts.faults import Fault
from helpers.extracts.reading import of, read
from helpers.extracts.typed_copies import load_typed, write_typed

__all__ = ["About", "Extracts", "Fault", "load_typed", "of", "read", "write_typed"]
