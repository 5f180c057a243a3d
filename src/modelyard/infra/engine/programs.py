"""A layer's program as a function, which the engine runs in this process: no language host is needed."""

import os
import re
import runpy
import traceback
from pathlib import Path

from modelyard.errors import ModelyardError, RequestError

# What a program is told that still asks AWS while the engine stops: the cause is elsewhere, and the engine tells it.
_CUT_OFF = re.compile(r"(?i)client connection is closing|context canceled|code = canceled")


class Program:
    """Runs `__main__.py` of a folder, and keeps what it raised: the engine passes on only text."""

    def __init__(self, layer: str, folder: Path) -> None:
        self.layer, self.folder = layer, folder
        self.error: ModelyardError | None = None
        self.__name__ = layer

    def __call__(self) -> None:
        """Run the program; called by the engine, on a thread of the language server.

        Raises:
            ModelyardError: What the program raised, or a RequestError that names its line.
        """
        try:
            runpy.run_path(os.fspath(self.folder / "__main__.py"), run_name="__main__")
        except ModelyardError as error:
            self.error = error
            raise
        except Exception as error:
            if _CUT_OFF.search(str(error)):
                raise
            self.error = self._told(error)
            raise self.error from error

    def _told(self, error: Exception) -> RequestError:
        ours = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(str(self.folder))]
        line = f"{ours[-1].filename}:{ours[-1].lineno}: " if ours else ""
        return RequestError(
            f"The program of layer {self.layer!r} failed: {line}{type(error).__name__}: {error}",
            "Correct the program, or the configuration that it was given; nothing was changed by it.",
            code="program_failed",
        )
