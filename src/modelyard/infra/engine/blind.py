"""A layer's program in a preview that may see no secret: what was masked in the state is not compared."""

from collections.abc import Iterator
from pathlib import Path

import pulumi
from pulumi._types import _py_properties

from modelyard.infra.engine import masking
from modelyard.infra.engine.programs import Program


class Blind(Program):
    """Runs the program; every input that is masked in the state is taken from there, whatever the program gives."""

    def __init__(self, layer: str, folder: Path, hidden: masking.Hidden) -> None:
        super().__init__(layer, folder)
        self._hidden = hidden

    def __call__(self) -> None:
        """Run the program."""
        pulumi.runtime.register_stack_transformation(self._left_alone)
        super().__call__()

    def _left_alone(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        ignored = list(self._ignored(args))
        if not ignored:
            return None
        opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(ignore_changes=ignored))
        return pulumi.ResourceTransformationResult(args.props, opts)

    def _ignored(self, args: pulumi.ResourceTransformationArgs) -> Iterator[str]:
        """Yield the masked inputs that the program still gives: one that it gives no more is a change."""
        places = self._hidden.get((args.type_, args.name), ())
        wires = {python: wire for python, wire, _ in _py_properties(type(args.resource))}
        asked = {wires.get(name, name) for name, value in args.props.items() if value is not None}
        return (masking.written(path) for path in places if path[0] in asked)
