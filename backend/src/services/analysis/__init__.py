"""Analyses in processes of their own, which can be ended: the one way to the engine."""

from src.services.analysis.executor import (
    AnalysisBusyError,
    AnalysisDiedError,
    AnalysisExecutor,
    AnalysisMemoryError,
    AnalysisTimeoutError,
    DifferentFileError,
)

__all__ = [
    "AnalysisBusyError",
    "AnalysisDiedError",
    "AnalysisExecutor",
    "AnalysisMemoryError",
    "AnalysisTimeoutError",
    "DifferentFileError",
]
