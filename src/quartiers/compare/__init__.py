"""Compare: what each territory has, lacks, does differently; the study's questions asked again.

Its public functions: ``measuring.measures``, ``findings.findings``, ``portraits.portraits``.
"""
