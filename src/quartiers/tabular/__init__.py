"""Tables in, tables out: what people really send, read safely and given back as they sent it.

**Reads** CSV, JSON Lines, JSON, GeoJSON, XLSX, ODS, each possibly gzipped, or standard input.
**Writes** CSV, JSON Lines or XLSX, with the reader's columns first and in their order.
**Method** ``reading.py`` (by way of ``delimited.py``, ``objects.py``, ``workbook.py``) and ``writing.py``.
**Limits** In each.
"""

from quartiers.tabular.reading import check_file, open_table
from quartiers.tabular.table import Row, Table, in_short
from quartiers.tabular.writing import open_output

__all__ = ["Row", "Table", "check_file", "in_short", "open_output", "open_table"]
