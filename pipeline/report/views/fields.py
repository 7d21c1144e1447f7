"""What sheets of several dashboards show alike: columns with their labels, and intervals."""

from pipeline.report.views.description import Field

REAL = {"is_baseline": ("False",)}
"""What only guesses is a line across, and no row."""

GUESS = Field("guess", "Guessing", "mean", "percent")

GENRE = Field("genre", "Genre")
MODEL = Field("model_name", "Model")
WINDOW = Field("window_s", "Window, s", form="number")
ACTUAL = Field("actual", "Actual")
PREDICTED = Field("predicted", "Predicted")
SUBSET = Field("subset", "Rows")


def interval(of: str = "", form: str = "percent") -> tuple[Field, Field]:
    """Return both ends of the 95 % interval of a figure, whose columns begin with `of`."""
    return (
        Field(f"{of}ci_low", "95 % interval, low", "mean", form),
        Field(f"{of}ci_high", "95 % interval, high", "mean", form),
    )


INTERVAL = interval()
