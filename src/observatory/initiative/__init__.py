"""One initiative, told with its sources and its reasons.

**Reads** the edition. **Writes** nothing.
**Method** ``facts.py``: what sources say, each value with its source and date; ``reasons.py``: the
method's decisions in plain French, the original text with the evidence marked; ``kin.py``: what is
like it, what is near, whom to meet.
**Limits** Contact details are not in the edition, hence never here.
"""
