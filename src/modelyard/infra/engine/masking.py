"""A stack's state without its secrets: the same fixed mask in the place of each, and which inputs were masked."""

import json
import re
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from modelyard.infra.components.unseen import MASK
from modelyard.infra.plan import sdk

_SIGNATURE, _SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
_PLAIN_KEY = re.compile(r"[A-Za-z_]\w*")

Kind = tuple[str, str]  # a resource's type, and its name in the program
Path = tuple[str | int, ...]
Hidden = Mapping[Kind, Sequence[Path]]
# What can be read back only by who may read secrets.
_READ_AS_SECRETS = (
    "aws:secretsmanager/secretVersion:SecretVersion",
    "aws:ssm/parameter:Parameter",
    "kubernetes:core/v1:Secret",
)


@dataclass(frozen=True)
class Masks:
    """What is masked in a state: the places of inputs by resource, and the URNs of what cannot be read anew."""

    hidden: Hidden = field(default_factory=dict)
    unread: Sequence[str] = ()


def masked(deployment: Mapping[str, Any]) -> dict[str, Any]:
    """Return a deployment that needs no key: every secret is still one, and its value is the mask.

    A secret output takes the value of the input of the same place: what is no secret there is none here.
    """
    kept = {key: value for key, value in deployment.items() if key != "secrets_providers"}
    resources = [_resource(each) for each in kept.get("resources") or []]
    pending = [{**each, "resource": _resource(each["resource"])} for each in kept.get("pending_operations") or []]
    rest = {key: _without(value) for key, value in kept.items()}
    found = {"resources": resources, "pending_operations": pending}
    return rest | {key: value for key, value in found.items() if key in kept}


def masks(deployment: Mapping[str, Any]) -> Masks:
    """Return what is masked in a masked deployment."""
    found: dict[Kind, list[Path]] = {}
    resources = deployment.get("resources") or []
    for each in resources:
        places = list(_places(each.get("inputs"), ()))
        if places:
            found.setdefault(_kind(each["urn"]), []).extend(places)
    return Masks(found, [each["urn"] for each in resources if each["type"] in _READ_AS_SECRETS])


def written(path: Path) -> str:
    """Return a place in Pulumi's own writing: `auth.keys[0]["a.b"]`."""
    steps = (f".{s}" if isinstance(s, str) and _PLAIN_KEY.fullmatch(s) else f"[{json.dumps(s)}]" for s in path)
    return "".join(steps).removeprefix(".")


def _resource(found: Mapping[str, Any]) -> dict[str, Any]:
    shape = sdk.shape(found["type"])
    given = _without(found.get("inputs"), lambda at: _stand_in(_given(shape, at)))
    rest = {key: _without(value) for key, value in found.items() if key not in {"inputs", "outputs"}}
    beside = _opened(given)
    answered = _without(found.get("outputs"), lambda at: _at(beside, at, _stand_in(_answered(shape, at))))
    both = {"inputs": given, "outputs": answered}
    return rest | {key: value for key, value in both.items() if key in found}


def _without(value: Any, value_at: Callable[[Path], Any] = lambda _: MASK, path: Path = ()) -> Any:  # noqa: ANN401
    """Return JSON with every secret masked; `value_at` says what stands in the place of one."""
    if _is_secret(value):
        return {_SIGNATURE: _SECRET, "plaintext": json.dumps(value_at(path))}
    if isinstance(value, Mapping):
        return {key: _without(each, value_at, (*path, key)) for key, each in value.items()}
    if isinstance(value, list):
        return [_without(each, value_at, (*path, number)) for number, each in enumerate(value)]
    return value


def _is_secret(value: Any) -> bool:  # noqa: ANN401 - JSON
    return isinstance(value, Mapping) and value.get(_SIGNATURE) == _SECRET


def _opened(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return masked JSON with the masks themselves in the place of secrets."""
    if _is_secret(value):
        return json.loads(value["plaintext"])
    if isinstance(value, Mapping):
        return {key: _opened(each) for key, each in value.items()}
    return [_opened(each) for each in value] if isinstance(value, list) else value


def _places(value: Any, path: Path) -> Iterator[Path]:  # noqa: ANN401 - JSON
    if _is_secret(value):
        yield path
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _places(each, (*path, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _places(each, (*path, number))


def _at(value: Any, path: Path, otherwise: Any) -> Any:  # noqa: ANN401 - JSON
    for step in path:
        there = isinstance(value, Mapping) and step in value
        if not there and not (isinstance(value, list) and isinstance(step, int) and step < len(value)):
            return otherwise
        value = value[step]
    return value


def _given(shape: sdk.Shape | None, path: Path) -> Any:  # noqa: ANN401 - an annotation
    known = shape.inputs.get(str(path[0])) if shape is not None and len(path) == 1 else None
    return str if known is None else known.annotation


def _answered(shape: sdk.Shape | None, path: Path) -> Any:  # noqa: ANN401 - an annotation
    return shape.outputs.get(str(path[0]), str) if shape is not None and len(path) == 1 else str


def _stand_in(annotation: Any) -> Any:  # noqa: ANN401 - an annotation, and a value of that type
    """Return the mask, or something empty where a provider would take no text."""
    whole = typing.get_origin(annotation) or annotation
    if not isinstance(whole, type) or issubclass(whole, str):
        return MASK
    plain = {bool: False, int: 0, float: 0}
    return plain[whole] if whole in plain else [] if issubclass(whole, Sequence) else {}


def _kind(urn: str) -> Kind:
    _, _, types, name = urn.split("::", 3)
    return types.rsplit("$", 1)[-1], name
