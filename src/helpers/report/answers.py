"""Questions that run only when what they need is there, so that a notebook holds no `if`."""

import inspect

from helpers import wording
from helpers.disclosure.policy import Policy
from helpers.questions import table_of
from helpers.report.show import show
from helpers.results import NotEnoughData
from helpers.tables import TABLES


class Answers:
    """The questions of one notebook, each answered at once or shown with the reason why it cannot be.

        answers = report.Answers(extracts, policy)

        @answers.to("How often do children go missing?")
        def incidents(missing_episodes):
            ...

    A question's function names what it needs: typed tables, earlier questions by their functions' names, `extracts`, `policy`.
    """

    def __init__(self, extracts, policy: Policy):
        self.extracts, self.policy = extracts, policy
        self._given = {"extracts": extracts, "policy": policy}
        self._unanswered: dict[str, dict] = {}

    def to(self, question: str, *, columns: tuple[str, ...] = ()):
        """Runs the function below it, remembers its result under its name and returns the result (None when not answered).

        `columns` are those without which a table that came does not answer it.
        """

        def answer(function):
            name, parameters = function.__name__, inspect.signature(function).parameters
            needs = [need for need, parameter in parameters.items() if parameter.default is parameter.empty]
            self._given.pop(name, None)  # a cell that is run again replaces its answer
            self._unanswered.pop(name, None)
            refusal = self._refusal(question, needs, columns)
            if refusal is None:
                try:
                    self._given[name] = function(**{need: self._find(need) for need in needs})
                except NotEnoughData as reason:
                    why = wording.sentence_case(f"{str(reason).removesuffix('.')}.")
                    refusal = {"kind": "not_answered", "question": question, "needs": [], "why": why}
            if refusal is not None:
                refusal["again"] = self._is_told(refusal)
                self._unanswered[name] = refusal
                show(refusal)
            return self._given.get(name)

        return answer

    def _find(self, need: str):
        return self._given[need] if need in self._given else self.extracts.tables[need]

    def _why_absent(self, table: str) -> str:
        """The fault that stopped a table which came, or where one that did not come would be from."""
        return self.extracts.stopped(table) or TABLES[table].where_from

    def _is_told(self, refusal: dict) -> bool:
        """Whether questions above said already why, and all that this one needs: it is then told in a line."""
        same = [earlier for earlier in self._unanswered.values() if earlier["why"] == refusal["why"]]
        named = [need for earlier in same for need in earlier["needs"]]
        return bool(same) and all(need in named for need in refusal["needs"])

    def _refusal(self, question: str, needs: list[str], columns: tuple[str, ...]) -> dict | None:
        """The block that says why a question cannot be answered, or None when everything it needs is there."""
        unknown = [need for need in needs if need not in self._given and need not in self._unanswered and need not in TABLES]
        if unknown:
            raise TypeError(f"{unknown[0]!r} is neither a table nor an earlier question; tables are {', '.join(TABLES)}")
        absent = self.extracts.missing([need for need in needs if need not in self._given and need in TABLES])
        if absent:
            tables = [{"title": TABLES[name].title, "where_from": self._why_absent(name)} for name in absent]
            why = getattr(self.extracts, "why_none", "") or ""
            return {"kind": "not_answered", "question": question, "needs": tables, "why": why}
        earlier = [self._unanswered[need] for need in needs if need in self._unanswered]
        if earlier:
            return {**earlier[0], "question": question}
        why = " ".join(dict.fromkeys(filter(None, (self.extracts.lacks(table_of(name), name) for name in columns))))
        return {"kind": "not_answered", "question": question, "needs": [], "why": why} if why else None
