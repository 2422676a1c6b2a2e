"""Sphinx settings: ``python -m sphinx -W docs site`` builds the pages; nothing is fetched from elsewhere."""

import sys
from pathlib import Path

import armsim

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "armsim"
author = "The armsim developers"
release = version = armsim.__version__
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_click",
    "generated_reference",
    "command_examples",
]
smartquotes = False  # or --with would come out with a dash, and quotes of a command as no shell takes them
html_theme = "furo"
html_title = "armsim"
exclude_patterns = ["_ext"]
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist"]
autodoc_member_order = "bysource"
autodoc_typehints = "description"
