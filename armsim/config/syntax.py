"""YAML syntax errors in plain words: what the parser says is about its own states, not about the file."""

from __future__ import annotations

import yaml

# Part of what either parser says (the C one and the pure one word it differently): what a reader can act on.
_WORDS = (
    (
        "mapping values are not allowed",
        'unexpected ":"; put text that holds ": " in quotes, or mend the indentation',
    ),
    ("unexpected ':'", 'inside { } a space must follow ":"'),
    ("tab character", "a tab cannot indent; use spaces"),
    ("entries are not allowed", 'unexpected "-"; put list items on lines of their own, indented'),
    ("expected ',' or ']'", 'the list "[" is not closed; write "," or "]" here'),
    ("expected ',' or '}'", 'the mapping "{" is not closed; write "," or "}" here'),
    ("could not find expected ':'", 'a key without ":" stands just above, or the indentation changes here'),
    ("unexpected end of stream", "a quoted text is not closed"),
    (
        "unknown escape character",
        r'unknown escape in a double-quoted text; write "\\" for a backslash, or single quotes',
    ),
    ("<document start>", "does not line up with the lines above; mend the indentation"),
    ("expected key", "does not line up with the lines above; mend the indentation"),
    ("<block end>", "does not line up with the lines above; mend the indentation"),
    ("expected '-' indicator", "does not line up with the list above; mend the indentation"),
    ("node content", "a value is missing here"),
)
_START = "cannot start any token"


def friendly(error: yaml.YAMLError, text: str) -> tuple[str, int, int]:
    """Message, line and column (from 1) for a parser's *error* about *text*."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = str(getattr(error, "problem", None) or error).strip()
    if "unexpected end of stream" in said:  # found where the text ends, mended where the quote begins
        mark = getattr(error, "context_mark", None) or mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.splitlines()
    if line > len(lines) > 0:  # faults found at the end of the file belong to its last line
        line, column = len(lines), len(lines[-1]) + 1
    if _START in said:
        return _bad_start(lines[line - 1][column - 1 : column] if lines else ""), line, column
    for part, words in _WORDS:
        if part in said:
            return words, line, column
    return f"is not YAML here: {said}", line, column


def _bad_start(character: str) -> str:
    if character == "\t":
        return "a tab cannot indent; use spaces"
    return f'text cannot begin with "{character}"; put it in quotes'
