from .catalogue import draw_genre_counts
from .compare import draw_comparison, draw_differences
from .confusion import draw_confusion
from .explore import draw_correlations, draw_distributions, draw_projection
from .extract import draw_listening
from .harmless import draw_harmless
from .optimise import draw_importances, draw_k_search, draw_learning_curve, draw_pairs
from .playlists import draw_continuation
from .predict import draw_played, draw_predictions
from .profile import draw_contrasts, draw_overlaps, draw_side_by_side
from .regions import draw_place_map, draw_place_scores
from .reliability import draw_reliability
from .reproduce import draw_reproduction
from .styles import draw_styles
from .subgroups import draw_subgroups
from .transfer import (
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
