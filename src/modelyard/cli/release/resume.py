"""`modelyard release resume`."""

from modelyard.cli._options import EnvOption, JsonOption, ProjectOption, QuietOption
from modelyard.cli._progress import progress
from modelyard.cli._project import open_project
from modelyard.cli.release import _text
from modelyard.cli.release.start import WaitOption


def resume(
    wait: WaitOption = False,
    project: ProjectOption = None,
    env: EnvOption = "local",
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Start a release again whose controller died: from its first step, once its lease has lapsed."""
    found = open_project(project, env, quiet=quiet or json)
    from modelyard.release.controller import resume as again

    with progress(enabled=not (quiet or json)) as report:
        result = again(found, wait=wait, progress=report)
    _text.show_outcome(result, json=json)
