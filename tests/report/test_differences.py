import pandas as pd
import pytest

from pipeline.evaluation import compare
from pipeline.report.figures import draw_differences


@pytest.fixture
def comparisons() -> pd.DataFrame:
    def tested(n_right: int) -> pd.DataFrame:
        ids = [f"t{i}" for i in range(100)]
        return pd.DataFrame(
            {"repeat": 0, "track_id": ids, "group": range(100), "correct": [i < n_right for i in range(100)]}
        )

    right = {"forest": 80, "knn_3": 79, "coin": 30}
    return compare({(model, "f", w, "track"): tested(n) for model, n in right.items() for w in (30.0, 3.0)})


def test_each_window_is_a_square_of_differences_ordered_by_accuracy(comparisons):
    figure = draw_differences(comparisons, "f", "track")
    assert [axis.get_title() for axis in figure.axes] == ["30-second rows", "3-second rows"]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == [
        "forest",
        "3 nearest neighbours",
        "coin",
    ]
    cells = [text.get_text() for text in figure.axes[0].texts]
    assert cells == ["", "+1", "+50", "-1", "", "+49", "-50", "-49", ""]


def test_only_what_the_test_backs_is_bold_and_coloured(comparisons):
    axis = draw_differences(comparisons, "f", "track").axes[0]
    assert [text.get_weight() == "bold" for text in axis.texts] == [
        False,
        False,
        True,
        False,
        False,
        True,
        True,
        True,
        False,
    ]
    coloured = ~axis.collections[0].get_array().mask.ravel()
    assert coloured.tolist() == [text.get_weight() == "bold" for text in axis.texts]


def test_one_model_has_nothing_to_draw(comparisons):
    assert draw_differences(comparisons.iloc[:0], "f", "track") is None
