"""A headless Chromium that is driven by its command line: a page is opened, measured, and its complaints read."""

import html
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--enable-logging=stderr",
    "--virtual-time-budget=3000",
    "--dump-dom",
)
_MEASURE = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Seen:
    """What the browser found on a page."""

    overflow: int  # pixels by which the page is wider than the window
    wide: list[str]  # elements that stick out
    contrast: list[tuple[float, str]]  # of each text that has too little
    texts: int  # how many texts were looked at
    resources: list[str]  # addresses it asked for
    background: str
    scripts: int


@dataclass(frozen=True)
class Browser:
    """The program, and a folder for pages and profiles."""

    program: str
    folder: Path

    @classmethod
    def find(cls, folder: Path) -> "Browser":
        named = os.environ.get("CHROMIUM", "")
        found = next(filter(None, map(shutil.which, (named, "chromium", "chromium-browser", "google-chrome"))), None)
        if found is None:
            raise AssertionError("No Chromium: `make setup` installs it, or set CHROMIUM to its path.")
        return cls(found, folder)

    def measure(self, page: str, *, width: int, dark: bool = False) -> Seen:
        """Lay the page out at `width` CSS pixels (in a frame: a window has a least width) and measure it."""
        # The page forbids scripts; the frame's copy, and nothing else about it, is opened up to be measured.
        opened = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page, count=1)
        assert opened != page, "the page lost its content security policy"
        opened = opened.replace("</body>", f"<script>{_MEASURE}</script></body>")
        frame = f'<iframe style="border:0;width:{width}px;height:3000px" srcdoc="{html.escape(opened)}"></iframe>'
        listen = "addEventListener('message', e => document.title = e.data)"
        dom, complaints = self.open(f"<!doctype html><script>{listen}</script>{frame}", dark=dark)
        found = re.search(r"<title>(.*?)</title>", dom, re.DOTALL)
        assert found, f"the page was not measured; the browser says: {complaints}"
        assert not complaints
        return Seen(**json.loads(html.unescape(found.group(1))))

    def open(self, page: str, *, dark: bool = False) -> tuple[str, list[str]]:
        """Open a page from a file; return its document, and what the console said."""
        path = self.folder / "page.html"
        path.write_text(page, encoding="utf-8")
        theme = "--blink-settings=preferredColorScheme=" + ("0" if dark else "1")
        profile = self.folder / "profile"
        command = [self.program, *_FLAGS, theme, f"--user-data-dir={profile}", path.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]
