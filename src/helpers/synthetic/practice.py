"""Made-up case audits, feedback of families and coded passages."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.synthetic.place import AUDITS_CHANGED_ON, FIRST_DAY, LAST_DAY, TEAMS, Effects, day_number, months, pick

AUDITS, RESPONSES, PASSAGES = 24, 22, 6  # in a month
GOOD, OUTSTANDING, INADEQUATE = 0.55, 0.08, 0.08  # good or outstanding before the change; outstanding and inadequate of all
NEW_TOOL = -0.10  # good or outstanding under the new tool: a change of the ruler, not of practice
NEW_TOOL_ON, PAUSED = pd.Timestamp("2024-05-01"), pd.date_range("2024-03-01", "2024-04-01", freq="MS")
MODERATED, STRICTER = 0.30, 0.16  # audits that are moderated; of those, moved one grade down
GRADES = ("Outstanding", "Good", "Requires improvement", "Inadequate")
DOMAINS = ("Assessment", "Planning", "Child's voice", "Supervision")
QUESTIONS = {
    "Did you feel listened to?": ("Always", "Mostly", "Sometimes", "Never"),
    "Has our help made things better?": ("A lot", "A little", "Not at all", "Worse"),
}
ANSWERS = ((0.52, 0.33, 0.11, 0.04), (0.44, 0.36, 0.15, 0.05))
THEMES = {
    "being listened to": 0.24, "changes of worker": 0.22, "clear plan": 0.18, "waiting for help": 0.20, "working together": 0.16,
}  # fmt: skip


@dataclass(frozen=True)
class Practice:
    """Audits, feedback and passages, a row each, by day numbers."""

    audits: pd.DataFrame
    feedback: pd.DataFrame
    passages: pd.DataFrame


def make_practice(rng: np.random.Generator, referrals: pd.DataFrame, effects: Effects, scale: float) -> Practice:
    """Audits of open cases, answers of families, passages coded by theme."""
    return Practice(_audits(rng, referrals, effects, scale), _feedback(rng, scale), _passages(rng, scale))


def _days(rng, monthly: float, paused=()) -> np.ndarray:
    calendar = [month for month in months(FIRST_DAY, LAST_DAY) if month not in paused]
    count = rng.poisson(monthly, len(calendar))
    return np.repeat([day_number(month) for month in calendar], count) + rng.integers(28, size=count.sum())


def _audits(rng, referrals: pd.DataFrame, effects: Effects, scale: float) -> pd.DataFrame:
    day = _days(rng, AUDITS * scale, PAUSED)
    count = len(day)
    in_order = referrals[~referrals["nfa"].astype(bool)].sort_values("day")
    until = np.searchsorted(in_order["day"].to_numpy(), day)  # a case referred before the audit, lately
    chosen = in_order.iloc[np.maximum(0, until - 1 - rng.integers(0, max(2, int(300 * scale)), count))]
    good = GOOD + np.where(day >= day_number(AUDITS_CHANGED_ON), effects.audits_good, 0.0)
    good = good + np.where(day >= day_number(NEW_TOOL_ON), NEW_TOOL, 0.0)
    grade = _grades(rng, good)
    moved = np.minimum(grade + (rng.random(count) < STRICTER), 3)
    domains = np.clip(grade[:, None] + rng.choice([-1, 0, 1], p=[0.2, 0.6, 0.2], size=(count, len(DOMAINS))), 0, 3)
    told = [np.char.add(f"{name}: ", np.array(GRADES)[domains[:, at]]) for at, name in enumerate(DOMAINS)]
    text = told[0]
    for part in told[1:]:
        text = np.char.add(np.char.add(text, "; "), part)
    return pd.DataFrame(
        {
            "audit": np.arange(count), "child": chosen["child"].to_numpy(), "day": day, "team": chosen["team"].to_numpy(),
            "grade": np.array(GRADES)[grade], "domains": text,
            "moderated": np.where(rng.random(count) < MODERATED, np.array(GRADES)[moved], ""),
            "sample": pick(rng, {"Random": 0.75, "Thematic": 0.25}, count),
            "tool": np.where(day >= day_number(NEW_TOOL_ON), "2", "1"),
        }
    )  # fmt: skip


def _grades(rng, good: np.ndarray) -> np.ndarray:
    draw = rng.random(len(good))
    return np.select([draw < OUTSTANDING, draw < good, draw < 1 - INADEQUATE], [0, 1, 2], 3)


def _feedback(rng, scale: float) -> pd.DataFrame:
    """Each response answers every question."""
    day = _days(rng, RESPONSES * scale)
    count = len(day)
    team, respondent = rng.integers(len(TEAMS), size=count), pick(rng, {"Parent": 0.68, "Child": 0.22, "Carer": 0.10}, count)
    invited = rng.integers(18, 60, count)
    rows = [
        pd.DataFrame(
            {
                "day": day, "team": team, "respondent": respondent, "question": question,
                "answer": rng.choice(scale_of, size=count, p=shares), "scale": " / ".join(scale_of), "invited": invited,
            }
        )
        for (question, scale_of), shares in zip(QUESTIONS.items(), ANSWERS, strict=True)
    ]  # fmt: skip
    return pd.concat(rows, ignore_index=True).sort_values("day", kind="stable", ignore_index=True)


def _passages(rng, scale: float) -> pd.DataFrame:
    count = rng.poisson(PASSAGES * scale * len(months(FIRST_DAY, LAST_DAY)))
    theme = pick(rng, THEMES, count)
    supports = np.where(np.isin(theme, ["changes of worker", "waiting for help"]), 0.3, 0.6)
    draw = rng.random(count)
    return pd.DataFrame(
        {
            "passage": np.arange(count),
            "source": pick(rng, {"Family": 0.42, "Child": 0.2, "Staff": 0.26, "Partner": 0.12}, count),
            "method": pick(rng, {"Interview": 0.4, "Survey": 0.34, "Complaint": 0.12, "Compliment": 0.14}, count), "theme": theme,
            "stance": np.where(draw < supports, "Supports", np.where(draw < supports + 0.22, "Mixed", "Contradicts")),
            "question": pick(rng, {"Early help": 0.35, "Safeguarding Families Together": 0.4, "Missing children": 0.25}, count),
        }
    )  # fmt: skip
