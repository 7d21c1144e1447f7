"""``genrelab.twb`` and ``genrelab.twbx``: the dashboards as Tableau opens them."""

from pipeline.report.workbook.check import find_faults
from pipeline.report.workbook.files import write_workbooks
from pipeline.report.workbook.relocate import relocate

__all__ = ["find_faults", "relocate", "write_workbooks"]
