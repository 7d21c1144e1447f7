"""What people look at: figures, tidy tables, and the files of ``exports/``."""

from pipeline.report.assemble import assemble_exports
from pipeline.report.exports import write_exports
from pipeline.report.listening import load_examples
from pipeline.tables import TABLES

__all__ = ["TABLES", "assemble_exports", "load_examples", "write_exports"]
