"""The reporting sheet of a run: the REFORMS checklist filled from what the run knows, as a page and as JSON."""

from pipeline.report.sheet.facts import RunFacts, read_facts
from pipeline.report.sheet.write import SHEET_FILES, read_told, sheet, write_sheet

__all__ = ["SHEET_FILES", "RunFacts", "read_facts", "read_told", "sheet", "write_sheet"]
