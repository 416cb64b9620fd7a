"""The small faults of :mod:`mutation`: one changed place of a module's syntax tree each."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

Path_ = list[tuple[str, int | None]]
_LEFT_ALONE = ("annotation", "returns", "decorator_list", "type_params")
COMPARES: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
OPERATORS: dict[type, type] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.Mod: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.MatMult: ast.Mult,
}  # fmt: skip


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    """What may stand in a node's place: words for it, and the new node (None: nothing)."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARES:
        new = copy.deepcopy(node)
        new.ops[0] = COMPARES[type(node.ops[0])]()
        yield f"{ast.unparse(node)} → {ast.unparse(new)}", new
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        new_op = copy.deepcopy(node)
        new_op.op = OPERATORS[type(node.op)]()
        yield f"{ast.unparse(node)} → {ast.unparse(new_op)}", new_op
    elif isinstance(node, ast.BoolOp):
        other = copy.deepcopy(node)
        other.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield f"{ast.unparse(node)} → {ast.unparse(other)}", other
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield f"{ast.unparse(node)} without not", node.operand
    elif isinstance(node, ast.Constant):
        yield from _constants(node)
    elif isinstance(node, ast.Return) and node.value is not None:
        if not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield f"{ast.unparse(node)} → return None", ast.Return(ast.Constant(None))
    elif isinstance(node, ast.If | ast.While):
        for value in (True, False):
            if isinstance(node, ast.While) and value:
                continue
            new_test = copy.deepcopy(node)
            new_test.test = ast.Constant(value)
            yield f"if {ast.unparse(node.test)} → {value}", new_test
    elif isinstance(node, ast.Break | ast.Continue):
        swapped = ast.Continue() if isinstance(node, ast.Break) else ast.Break()
        yield f"{ast.unparse(node)} → {ast.unparse(swapped)}", swapped
    elif (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)) or isinstance(
        node, ast.AugAssign
    ):
        yield f"without {ast.unparse(node)}", ast.Pass()


def _constants(node: ast.Constant) -> Iterator[tuple[str, ast.AST]]:
    value = node.value
    if isinstance(value, bool):
        yield f"{value} → {not value}", ast.Constant(not value)
    elif isinstance(value, int | float):
        yield f"{value} → {value + 1}", ast.Constant(value + 1)
    elif isinstance(value, str):
        yield f"{value[:40]!r} → with XX", ast.Constant(f"XX{value}XX")


class Mutant(NamedTuple):
    """One change: where it is, in words, and the new node (None: the statement goes)."""

    path: Path_
    first: int
    last: int
    words: str
    new: ast.AST | None

    def made(self, tree: ast.Module) -> ast.Module:
        """The module's tree with the change in it."""
        changed = copy.deepcopy(tree)
        parent = _at(changed, self.path[:-1])
        name, index = self.path[-1]
        if index is None:
            setattr(parent, name, self.new)
        else:
            getattr(parent, name)[index] = self.new
        return ast.fix_missing_locations(changed)


def mutants(tree: ast.Module) -> list[Mutant]:
    """All mutants of a module, in text order; docstrings and annotations stay."""
    out = []
    for path in _places(tree, []):
        node = _at(tree, path)
        first = getattr(node, "lineno", 0)
        last = getattr(node, "end_lineno", first)
        for words, new in changes(node):
            value = ast.copy_location(new, node) if new is not None else None
            out.append(Mutant(path, first, last, words, value))
    return out


def _places(node: ast.AST, path: Path_) -> Iterator[Path_]:
    for name, value in ast.iter_fields(node):
        if name in _LEFT_ALONE or isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom):
            continue
        listed = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        for index, child in listed:
            if not isinstance(child, ast.AST):
                continue
            is_text = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            if is_text:  # a docstring
                continue
            here = [*path, (name, index)]
            yield here
            yield from _places(child, here)


def _at(tree: ast.AST, path: Path_) -> Any:
    node: Any = tree
    for name, index in path:
        node = getattr(node, name) if index is None else getattr(node, name)[index]
    return node
