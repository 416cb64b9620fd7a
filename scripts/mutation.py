"""Small faults put into a module one by one: do its tests see them?

    python scripts/mutation.py pipeline/text.py tests/unit/test_text.py --sample 200 --seed 1

Each mutant changes one place of the syntax tree (a comparison, an operator, a constant, a
condition, a returned value, a statement left out). The tests are collected and run once as a
warm-up, then each mutant in a fork of that process, under a limit of processor time and of
waiting; the doctests of the module run too. Those tests go first that ran the changed line.
What survives is printed with its line. The mutants and their order depend on the seed only.
Needs fork.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import functools
import gc
import importlib
import os
import random
import re
import signal
import sys
import time
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TextIO

import pytest
from mutants import Mutant, mutants

OPTIONS = (
    "-q --no-header --tb=native --assert=plain --capture=no -W ignore -p no:cacheprovider "
    "-p no:randomly --hypothesis-seed=1"
)
# What other modules may have taken under another name, and would go on using.
SWAPPED = (types.FunctionType, type, functools._lru_cache_wrapper, re.Pattern)
ALIVE, KILLED = 0, 1
Lines = dict[int, set[int]]  # of each test the lines of the module that it ran


def our_modules() -> list[types.ModuleType]:
    """The loaded modules of this folder, tests among them."""
    here = str(Path.cwd())
    return [
        m for m in list(sys.modules.values()) if str(getattr(m, "__file__", "")).startswith(here)
    ]


def put_in_place(name: str, tree: ast.Module, path: Path) -> None:
    """Run the mutated module and let every module that took something from it have the new."""
    old = sys.modules[name]
    new = types.ModuleType(name)
    new.__dict__.update({k: old.__dict__[k] for k in ("__file__", "__spec__", "__package__")})
    modules = our_modules()
    sys.modules[name] = new
    parent, _, last = name.rpartition(".")
    setattr(sys.modules[parent], last, new)
    exec(compile(tree, str(path), "exec"), new.__dict__)
    swaps = {
        id(value): (key, new.__dict__[key])
        for key, value in vars(old).items()
        if key in new.__dict__
        and not key.startswith("__")
        and not isinstance(value, types.ModuleType)
    }
    for value in list(vars(old).values()):
        if isinstance(value, type) and id(value) in swaps:
            renew(value, swaps[id(value)][1])
    for module in modules:
        for key, value in list(vars(module).items()) if module is not old else ():
            if value is old:
                vars(module)[key] = new
            elif id(value) in swaps:
                taken, now = swaps[id(value)]
                if key == taken or isinstance(value, SWAPPED):
                    vars(module)[key] = now
            if isinstance(value, functools._lru_cache_wrapper):
                value.cache_clear()


def renew(old: type, new: type) -> None:
    """Give what was made of a class before the methods that it has now."""
    for name, value in vars(new).items():
        if isinstance(value, types.FunctionType | property | classmethod | staticmethod):
            setattr(old, name, value)


class Runner:
    """The session's tests, run as often as one likes, in the order that kills soonest."""

    def __init__(self, session: pytest.Session, path: Path) -> None:
        self.session, self.file = session, str(path.resolve())
        self.ran: Lines = {}
        doctests = (getattr(item, "dtest", None) for item in session.items)
        self.homes = {id(test): test.globs["__name__"] for test in doctests if test}

    def run(self, items: Sequence[pytest.Item]) -> bool:
        """Whether all pass; ends with the first that doesn't."""
        for item, following in zip(items, [*items[1:], None]):
            doctest = getattr(item, "dtest", None)
            if doctest is not None:  # a run empties its names; the module may be another now
                doctest.globs = dict(vars(sys.modules[self.homes[id(doctest)]]))
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.session.testsfailed:
                return False
        return True

    def trace(self) -> bool:
        """Run all and note which lines of the module each test runs; whether all pass."""
        lines: set[int] = set()

        def local(frame: types.FrameType, event: str, _: Any) -> Any:
            lines.add(frame.f_lineno)
            return local

        def called(frame: types.FrameType, event: str, _: Any) -> Any:
            return local if frame.f_code.co_filename == self.file else None

        for n, item in enumerate(self.session.items):
            lines.clear()
            sys.settrace(called)
            try:
                passed = self.run([item])
            finally:
                sys.settrace(None)
            if not passed:
                return False
            self.ran[n] = set(lines)
        return True

    def order(self, mutant: Mutant) -> list[pytest.Item]:
        """All tests, those first that ran the mutant's lines, and of them those that ran least."""
        place = set(range(mutant.first, mutant.last + 1))
        near = [n for n, lines in self.ran.items() if lines & place]
        near.sort(key=lambda n: len(self.ran[n]))
        seen = set(near)
        far = [n for n in range(len(self.session.items)) if n not in seen]
        return [self.session.items[n] for n in [*near, *far]]


def forked(run: Callable[[], bool], processor: float, waiting: float) -> tuple[bool, float]:
    """Whether ``run`` passes in a fork of this process, within the limits (seconds of
    processor time, and in all); and the processor time."""
    pid = os.fork()
    if pid == 0:
        code = KILLED
        try:
            os.setpgid(0, 0)
            os.dup2(1, 2)
            gc.disable()
            for timer, limit, says in (
                (signal.ITIMER_PROF, processor, signal.SIGPROF),
                (signal.ITIMER_REAL, waiting, signal.SIGALRM),
            ):
                signal.signal(says, signal.SIG_DFL)
                signal.setitimer(timer, limit)
            code = ALIVE if run() else KILLED
        except BaseException:
            code = KILLED
        finally:
            os._exit(code)
    _, status, usage = os.wait4(pid, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)  # workers that a mutant left behind
    return os.waitstatus_to_exitcode(status) == ALIVE, usage.ru_utime + usage.ru_stime


class Mutation:
    """A plugin of pytest that takes the place of its loop over the tests."""

    def __init__(self, args: argparse.Namespace, name: str, out: TextIO) -> None:
        self.args, self.name, self.out = args, name, out

    def say(self, line: str) -> None:
        """Print past pytest's own output, which is thrown away."""
        print(line, file=self.out, flush=True)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Warm up, then try each mutant."""
        path: Path = self.args.module
        tree = ast.parse(path.read_text(encoding="utf-8"))
        runner = Runner(session, path)
        if session.testsfailed or not session.items or not runner.trace():
            self.say("the tests fail without a mutant")
            return True
        gc.collect()
        gc.freeze()

        def unchanged() -> bool:
            put_in_place(self.name, tree, path)
            return runner.run(session.items)

        begin = time.monotonic()
        passed, seconds = forked(unchanged, 600, 600)
        if not passed:
            self.say("the tests hold on to objects of the module: they fail if it is loaded anew")
            return True
        limits = 5 * seconds + 1, 3 * (time.monotonic() - begin) + 30
        self.try_all(runner, tree, limits)
        return True

    def try_all(self, runner: Runner, tree: ast.Module, limits: tuple[float, float]) -> None:
        """Each mutant of the sample; what survives, and the share that doesn't."""
        path: Path = self.args.module
        found = mutants(tree)
        everything = len(found)
        random.Random(self.args.seed).shuffle(found)
        found = found[: self.args.sample or None]
        alive = 0
        for mutant in found:

            def changed(mutant: Mutant = mutant) -> bool:
                put_in_place(self.name, mutant.made(tree), path)
                return runner.run(runner.order(mutant))

            if forked(changed, *limits)[0]:
                alive += 1
                self.say(f"{path}:{mutant.first}: {mutant.words}")
        killed = len(found) - alive
        self.say(f"{path}: {len(found)} of {everything} mutants, {killed} killed "
                 f"({killed / max(1, len(found)):.1%}), seed {self.args.seed}")  # fmt: skip


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("module", type=Path)
    parser.add_argument("tests", nargs="+", help="files or test ids")
    parser.add_argument("--sample", type=int, default=0, help="how many mutants; 0 for all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-k", default="", help="which of the tests, as pytest's -k")
    args = parser.parse_args()
    name = ".".join(args.module.with_suffix("").parts)
    importlib.import_module(name)
    chosen = ["-k", args.k] if args.k else []
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    arguments = ["--doctest-modules", str(args.module), *args.tests, *chosen, *OPTIONS.split()]
    return int(pytest.main(arguments, plugins=[Mutation(args, name, out)]))


if __name__ == "__main__":
    sys.exit(main())
