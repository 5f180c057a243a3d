"""The YAML of a contract: short lines for small mappings."""

import re
from typing import Any

import yaml


class Inline(dict):  # type: ignore[type-arg]
    """A mapping that is written on one line."""


class InlineList(list):  # type: ignore[type-arg]
    """A list that is written on one line."""


class _Dumper(yaml.SafeDumper):
    """Writes `Inline` values in flow style, and indents lists so that the file reads well."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002 - PyYAML's signature
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Quote what YAML takes for a line break: unquoted it would be read back as a blank."""
    style = '"' if re.search("[\x85\u2028\u2029]", text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(Inline, lambda d, v: d.represent_mapping("tag:yaml.org,2002:map", v.items(), flow_style=True))
_Dumper.add_representer(InlineList, lambda d, v: d.represent_sequence("tag:yaml.org,2002:seq", v, flow_style=True))


def write_yaml(document: dict[str, Any]) -> str:
    """Write one document, in the order of its keys."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
