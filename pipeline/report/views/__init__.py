"""What the dashboards show, said once: the workbook and the preview are two drawings of it."""

from pipeline.report.views.dashboards import describe
from pipeline.report.views.description import Choice, Dashboard, Field, Mark, Sheet, Story

__all__ = ["Choice", "Dashboard", "Field", "Mark", "Sheet", "Story", "describe"]
