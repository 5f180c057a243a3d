"""The plan as a drawing: one SVG that shows layers, what each is made of, and what needs what."""

from modelyard.infra.graph.draw import draw

__all__ = ["draw"]
