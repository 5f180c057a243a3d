"""What a proposed update says, to people: in a pull request, or in an issue with the commands for it."""

from modelyard.github import markdown
from modelyard.github.update_file import Update

MARK = "update"
_SHOWN = 200  # files in the list; the pull request shows them all
_MORE = "_The rest did not fit: `modelyard update --dry-run` shows all of it._"


def title(update: Update) -> str:
    """Return one line for both."""
    return f"Update the template from {update.from_} to {update.to}"


def pull_body(update: Update, kept: str | None = None) -> str:
    """Return the description of the pull request; `kept` says why the branch was left as it is."""
    head = f"The template of this repository moves from `{update.from_}` to `{update.to}`, merged with your changes."
    parts = [markdown.mark(MARK), head]
    if kept is not None:
        parts.append(f"> [!NOTE]\n> {kept}")
    parts += [_conflicts(update), _changed(update), "Made by `modelyard update`."]
    return markdown.fitting("\n\n".join(part for part in parts if part), _MORE)


def issue_body(update: Update) -> str:
    """Return the issue's text: the same, with what to type."""
    update_it = f"uv run modelyard update --to {update.to}"
    commands = f"git switch --create modelyard-update\n{update_it}\ngit push -u origin HEAD"
    why = (
        "A workflow's own token may not change workflows, and its pull requests start no checks. "
        "With the secrets `MODELYARD_APP_ID` and `MODELYARD_APP_KEY` of a GitHub App this comes as a pull request."
    )
    parts = [
        markdown.mark(MARK),
        f"An update of the template waits: from `{update.from_}` to `{update.to}`. On your machine:",
        markdown.fenced(commands, "bash"),
        _conflicts(update),
        _changed(update),
        why,
    ]
    return markdown.fitting("\n\n".join(part for part in parts if part), _MORE)


def _conflicts(update: Update) -> str:
    if not update.conflicts:
        return ""
    count = len(update.conflicts)
    files = "1 file" if count == 1 else f"{count} files"
    head = (
        f"### {files} to look at\n\nThe template and you changed the same lines there. Your text is kept; "
        "below is what the template wanted. Take what you want of it, on this branch or later."
    )
    folds = [
        f"<details><summary>{_html(each.path)}</summary>\n\n{markdown.fenced(each.diff, 'diff')}\n\n</details>"
        for each in update.conflicts
    ]
    return "\n\n".join([head, *folds])


def _changed(update: Update) -> str:
    if not update.changed:
        return ""
    listed = [f"- {markdown.code(path)}" for path in update.changed[:_SHOWN]]
    more = len(update.changed) - len(listed)
    if more:
        listed.append(f"- and {more} more")
    return "### Changed\n\n" + "\n".join(listed)


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
