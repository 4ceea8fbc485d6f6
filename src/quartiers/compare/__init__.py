"""Compare: what each territory has, lacks, does differently; the study's questions asked again."""

from quartiers.compare.findings import findings
from quartiers.compare.measuring import measures
from quartiers.compare.portraits import portraits

__all__ = ["findings", "measures", "portraits"]
