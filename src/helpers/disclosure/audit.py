"""The attacker audit: what someone could work out about a suppressed number from everything that is shown and the rule itself.

Every numerator and every count of children is a cell with the whole numbers that its shown value can stand for; margins, parts
of a whole and numerators within their denominators tie cells together. An integer program (scipy's HiGHS) finds the smallest
and the largest value that a suppressed cell can have. The attacker is taken to know the rule, which cells are small and which
are suppressed only to protect others, and which tables add up.

The criterion: a suppressed cell must be able to take at least `policy.least_uncertainty` values (5 under the standard policy):
it must be at least as uncertain as a count that is shown rounded. Being pinned to one value is the worst failure of this.
Populations and exposures beneath rates are not cells: they are not counts of the children in question.
"""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

from helpers.disclosure.policy import Policy, could_be
from helpers.measures import Measure

TOTALS = ("All", "Total")  # a dimension's value on a margin
LIMITS = {"time_limit": 5}  # seconds for one bound; one not found in that time counts as worked out


def kind(measure: Measure) -> str:
    """ "count", "proportion" (a part of its denominator), "mean" (per one person) or "rate"."""
    if measure.per is None:
        return "count"
    return "proportion" if measure.unit.startswith("%") else "mean" if measure.per == 1 else "rate"


@dataclass
class Cell:
    """One number of the tables: its true value, where it is shown, and the values an attacker cannot rule out at sight."""

    true: int
    low: float
    high: float
    small: bool  # suppressed because of what it is, and so to be protected
    places: list[tuple[int, int, str]] = field(default_factory=list)  # (table, row, column) where it stands
    hidden: bool = False  # suppressed because of another
    most: float = np.inf  # what it cannot exceed even when hidden: its denominator
    margin: int = 0  # how many of the tables' dimensions it is summed over

    @property
    def shown(self) -> bool:
        return not self.small and not self.hidden


@dataclass(frozen=True)
class Weak:
    """A suppressed cell that can be worked out: where it stands, and the range left to it."""

    measure: str
    where: dict
    column: str
    low: int
    high: int

    def __str__(self):
        place = ", ".join(f"{dimension} {value}" for dimension, value in self.where.items()) or "the total"
        return f"'{self.measure}', {self.column} of {place}: a suppressed number can be worked out ({self.low} to {self.high})"


def weaknesses(tables: list[tuple[Measure, pd.DataFrame]], policy: Policy) -> list[Weak]:
    """The suppressed cells of these tables, taken together, that leave an attacker too few values; empty where all is well.

    `tables` pairs each exact measure with the frame shown of it (a Controlled's `data`), row by row.
    """
    puzzle = _Puzzle(tables, policy)
    places = [wheres(measure) for measure, _ in tables]
    return [
        Weak(tables[table][0].name, places[table][row], column, low, high)
        for cell, low, high in puzzle.too_narrow()
        for table, row, column in puzzle.cells[cell].places[:1]
    ]


def further_suppression(tables: list[tuple[Measure, pd.DataFrame]], policy: Policy) -> list[tuple[int, int, str]]:
    """The (table, row, column) to suppress as well, so that no suppressed cell can be worked out; smallest true values first."""
    puzzle, more = _Puzzle(tables, policy), []
    for cell, _, _ in puzzle.too_narrow():
        while (helper := puzzle.helper_of(cell)) is not None and puzzle.is_narrow(cell):
            puzzle.hide(helper)
            more += puzzle.cells[helper].places
    return more


def wheres(measure: Measure) -> list[dict]:
    """Of each row, its dimensions and their values, those it is summed over left out."""
    rows = (
        measure.data[list(measure.dimensions)].astype(object).to_dict("records")
        if measure.dimensions
        else [{}] * len(measure.data)
    )
    return [{name: str(value) for name, value in row.items() if str(value) not in TOTALS} for row in rows]


class _Puzzle:
    """The cells of some tables, the sums that tie them, and what an attacker can make of them."""

    def __init__(self, tables: list[tuple[Measure, pd.DataFrame]], policy: Policy):
        self.policy = policy
        self.cells: list[Cell] = []
        self.ties: list[tuple[dict[int, int], float, float]] = []  # coefficients by cell, lowest and highest sum
        self._by_place: dict[tuple, dict[frozenset, int]] = defaultdict(dict)  # (measure, population, column) -> where -> cell
        self._read(tables)
        for group in self._by_place.values():
            self._tie_margins(group)
        self._tie_parts(tables)
        self._gather()

    def _read(self, tables):
        for number, (measure, frame) in enumerate(tables):
            sort = kind(measure)
            columns = {"count": ["numerator"], "rate": ["numerator"]}.get(sort, ["numerator", "denominator"])
            exact, shown = measure.data.reset_index(drop=True), frame.reset_index(drop=True)
            columns = [c for c in columns if exact[c].dropna().mod(1).eq(0).all()]  # sums of hours and the like are not counts
            places = wheres(measure)
            for row, place in enumerate(places):
                where = frozenset(place.items())
                for column in columns:
                    true = exact.at[row, column]
                    if pd.isna(true):
                        continue
                    group = self._by_place[measure.name, measure.population, column]
                    seen = self._seen(int(true), shown.at[row, column], column, sort)
                    if where in group and self.cells[group[where]].true != seen.true:
                        group = self._by_place[measure.name, measure.population, column, number]  # not the same thing after all
                    if where not in group:
                        group[where] = len(self.cells)
                        self.cells.append(seen)
                    cell = self.cells[group[where]]
                    cell.low, cell.high = max(cell.low, seen.low), min(cell.high, seen.high)
                    cell.margin = max(cell.margin, len(measure.dimensions) - len(place))
                    cell.places.append((number, row, column))

    def _seen(self, true: int, shown: float, column: str, sort: str) -> Cell:
        most = self.policy.suppress_up_to
        if not pd.isna(shown):
            return Cell(true, *could_be(int(shown), self.policy), small=False)
        if 1 <= true <= most:
            could_be_none = sort == "proportion" and column == "numerator"  # there a hidden none is [c] as well
            return Cell(true, 0 if could_be_none else 1, most, small=True)
        if true == 0:
            return Cell(true, 0, most, small=True)
        return Cell(true, 0, np.inf, small=False, hidden=True)  # everyone, or hidden to protect another

    def _tie_margins(self, group: dict[frozenset, int]):
        """A margin is the sum of its parts; where children are in several parts, or in none, it is less or more than the sum."""
        parts = defaultdict(list)
        for where, cell in group.items():
            for dimension, value in where:
                parts[where - {(dimension, value)}, dimension].append(cell)
        for (where, _), inner in parts.items():
            if where not in group:
                continue
            total = group[where]
            surplus = self.cells[total].true - sum(self.cells[cell].true for cell in inner)
            low, high = (0, 0) if surplus == 0 else (0, np.inf) if surplus > 0 else (-np.inf, 0)
            self.ties.append(({total: 1, **dict.fromkeys(inner, -1)}, low, high))
            if surplus < 0 and all(self.cells[cell].true <= self.cells[total].true for cell in inner):
                self.ties += [({total: 1, cell: -1}, 0, np.inf) for cell in inner]

    def _tie_parts(self, tables):
        """A numerator is part of its denominator; numerators that exhaust the same denominator add up to it."""
        for measure, _ in tables:
            if kind(measure) != "proportion":
                continue
            tops = self._by_place[measure.name, measure.population, "numerator"]
            bases = self._by_place[measure.name, measure.population, "denominator"]
            shares = defaultdict(list)
            for where in tops.keys() & bases.keys():
                top, base = self.cells[tops[where]], self.cells[bases[where]]
                top.most = min(top.most, base.high)
                top.high = min(top.high, base.high)
                if base.low < top.high:
                    self.ties.append(({bases[where]: 1, tops[where]: -1}, 0, np.inf))
                for dimension, value in where:
                    shares[where - {(dimension, value)}, dimension].append(where)
            for inner in shares.values():
                wholes = {self.cells[bases[where]].true for where in inner}
                if len(inner) > 1 and len(wholes) == 1 and sum(self.cells[tops[w]].true for w in inner) == wholes.pop():
                    self.ties.append(({bases[inner[0]]: 1, **{tops[w]: -1 for w in inner}}, 0, 0))

    def _gather(self):
        """Number the groups of cells that are tied together; each is a puzzle of its own."""
        home = list(range(len(self.cells)))

        def root(cell):
            while home[cell] != cell:
                home[cell] = home[home[cell]]
                cell = home[cell]
            return cell

        for coefficients, _, _ in self.ties:
            first, *others = coefficients
            for other in others:
                home[root(other)] = root(first)
        self._members, self._ties_of = defaultdict(list), defaultdict(list)
        for cell in range(len(self.cells)):
            self._members[root(cell)].append(cell)
        for tie in self.ties:
            self._ties_of[root(next(iter(tie[0])))].append(tie)
        self._root = root

    def too_narrow(self) -> list[tuple[int, int, int]]:
        """(cell, lowest, highest) of each small cell that can take fewer values than the rule asks for."""
        found = []
        for head, members in self._members.items():
            unsure = [cell for cell in members if self.cells[cell].small]
            if not unsure:
                continue
            if not self._ties_of[head]:
                ranges = {cell: (self.cells[cell].low, self.cells[cell].high) for cell in unsure}
            else:
                ranges = self._ranges(members, self._ties_of[head], unsure)
            found += [(cell, int(low), int(high)) for cell, (low, high) in ranges.items() if self._too_few(low, high)]
        return found

    def is_narrow(self, cell: int) -> bool:
        """Whether this cell can still take too few values."""
        head = self._root(cell)
        return self._too_few(*self._ranges(self._members[head], self._ties_of[head], [cell])[cell])

    def helper_of(self, cell: int) -> int | None:
        """The shown cell to hide next for the sake of `cell`: tied to it if any is, innermost first, then smallest."""
        ties = self._ties_of[self._root(cell)]
        near = {other for tie, _, _ in ties if cell in tie for other in tie}
        far = set(self._members[self._root(cell)])
        for candidates in (near, far):
            shown = [other for other in candidates if self.cells[other].shown and self.cells[other].true > 0]
            if shown:
                return min(shown, key=self._cost)
        return None

    def _cost(self, cell: int) -> tuple:
        one = self.cells[cell]
        return one.places[0][2] == "denominator", one.margin, one.true, cell

    def hide(self, cell: int) -> None:
        """Suppress a shown cell to protect another; a denominator takes its numerator along."""
        self.cells[cell].hidden, self.cells[cell].low, self.cells[cell].high = True, 0, self.cells[cell].most

    def _too_few(self, low: float, high: float) -> bool:
        return high - low + 1 < self.policy.least_uncertainty

    def _ranges(self, members: list[int], ties: list, wanted: list[int]) -> dict[int, tuple[float, float]]:
        """Values that each wanted cell can take together with all else: exact where narrow, at least wide enough where not.

        Each solution is a possible world and widens what is known of every cell, so most cells need no program of their own.
        """
        at = {cell: i for i, cell in enumerate(members)}
        rows = [(row, at[cell], value) for row, (tie, _, _) in enumerate(ties) for cell, value in tie.items()]
        row, column, value = (np.array(part) for part in zip(*rows, strict=True))
        matrix = csr_matrix((value, (row, column)), shape=(len(ties), len(members)))
        sums = LinearConstraint(matrix, [low for _, low, _ in ties], [high for _, _, high in ties])
        bounds = Bounds([self.cells[cell].low for cell in members], [self.cells[cell].high for cell in members])
        low = high = np.array([float(self.cells[cell].true) for cell in members])

        def widen(aim: np.ndarray) -> None:
            nonlocal low, high
            world = milp(aim, constraints=sums, bounds=bounds, integrality=np.ones(len(members)), options=LIMITS)
            if world.status == 3:  # no upper bound at all
                high = np.where(aim < 0, np.inf, high)
            elif world.x is not None:
                low, high = np.minimum(low, np.round(world.x)), np.maximum(high, np.round(world.x))

        everyone = np.zeros(len(members))
        everyone[[at[cell] for cell in wanted]] = 1
        if len(wanted) > 1:
            widen(everyone)
            widen(-everyone)
        for cell in wanted:
            aim = np.zeros(len(members))
            aim[at[cell]] = 1
            for direction in (1, -1):
                if self._too_few(low[at[cell]], high[at[cell]]):
                    widen(direction * aim)
        return {cell: (low[at[cell]], high[at[cell]]) for cell in wanted}
