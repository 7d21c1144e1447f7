"""From tracks to segments: fan-out, resume, rejects; then duplicates and the holdout."""

from pipeline.extract.fan_out import ExtractReport, extract
from pipeline.extract.options import parse_features, parse_windows
from pipeline.extract.settle import SettleReport, settle

__all__ = ["ExtractReport", "SettleReport", "extract", "parse_features", "parse_windows", "settle"]
