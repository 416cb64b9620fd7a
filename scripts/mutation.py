"""Small faults put into a module one by one: do its tests see them?

    python scripts/mutation.py pipeline/text.py tests/unit/test_text.py --sample 200 --seed 1

Each mutant changes one place of the syntax tree (a comparison, an operator, a constant, a
condition, a returned value, a statement left out). The tests run once as a warm-up, then each
mutant in a fork of that process, under a limit of processor time; the doctests of the module
run too. What survives is printed with its line. The mutants and their order depend on the
seed only. Needs fork.
"""

from __future__ import annotations

import argparse
import ast
import copy
import functools
import importlib
import os
import random
import re
import resource
import sys
import time
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

Mutant = tuple[int, str, ast.Module]
COMPARES: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
OPERATORS: dict[type, type] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.Mod: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.MatMult: ast.Mult,
}  # fmt: skip


# What other modules may have taken by name, and would go on using.
SWAPPED = (types.FunctionType, type, functools._lru_cache_wrapper, re.Pattern)


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


def mutants(source: str) -> list[Mutant]:
    """All mutants of a module, in text order; docstrings and annotations stay."""
    tree = ast.parse(source)
    places = list(_places(tree, []))
    out = []
    for path in places:
        node = _at(tree, path)
        for words, new in changes(node):
            made = copy.deepcopy(tree)
            parent = _at(made, path[:-1])
            name, index = path[-1]
            value = ast.copy_location(new, node) if new is not None else None
            if index is None:
                setattr(parent, name, value)
            else:
                getattr(parent, name)[index] = value
            out.append((getattr(node, "lineno", 0), words, ast.fix_missing_locations(made)))
    return out


Path_ = list[tuple[str, int | None]]
_LEFT_ALONE = ("annotation", "returns", "decorator_list", "type_params")


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


def put_in_place(name: str, tree: ast.Module, path: Path) -> None:
    """Run the mutated module and let every module that took something from it have the new."""
    old = sys.modules[name]
    new = types.ModuleType(name)
    new.__dict__.update({k: old.__dict__[k] for k in ("__file__", "__spec__", "__package__")})
    sys.modules[name] = new
    exec(compile(tree, str(path), "exec"), new.__dict__)
    swaps = {
        id(value): new.__dict__[key]
        for key, value in vars(old).items()
        if key in new.__dict__
        and not key.startswith("__")
        and not isinstance(value, types.ModuleType)
    }
    for module in list(sys.modules.values()):
        names = vars(module) if isinstance(module, types.ModuleType) and module is not new else {}
        for key, value in list(names.items()):
            if value is old:
                names[key] = new
            elif id(value) in swaps and isinstance(value, SWAPPED):
                names[key] = swaps[id(value)]
            if isinstance(value, functools._lru_cache_wrapper):
                value.cache_clear()


def run_tests(arguments: list[str]) -> int:
    """pytest in this process, quietly; its exit code."""
    options = "-x -q --no-header -p no:cacheprovider -p no:randomly -W ignore --hypothesis-seed=1"
    return int(pytest.main([*arguments, *options.split()]))


def survives(name: str, mutant: Mutant, path: Path, arguments: list[str], limit: int) -> bool:
    """Whether the tests pass with the mutant, in a fork of this process."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(1, 2)
            put_in_place(name, mutant[2], path)
            code = run_tests(arguments)
        except BaseException:
            code = 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("module", type=Path)
    parser.add_argument("tests", nargs="+", help="files or test ids, those first that kill most")
    parser.add_argument("--sample", type=int, default=0, help="how many mutants; 0 for all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-k", default="", help="which of the tests, as pytest's -k")
    args = parser.parse_args()
    name = ".".join(args.module.with_suffix("").parts)
    importlib.import_module(name)
    found = mutants(args.module.read_text(encoding="utf-8"))
    everything = len(found)
    random.Random(args.seed).shuffle(found)
    found = found[: args.sample or None]
    chosen = ["-k", args.k] if args.k else []
    arguments = ["--doctest-modules", str(args.module), *args.tests, *chosen]
    begin = time.process_time()
    if run_tests(arguments) != 0:
        print("the tests fail without a mutant")
        return 1
    begin = time.process_time()
    run_tests(arguments)
    limit = int(10 * (time.process_time() - begin)) + 5
    alive = []
    for done, mutant in enumerate(found, 1):
        if survives(name, mutant, args.module, arguments, limit):
            alive.append(mutant)
            print(f"{args.module}:{mutant[0]}: {mutant[1]}", flush=True)
        if done % 50 == 0:
            print(f"… {done} of {len(found)}, {len(alive)} alive", flush=True)
    share = 1 - len(alive) / max(1, len(found))
    print(f"{args.module}: {len(found)} of {everything} mutants, {len(found) - len(alive)} killed "
          f"({share:.1%}), seed {args.seed}")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
