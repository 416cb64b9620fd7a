"""Every regular expression of the package, and texts made to slow each of them down."""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import pkgutil
import random
import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pipeline
from pipeline.normalize import agencies_collective
from pipeline.rules import rules

re_parser = re._parser  # type: ignore[attr-defined]  # the parse tree of a pattern
# Optional parts of the package, whose imports may be missing.
_EXTRAS = ("pipeline.training", "pipeline.cluster", "pipeline.annotate.widget")


def patterns() -> dict[str, re.Pattern[str]]:
    """Compiled patterns by where they stand: constants, tables, calls of ``re``, rules."""
    found: dict[str, re.Pattern[str]] = {f"rule {r.id}": r.pattern for r in rules()}
    for name, module in _modules():
        for key, value in vars(module).items():
            if getattr(value, "__module__", name) == name or not callable(value):
                for n, pattern in enumerate(_within(value)):
                    found[f"{name}.{key}" + (f"[{n}]" if n else "")] = pattern
        for place, pattern in _inline(Path(str(module.__file__)).read_text(encoding="utf-8")):
            found[f"{name}:{place}"] = pattern
    for table in (agencies_collective._SORTS, agencies_collective._LEVELS):
        for source, _ in table:
            found[f"{agencies_collective.__name__}._TABLES[{source}]"] = re.compile(source)
    once: dict[tuple[Any, int], str] = {}
    for name, pattern in found.items():
        once.setdefault((pattern.pattern, pattern.flags), name)
    return {name: found[name] for name in once.values() if isinstance(found[name].pattern, str)}


def _modules() -> Iterator[tuple[str, types.ModuleType]]:
    for info in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
        if info.name.endswith("__main__"):
            continue
        try:
            yield info.name, importlib.import_module(info.name)
        except ImportError:
            if not info.name.startswith(_EXTRAS):
                raise


def _within(value: Any, depth: int = 0) -> Iterator[re.Pattern[str]]:
    """Patterns in a constant, in tables of constants, and from functions that build one."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 4 and isinstance(value, dict):
        yield from (p for item in value.items() for p in _within(item, depth + 1))
    elif depth < 4 and isinstance(value, list | tuple | set | frozenset):
        yield from (p for item in value for p in _within(item, depth + 1))
    elif callable(value) and not isinstance(value, type):
        try:
            signature = inspect.signature(value)
        except (TypeError, ValueError):
            return
        if not signature.parameters and "Pattern" in str(signature.return_annotation):
            yield from _within(value(), 1)


def _inline(source: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Literal patterns given to a function of ``re`` on the spot."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            source = node.args[0].value
            anchored = node.func.attr in ("match", "fullmatch") and not source.startswith("(?")
            yield (
                f"{node.lineno}.{node.col_offset}",
                re.compile(rf"\A(?:{source})" if anchored else source),
            )


RUNS = [
    "1", " ", "(", ")", "[", "a", "A", "-", "/", ".", ",", "\n", "“", "%", "_", "|", "é",
    "1 ", "1.", "1,", "1/", "1-", "12/", "1.000", "01/01/2020 ", "a ", "A ", "Aa ", "AB-", "A/",
    " \n", "( ", "() ", ", ", "; ", "...", "một ", "năm ", "ngày ", "và ", "các ", "số ", "của ",
    "Ủy ban ", "Sở ", "tỉnh ", "Quyết định ", "từ ngày ", "đến ", "trước ", "1 tháng ", "- ",
    "\t", "\u00a0", "A1", "a1", "1a", "1% ", "1 triệu ",
]  # fmt: skip


def attacks(pattern: re.Pattern[str], seed: int = 0) -> list[tuple[str, str, str]]:
    """``(head, pump, tail)``: head, many pumps and a tail that should spoil the match."""
    tree = re_parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    rng = random.Random(seed)
    out = [("", run, tail) for run in RUNS for tail in ("", "\x00")]
    for _ in range(4):
        whole = _sample(tree, rng, [])
        out += [("", whole[:-1], "\x00"), ("", whole + " ", "\x00"), ("", whole[:-1] + " ", "")]
        out += [("", whole[: max(1, len(whole) // 2)], ""), ("", whole, "\x00")]
    for node in _repeats(tree):
        for _ in range(2):
            body = _sample(node[1][2], rng, [])
            head = _sample(tree, rng, [node])
            out += [(head, body, "\x00"), ("", body, "\x00"), ("", head + body, "\x00")]
    return list(dict.fromkeys(row for row in out if row[1]))


def _repeats(tree: Any) -> Iterator[Any]:
    for node in tree:
        if str(node[0]) in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            yield node
        for part in _children(node):
            yield from _repeats(part)


def _children(node: Any) -> list[Any]:
    op, value = str(node[0]), node[1]
    if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        return [value[2]]
    if op == "SUBPATTERN":
        return [value[3]]
    if op == "ATOMIC_GROUP":
        return [value]
    if op == "BRANCH":
        return list(value[1])
    return []


class _Stop(Exception):
    """The wanted repetition is reached: what was written so far is the head."""


def _sample(tree: Any, rng: random.Random, stop: list[Any]) -> str:
    """A text that the tree should match, or its beginning up to the node ``stop[0]``."""
    out: list[str] = []
    groups: dict[int, str] = {}

    def reaches(part: Any) -> bool:
        return any(n is stop[0] or any(map(reaches, _children(n))) for n in part)

    def write(part: Any) -> None:
        for node in part:
            op, value = str(node[0]), node[1]
            if stop and node is stop[0]:
                raise _Stop
            if op == "LITERAL":
                out.append(chr(value))
            elif op == "NOT_LITERAL":
                out.append("b" if value != ord("b") else "c")
            elif op == "ANY":
                out.append(rng.choice("a1 "))
            elif op == "IN":
                out.append(_one_of(value, rng))
            elif op == "BRANCH":
                wanted = [b for b in value[1] if stop and reaches(b)]
                write(wanted[0] if wanted else rng.choice(value[1]))
            elif op == "SUBPATTERN":
                begin = len(out)
                write(value[3])
                if value[0] is not None:
                    groups[value[0]] = "".join(out[begin:])
            elif op == "ATOMIC_GROUP":
                write(value)
            elif op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
                low, high = value[0], min(value[1], value[0] + 2)
                times = rng.randint(low, high)
                for _ in range(max(times, 1) if stop and reaches(value[2]) else times):
                    write(value[2])
            elif op == "GROUPREF":
                out.append(groups.get(value, ""))

    with contextlib.suppress(_Stop):
        write(tree)
    return "".join(out)


_CLASSES = {
    "CATEGORY_DIGIT": "1", "CATEGORY_NOT_DIGIT": "a", "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_SPACE": "a", "CATEGORY_WORD": "a1", "CATEGORY_NOT_WORD": " .",
}  # fmt: skip


def _one_of(items: Any, rng: random.Random) -> str:
    """A character of a class."""
    if str(items[0][0]) == "NEGATE":
        probe = re.compile("[" + "".join(_class(i) for i in items) + "]")
        return rng.choice([c for c in "ab1 .,ếA“(" if probe.match(c)] or ["\u0416"])
    op, value = rng.choice(items)
    if str(op) == "RANGE":
        return chr(rng.randint(*value))
    if str(op) == "CATEGORY":
        return rng.choice(_CLASSES[str(value)])
    return chr(value)


def _class(item: Any) -> str:
    op, value = item
    if str(op) == "NEGATE":
        return "^"
    if str(op) == "RANGE":
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    if str(op) == "CATEGORY":
        return {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}.get(
            str(value).removeprefix("CATEGORY_"), ""
        ) or {"NOT_DIGIT": r"\D", "NOT_SPACE": r"\S", "NOT_WORD": r"\W"}[
            str(value).removeprefix("CATEGORY_")
        ]
    return re.escape(chr(value))
