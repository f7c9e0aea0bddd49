"""The disclosure policy of a run: what counts as small, and how far numbers are rounded."""

from dataclasses import asdict, dataclass

STANDARD = {"suppress_up_to": 7, "round_to": 5}


@dataclass(frozen=True)
class Policy:
    """Suppress counts from 1 to `suppress_up_to`, round the others to `round_to`; looser than the standard needs a named approver."""

    suppress_up_to: int = 7
    round_to: int = 5
    min_group: int = 10
    max_series: int = 4
    approver: str = ""

    def __post_init__(self):
        looser = [f"{name} {getattr(self, name)} is looser than {floor}" for name, floor in STANDARD.items() if getattr(self, name) < floor]
        if looser and not self.approver:
            raise ValueError(f"{'; '.join(looser)}: a looser disclosure policy needs the name of the person who approved it")

    def record(self) -> dict:
        """The policy as it stands in run.json."""
        return asdict(self)
