"""The security controls of the platform: one table, one small class each, judged offline and under the engine.

`controls.yaml` says what is asked for and where; `checks/` holds the classes. `judge` runs them over a plan;
`pack/` is the same as a CrossGuard policy pack, which `pulumi preview` and `pulumi up` run.
"""

from modelyard.infra.policy.coverage import Controls, Coverage, coverage
from modelyard.infra.policy.findings import Excused, Finding, Findings
from modelyard.infra.policy.judge import judge

__all__ = ["Controls", "Coverage", "Excused", "Finding", "Findings", "coverage", "judge"]
