"""Whether what `modelyard.yaml` wants measured can be, said before the training and not after it."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from modelyard.config.model import ProjectConfig
from modelyard.errors import RequestError
from modelyard.evaluation.blocks import block_column
from modelyard.evaluation.columns import require_column
from modelyard.evaluation.metrics import find


def check(config: ProjectConfig, columns: Sequence[str]) -> None:
    """Refuse metrics that the task does not have, and columns that are not among `columns`.

    Raises:
        RequestError: With every problem; a single one keeps its own code and hint.
    """
    wrong = [error for ask in _asked(config, columns) if (error := _refusal(ask)) is not None]
    if not wrong:
        return
    if len(wrong) == 1:
        raise wrong[0]
    raise RequestError(
        f"modelyard.yaml asks for {len(wrong)} things that are not there:\n"
        + "\n".join(f"  {error.message.rstrip('.')}. {error.hint}" for error in wrong),
        "Correct each of them there.",
        code="bad_config",
    )


def _asked(config: ProjectConfig, columns: Sequence[str]) -> Iterator[Callable[[], object]]:
    wanted = config.evaluation
    for name in dict.fromkeys([wanted.metric, *config.gate.floors]):
        yield partial(find, name, config.task)
    yield partial(_block, config, columns)
    for name in wanted.slices if wanted.slices != "auto" else ():
        yield partial(require_column, columns, name, "evaluation.slices")
    for name in wanted.fairness.columns:
        yield partial(require_column, columns, name, "evaluation.fairness.columns")


def _block(config: ProjectConfig, columns: Sequence[str]) -> None:
    column = block_column(config)
    if column is not None:
        require_column(columns, column, "evaluation.block")


def _refusal(ask: Callable[[], object]) -> RequestError | None:
    try:
        ask()
    except RequestError as error:
        return error
    return None
