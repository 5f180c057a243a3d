"""The stage `register`: refit on all rows, pack the bundle, make a version of it, and let routing know.

Each step can be repeated and routing is written last, so a kill between any two of them is finished by the
next run.
"""

import shutil
import tempfile
from pathlib import Path

from modelyard import __version__
from modelyard.bundle import pack
from modelyard.bundle.served import FILE_NAME, Served
from modelyard.bundle.served import read as read_served
from modelyard.evaluation.results import Evaluation, GateResult
from modelyard.loop.admit import admit
from modelyard.loop.models import store_bundle
from modelyard.loop.refitted import bundle_files
from modelyard.loop.results import RegisterRecord, TrainRecord
from modelyard.loop.track import tags, track
from modelyard.loop.work import Work
from modelyard.registry.models import Registry, Version
from modelyard.routing import document
from modelyard.routing.document import Ref

_LEFT_OVER = ".bundle."  # beginning of the name of folders that a killed process leaves


def registered(work: Work) -> RegisterRecord | None:
    """Return the version of this run; None without one, also where the store was emptied or exchanged since."""
    record = work.judged.load("register", RegisterRecord)
    if record is None or not work.context.store.exists(f"models/{record.sha256}/{FILE_NAME}"):
        return None
    return record if document.read(work.context.store).champion is not None else None


def register(work: Work, train: TrainRecord, evaluation: Evaluation, gate: GateResult) -> RegisterRecord:
    """Make the version; the first one becomes champion, a later one waits as challenger.

    Raises:
        OutcomeError: The refitted recipe cannot be exported in the form that serving requires.
    """
    work.context.progress("refit", 0, 1)
    sha256, served = _pack(work, train)
    work.context.progress("refit", 1, 1)
    registry = work.context.registry()
    run_id = track(work, registry, train, evaluation, gate)
    version = _same(registry, sha256) or registry.register(
        work.key,
        sha256,
        run_id,
        tags(work, gate),
        bundle=f"{work.context.store.uri}/models/{sha256}",
        inputs=served.types,
        outputs=_outputs(served),
        requirements=[f"modelyard[serve]=={__version__}"],
    )
    ref = Ref(version=version.version, sha256=version.sha256)
    registry.sync(admit(work.context.store, ref, f"the gate's verdict is {gate.verdict}"))
    registry.note_audit_head(work.context.store)
    record = RegisterRecord(**ref.model_dump())
    work.judged.save("register", record)
    return record


def _same(registry: Registry, sha256: str) -> Version | None:
    """Return the version that is this very bundle already, say under other gate settings."""
    known = [v for v in registry.versions() if v.sha256 == sha256 and v.state != "retired"]
    return known[0] if known else None


def _pack(work: Work, train: TrainRecord) -> tuple[str, Served]:
    """Put the bundle into the store; return its identity and what it serves."""
    for left in work.judged.folder.glob(f"{_LEFT_OVER}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(dir=work.judged.folder, prefix=_LEFT_OVER) as temporary:
        folder = Path(temporary) / "bundle"
        sha256 = pack(bundle_files(work, train), folder)
        store_bundle(work.context, folder, sha256)
        return sha256, read_served(folder)


def _outputs(served: Served) -> dict[str, str]:
    """Name what a prediction holds, for MLflow's signature."""
    if served.task == "regression":
        return {"prediction": "number"}
    return {"prediction": "string"} | {f"probability of {name}": "number" for name in served.classes}
