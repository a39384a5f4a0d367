"""Runs definitions over the lake: the one way from a definition to its members.

The interface is narrow on purpose (a definition and a moment in, a set of ids out), so that a second engine could
stand behind it.
"""

from segments.engine.evaluation import evaluate, evaluate_many
from segments.engine.jobs import EngineError, Job, Result
from segments.engine.preview import Preview, preview
from segments.engine.why import Why, WhyNode, why

__all__ = ["EngineError", "Job", "Preview", "Result", "Why", "WhyNode", "evaluate", "evaluate_many", "preview", "why"]
