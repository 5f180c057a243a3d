"""How a Pulumi program learns its configuration and the outputs of the layers below it.

The same under `pulumi up` in the stack's folder, under `modelyard infra up`, and under the mocks of a plan:
everything comes through `pulumi.Config` and `pulumi.StackReference`.
"""

import json
from typing import Any, TypeVar, cast

import pulumi
from pydantic import ValidationError

from modelyard.errors import RequestError
from modelyard.infra.components import tags
from modelyard.infra.platform import from_file, stackfile
from modelyard.infra.platform.layers import Stage, program_name

Layer = TypeVar("Layer", bound=Stage)
_TEXT = frozenset({"platform", "env", "region", "account", "project", "state_bucket"})


def read(model: type[Layer]) -> Layer:
    """Return the typed configuration of the running program, and tag everything it makes from now on.

    A stack whose config names only `env` takes the rest from the `platform.yaml` beside the program.

    Raises:
        RequestError: Config is missing or wrong; every problem with its key.
    """
    config = pulumi.Config()
    env = config.get("env")
    brief = all(config.get(name) is None for name in model.model_fields if name not in stackfile.BRIEF)
    settings = cast("Layer", from_file.stage(model, env)) if env and brief else _given(model, config)
    layer = model.__name__.removesuffix("Layer").lower()
    _bound_roles(settings)
    tags.put_on_everything(tags.tags(settings.env, layer, settings.owner, settings.tags))
    return settings


def _given(model: type[Layer], config: pulumi.Config) -> Layer:
    given = {name: _value(config, name) for name in model.model_fields if config.get(name) is not None}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise RequestError(
            f"The config of stack {pulumi.get_stack()} is not usable:\n{_lines(config, error)}",
            "Correct it in the stack's file; or leave nothing but `env` there: the rest then comes from platform.yaml.",
            code="bad_stack_config",
        ) from None


def _bound_roles(settings: Stage) -> None:
    """Put the permissions boundary of the account on each role that this program makes: nobody can forget it."""
    boundary = f"arn:aws:iam::{settings.account}:policy/{settings.platform}-{settings.region}-boundary"

    def transform(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if args.type_ != "aws:iam/role:Role" or args.props.get("permissions_boundary") is not None:
            return None
        return pulumi.ResourceTransformationResult(
            props={**args.props, "permissions_boundary": boundary}, opts=args.opts
        )

    pulumi.runtime.register_stack_transformation(transform)


class Upstream:
    """The outputs of a layer below; of one that is not up yet, the placeholders that the preview was given."""

    def __init__(self, settings: Stage, layer: str) -> None:
        self._layer = layer
        self._placeholders = settings.placeholders.get(layer)
        stack = f"{settings.account}.{settings.region}" if layer == "account" else settings.env
        name = f"organization/{program_name(layer)}/{stack}"
        self._reference = None if self._placeholders is not None else pulumi.StackReference(name)

    def output(self, name: str) -> pulumi.Output[Any]:
        """Return one output; the program fails when the layer below does not export it."""
        if self._reference is not None:
            return self._reference.get_output(name).apply(lambda value: self._there(name, value))
        return pulumi.Output.from_input(self._there(name, (self._placeholders or {}).get(name)))

    def _there(self, name: str, value: Any) -> Any:  # noqa: ANN401 - an output may be anything
        if value is None:
            raise RequestError(
                f"Layer {self._layer!r} exports no {name!r}.",
                f"Bring {self._layer} up to date first: modelyard infra up --layer {self._layer}.",
                code="no_such_output",
            )
        return value


def upstream(settings: Stage, layer: str) -> Upstream:
    """Return the outputs of a layer below the running one."""
    return Upstream(settings, layer)


def _value(config: pulumi.Config, name: str) -> Any:  # noqa: ANN401 - of any type
    raw = config.require(name)
    if name in _TEXT:
        return raw
    try:
        return json.loads(raw)
    except ValueError:
        return raw


def _lines(config: pulumi.Config, error: ValidationError) -> str:
    found = error.errors(include_url=False)
    return "\n".join(f"  {config.name}:{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in found)
