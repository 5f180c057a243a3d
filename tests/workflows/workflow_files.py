"""Reads workflow files for the static proof: their text, their jobs, their steps, and the commands of their scripts."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from expressions import evaluate

_ENV_ONLY = re.compile(r"\$\{\{ !?env\.\w+ \}\}")
_COMMAND_ENDS = frozenset({";", "&&", "||", "|", "&", "(", ")", "{", "}", "\n", ">", ">>", "<"})
_SUBSTITUTION = re.compile(r"\$\((?P<inside>[^$()]*(?:\$\{?\w+\}?[^$()]*)*)\)")
_MATRIX = re.compile(r"\$\{\{ matrix\.(\w+) \}\}")
_ARRAY = re.compile(r'"?\$\{\w+\[@\][^}]*\}"?')
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")


@dataclass(frozen=True)
class Job:
    """One job of a workflow; `own` is what stands in the file."""

    workflow: "Workflow"
    id: str
    own: dict[str, Any]

    @property
    def steps(self) -> list[dict[str, Any]]:
        return self.own.get("steps", [])

    @property
    def reached(self) -> list[dict[str, Any]]:
        """The steps but for those whose condition speaks of the job's `env` alone, and is never true there."""
        told = {name: "set" if "${{" in str(value) else value for name, value in self.own.get("env", {}).items()}
        conditions = {id(step): str(step.get("if", "true")) for step in self.steps}
        return [
            step
            for step in self.steps
            if not _ENV_ONLY.fullmatch(conditions[id(step)]) or evaluate(conditions[id(step)], {"env": told})
        ]

    @property
    def uses(self) -> list[str]:
        """The actions, without their commits."""
        return [step["uses"].partition("@")[0] for step in self.reached if "uses" in step]

    @property
    def commands(self) -> list[list[str]]:
        """Every command of its scripts, each variable replaced by what the job's `env` says, else by 1."""
        return [words for step in self.reached if "run" in step for words in commands(step["run"], self.literals(step))]

    @property
    def modelyard(self) -> list[list[str]]:
        """The arguments of every call of `modelyard`."""
        return [words[words.index("modelyard") + 1 :] for words in self.commands if "modelyard" in words]

    @property
    def where(self) -> str:
        return f"{self.workflow.name}/{self.id}"

    def literals(self, step: dict[str, Any]) -> dict[str, str]:
        """Return what is known of its variables: those of a matrix have the values of its first row."""
        values = {**self.workflow.document.get("env", {}), **self.own.get("env", {}), **step.get("env", {})}
        matrix = self.own.get("strategy", {}).get("matrix", {})
        first = {name: row[0] for name, row in matrix.items() if name != "include"} | (matrix.get("include") or [{}])[0]
        known = {name: _MATRIX.sub(lambda m: str(first[m[1]]), str(value)) for name, value in values.items()}
        return {name: value for name, value in known.items() if "${{" not in value}

    def roles(self) -> set[tuple[str, str]]:
        """Return the roles that it names, as (plan|apply|loop|watch, environment)."""
        found = re.findall(r"vars\.MODELYARD_(PLAN|APPLY|LOOP|WATCH)_ROLE_(\w+)", str({**self.own, "if": ""}))
        return {(what.lower(), env.lower()) for what, env in found}

    def runs(self, *words: str) -> bool:
        """Tell whether it calls a command of modelyard that begins with these words."""
        return any(tuple(call[: len(words)]) == words for call in self.modelyard)


@dataclass(frozen=True)
class Workflow:
    """One file."""

    name: str
    text: str

    @cached_property
    def document(self) -> dict[str, Any]:
        return yaml.safe_load(self.text)

    @property
    def on(self) -> dict[str, Any]:
        told = self.document.get("on", self.document.get(True))  # YAML 1.1 reads `on` as true
        return told if isinstance(told, dict) else dict.fromkeys([told] if isinstance(told, str) else told)

    @property
    def jobs(self) -> list[Job]:
        return [Job(self, name, own) for name, own in self.document["jobs"].items()]


def load(project: Path) -> list[Workflow]:
    """Return the workflows of a repository."""
    folder = project / ".github" / "workflows"
    return [Workflow(path.stem, path.read_text()) for path in sorted(folder.glob("*.y*ml"))]


def commands(script: str, literals: dict[str, str] | None = None) -> Iterator[list[str]]:
    """Yield the commands of a script as words, those inside `$(...)` as well."""
    script = _ARRAY.sub("", script.replace("\\\n", " "))
    while found := _SUBSTITUTION.search(script):
        yield from commands(found["inside"], literals)
        script = script[: found.start()] + "1" + script[found.end() :]
    script = _VARIABLE.sub(lambda m: (literals or {}).get(m[1], "1"), script)
    for line in script.splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words: list[str] = []
        for word in [*lexer, "\n"]:
            if word in _COMMAND_ENDS:
                yield from [words] if words else []
                words = []
            else:
                words.append(word)
