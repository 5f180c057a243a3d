"""How Sphinx builds the pages."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "Modelyard"
author = "the Modelyard authors"
html_title = "Modelyard"
extensions = ["myst_parser", "_made"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "_made", "_static"]
myst_heading_anchors = 4
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["drawing.css"]
html_show_sourcelink = False
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
