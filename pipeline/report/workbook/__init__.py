"""``genrelab.twb`` and ``genrelab.twbx``: the dashboards as Tableau opens them."""

from pipeline.report.workbook.files import write_workbooks
from pipeline.report.workbook.relocate import relocate

__all__ = ["relocate", "write_workbooks"]
