"""The figures of the notebooks: each takes a tidy table and returns a matplotlib Figure."""

from pipeline.report.figures.catalogue import draw_genre_counts, draw_listening
from pipeline.report.figures.compare import draw_comparison, draw_differences
from pipeline.report.figures.confusion import draw_confusion
from pipeline.report.figures.explore import draw_correlations, draw_distributions, draw_projection
from pipeline.report.figures.harmless import draw_harmless
from pipeline.report.figures.optimise import draw_importances, draw_k_search, draw_learning_curve, draw_pairs
from pipeline.report.figures.playlists import draw_continuation
from pipeline.report.figures.predict import draw_played, draw_predictions
from pipeline.report.figures.profile import draw_contrasts, draw_overlaps, draw_side_by_side
from pipeline.report.figures.regions import draw_place_map, draw_place_scores
from pipeline.report.figures.reliability import draw_reliability
from pipeline.report.figures.reproduce import draw_reproduction
from pipeline.report.figures.styles import draw_styles
from pipeline.report.figures.subgroups import draw_subgroups
from pipeline.report.figures.transfer import (
    draw_transfer,
    draw_transfer_answers,
    draw_transfer_genres,
    draw_transfer_matrix,
)

__all__ = [
    "draw_comparison",
    "draw_confusion",
    "draw_continuation",
    "draw_contrasts",
    "draw_correlations",
    "draw_differences",
    "draw_distributions",
    "draw_genre_counts",
    "draw_harmless",
    "draw_importances",
    "draw_k_search",
    "draw_learning_curve",
    "draw_listening",
    "draw_overlaps",
    "draw_pairs",
    "draw_place_map",
    "draw_place_scores",
    "draw_played",
    "draw_predictions",
    "draw_projection",
    "draw_reliability",
    "draw_reproduction",
    "draw_side_by_side",
    "draw_styles",
    "draw_subgroups",
    "draw_transfer",
    "draw_transfer_answers",
    "draw_transfer_genres",
    "draw_transfer_matrix",
]
