"""What can go wrong, in two sizes.

``QuartiersError`` stops the work and is shown as one sentence: where, what, what was there, what
to do. An :class:`~quartiers.shapes.Issue` is a row: only that record is lost, it is counted and
shown. The question that chooses: would going on publish something false?
"""


class QuartiersError(Exception):
    """The work cannot go on. The message is one sentence meant for the person at the keyboard."""


class SourceError(QuartiersError):
    """A source file is not what its identity card says."""


class InputError(QuartiersError):
    """A file or an option given by the user cannot be used."""


class StudyError(QuartiersError):
    """Something an expert edits (thesaurus, chapter, crosswalk, table) breaks its own rules."""


class EditionError(QuartiersError):
    """An edition is missing, incomplete or fails its checks."""
