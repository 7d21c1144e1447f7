"""How figures are written down."""

import numpy as np
import pandas as pd


def spread(ratios: np.ndarray, digits: int) -> str:
    """Return median, smallest and largest, the first in bold."""
    return f"**{np.median(ratios):.{digits}f}** ({ratios.min():.{digits}f} to {ratios.max():.{digits}f})"


def markdown(table: pd.DataFrame) -> str:
    """Return a table in Markdown."""
    rows = [table.columns, ["---"] * len(table.columns), *table.itertuples(index=False)]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows) + "\n"
