"""The model card of the newest run, as a file that a workflow can keep."""

from modelyard.evaluation.card import About, card
from modelyard.loop.context import Context
from modelyard.loop.latest import Found, find


def model_card(context: Context) -> str:
    """Return the card as Markdown; empty where nothing was evaluated yet."""
    found = find(context.local)
    if found is None or found.evaluate is None or found.train is None or found.latest.data is None:
        return ""
    return card(found.evaluate.evaluation, found.gate, _about(context, found))


def _about(context: Context, found: Found) -> About:
    config, contract = context.project.config, context.contract()
    train, data, code, version = found.train, found.latest.data, found.latest.code, found.register
    assert train is not None  # noqa: S101 - the caller has looked
    assert data is not None  # noqa: S101
    return About(
        project=config.name,
        version="candidate" if version is None else str(version.version),
        sha256="" if version is None else version.sha256,
        target=config.data.target,
        features=[c.name for c in contract.columns if c.name not in config.data.not_features],
        estimator=train.estimator,
        parameters=train.parameters,
        rows=train.rows,
        source=data.snapshot.source,
        snapshot=data.snapshot.id,
        commit="" if code is None else code.commit,
        personal=[c.name for c in contract.columns if c.personal],
        libraries={} if code is None else code.libraries,
    )
