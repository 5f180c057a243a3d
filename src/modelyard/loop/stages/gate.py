"""The stage `gate`: the verdict on an evaluation, noted in the audit chain whatever it is."""

from modelyard.evaluation.gate import judge, markdown
from modelyard.evaluation.results import Evaluation, GateResult
from modelyard.loop.context import Context
from modelyard.loop.work import Work
from modelyard.loop.workspace import write_atomically
from modelyard.routing import audit

ACTION = "judged"


def gate(work: Work, evaluation: Evaluation, *, sample: bool) -> GateResult:
    """Judge, write `gate.json` and `gate.md`, and note the verdict."""
    generation = work.routing.generation
    result = judge(evaluation, work.config, generation=generation, sample=sample)
    write_atomically(work.judged.folder / "gate.md", markdown(result).encode())
    note(work, result)
    work.judged.save("gate", result)
    return result


def note(work: Work, result: GateResult) -> None:
    """Note a verdict in the audit chain, once."""
    note_of(work.context, work.key, result)


def note_of(context: Context, key: str, result: GateResult) -> None:
    """Note the verdict on whatever has this key, once per state of the routing."""
    audit.append(
        context.store,
        action=ACTION,
        subject=result.held_out.sha256,
        why=result.verdict,
        generation=result.generation,
        key=f"{ACTION}:{key}:{result.generation}",
    )


def times_used(context: Context, held_out: str, key: str) -> int:
    """Count the runs that these held-out rows have judged, the one with `key` included."""
    others = {
        event.key.split(":")[1]
        for event in audit.events(context.store)
        if event.action == ACTION and event.subject == held_out
    }
    return len(others | {key})
