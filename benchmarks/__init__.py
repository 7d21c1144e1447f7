"""Measurements of what the README and the docstrings claim; ``make bench`` runs them."""
