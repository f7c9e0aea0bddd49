"""What every typed table means: what a row is, its key, where it comes from, and each column with its meaning and allowed values.

Names are the Standard Safeguarding Dataset's (v1.4.5) where it has them; a column marked `local` has no national field and is
added in the same style. The data dictionary that readers see and the schemas that frames are held to come from these objects.
"""

from helpers.tables import care, front_door, people, practice, protection, pupils
from helpers.tables.definition import DTYPES, WHILE_OPEN, Column, Table

TABLES: dict[str, Table] = {
    table.name: table
    for topic in (people, front_door, protection, care, practice, pupils)
    for table in vars(topic).values()
    if isinstance(table, Table)
}

__all__ = ["DTYPES", "TABLES", "WHILE_OPEN", "Column", "Table"]
