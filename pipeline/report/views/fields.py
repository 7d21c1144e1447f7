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
    return bounds(f"{of}ci", form)


def bounds(of: str, form: str = "percent") -> tuple[Field, Field]:
    """Return both ends of an interval whose columns are `of` with ``_low`` and ``_high``."""
    return (
        Field(f"{of}_low", "95 % interval, low", "mean", form),
        Field(f"{of}_high", "95 % interval, high", "mean", form),
    )


def place(of: str = "") -> tuple[Field, Field]:
    """Return latitude and longitude, in columns that begin with `of`."""
    return (
        Field(f"{of}latitude", "Degrees north", "mean", "number"),
        Field(f"{of}longitude", "Degrees east", "mean", "number"),
    )


INTERVAL = interval()
