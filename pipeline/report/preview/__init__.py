"""``dashboard.html``: the dashboards without Tableau, as one page that asks nothing of the network."""

from pipeline.report.preview.page import write_preview

__all__ = ["write_preview"]
