"""Sets up a repository on GitHub: looks first, says what it would change, and changes only that.

A step that fails ends the run; what was done stays done, and the next run finds it so.
"""

from modelyard.github.setup.plan import Plan, SetupResult, Wanted, apply, plan
from modelyard.github.setup.steps import Action

__all__ = ["Action", "Plan", "SetupResult", "Wanted", "apply", "plan"]
