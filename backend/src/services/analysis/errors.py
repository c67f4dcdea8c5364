"""Why an analysis was ended, or never begun."""


class AnalysisTimeoutError(Exception):
    """The analysis took longer than any file may, and was killed."""


class AnalysisMemoryError(Exception):
    """The analysis wanted more memory than any file may."""


class AnalysisDiedError(Exception):
    """The process ended without an answer: killed from outside, or by what it tripped over."""


class AnalysisBusyError(Exception):
    """No process came free in the time that the caller could wait."""


class DifferentFileError(Exception):
    """The file is not the one with the digest that was asked for."""
