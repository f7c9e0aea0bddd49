"""What was drawn, as it stood when it became a picture."""

import matplotlib.dates
import numpy as np
import pandas as pd
import pytest

from helpers.charts import comparisons, effects, event_studies, flow, gaps, series


class Drawn(list):
    """The figures drawn in a test, in order, and what can be read from them."""

    def points(self, which: int = 0) -> set[tuple[float, float]]:
        """Every finite point of every line; dates as days since 1970."""
        return {
            (round(float(x), 6), round(float(y), 6))
            for axes in self[which].axes
            for line in axes.lines
            for x, y in zip(_numbers(line.get_xdata(orig=True)), np.asarray(line.get_ydata(), dtype=float), strict=True)
            if np.isfinite(y)
        }

    def heights(self, which: int = 0) -> set[float]:
        return {y for _, y in self.points(which)}

    def writing(self, which: int = 0) -> list[str]:
        """The words written inside the axes."""
        return [text.get_text() for axes in self[which].axes for text in axes.texts]


def _numbers(values):
    values = np.asarray(values)
    dates = values.dtype.kind == "M" or (values.size and isinstance(values.ravel()[0], pd.Timestamp))
    return matplotlib.dates.date2num(values) if dates else values


@pytest.fixture
def drawn(monkeypatch) -> Drawn:
    """Keeps each figure before it becomes a picture, and spares the time that the picture would take."""
    from helpers.charts.drawing import pyplot

    kept = Drawn()
    for module in (comparisons, effects, event_studies, flow, gaps, series):
        monkeypatch.setattr(module, "png", lambda figure: kept.append(figure) or b"a picture")
    yield kept
    for figure in kept:
        pyplot().close(figure)
