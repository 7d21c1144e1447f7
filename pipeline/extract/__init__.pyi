from .fan_out import ExtractReport, extract
from .options import parse_features, parse_windows
from .settle import SettleReport, settle

__all__ = ["ExtractReport", "SettleReport", "extract", "parse_features", "parse_windows", "settle"]
