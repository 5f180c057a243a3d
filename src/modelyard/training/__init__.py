"""From rows to a model in its served form. `BuildConfig` and `built_in` are what a project's `model.py` uses."""

from modelyard.training.build import BuildConfig, built_in

__all__ = ["BuildConfig", "built_in"]
