"""Runs definitions over the lake: the one way from a definition to its members.

The interface is narrow on purpose (a definition and a moment in, a set of ids out), so that a second engine could
stand behind it.
"""

from segments.engine.evaluation import evaluate, evaluate_many
from segments.engine.jobs import EngineError, Job, Result

__all__ = ["EngineError", "Job", "Result", "evaluate", "evaluate_many"]
