"""What SECURITY.md promises: no code from data, no network, no way out of the output folder."""

from __future__ import annotations

import ast
import io
import json
import re
import socket
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_socket import SocketConnectBlockedError
from rich.console import Console
from test_writers import FULL

from pipeline.annotate.document import as_document
from pipeline.annotate.formats import read, write
from pipeline.errors import InputError
from pipeline.readers.base import BadInput
from pipeline.readers.office import parse_docx
from pipeline.terminal import visible
from pipeline.view import show
from pipeline.writers.spreadsheet import cell, write_csv

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "pipeline").rglob("*.py"))


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Calls with their dotted names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def imports(tree: ast.AST) -> set[str]:
    """Modules that a file imports, wherever in it."""
    out = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            out |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            out |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return out


# Ray moves our own objects between its processes as bytes; nothing of a file is unpickled.
MAY_PICKLE = {"pipeline/cluster.py"}
# Fetches a checkpoint that the user names, when one is trained; never when text is read.
MAY_CONNECT = {"pipeline/training/run.py"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_code_comes_from_data(path: Path) -> None:
    name, tree = path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))
    found = imports(tree)
    if name not in MAY_PICKLE:
        assert not found & {
            "pickle",
            "cPickle",
            "dill",
            "cloudpickle",
            "joblib",
            "shelve",
            "marshal",
        }
    if name not in MAY_CONNECT:
        network = {"socket", "ssl", "ftplib", "smtplib", "requests", "httpx", "aiohttp", "urllib3",
                   "urllib.request", "http.client", "huggingface_hub", "webbrowser"}  # fmt: skip
        assert not found & network
    for called, node in calls(tree):
        keywords = {k.arg: ast.unparse(k.value) for k in node.keywords}
        if called == "torch.load":
            assert keywords.get("weights_only") == "True", ast.unparse(node)
        assert called not in ("eval", "exec", "os.system", "os.popen"), ast.unparse(node)
        assert keywords.get("allow_pickle", "False") == "False", ast.unparse(node)
        assert keywords.get("shell", "False") == "False", ast.unparse(node)
        assert keywords.get("trust_remote_code", "False") == "False", ast.unparse(node)


def test_ray_unpickles_nothing_that_a_file_holds() -> None:
    text = (ROOT / "pipeline" / "cluster.py").read_text(encoding="utf-8")
    assert "open(" not in text and "Path(" not in text
    for loads in re.findall(r"pickle\.loads\(([^)]*)\)", text):
        assert loads in ("chunk", "pickled", 'row["rows"]')  # made by pickle.dumps a few lines off


@pytest.mark.train
def test_a_checkpoint_that_is_a_pickled_program_is_not_run(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    from pipeline.training.train import RobertaModel

    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path(tmp_path / "ran").touch, ())

    folder = tmp_path / "encoder"
    transformers.RobertaConfig(
        vocab_size=8, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8
    ).save_pretrained(folder)
    torch.save({"trap": Trap()}, folder / "pytorch_model.bin")
    with pytest.raises(Exception, match=r"(?i)weights.only|unsafe|unpickl|safetensors"):
        RobertaModel.from_pretrained(folder, add_pooling_layer=False)
    assert not (tmp_path / "ran").exists()


@pytest.mark.filterwarnings("ignore:A test tried to use")
def test_the_suite_reaches_no_network() -> None:
    with socket.socket() as one, pytest.raises(SocketConnectBlockedError):
        one.connect(("192.0.2.1", 80))  # an address for documentation, nobody's


FORMULAS = [
    # a cell's text, and whether it gets an apostrophe
    ("=1+1", True),
    ("+84 24 3825 3825", True),
    ("-5%", True),
    ("@SUM(A1)", True),
    ("\t=1+1", True),
    ("\r=1+1", True),
    ("\n=1+1", True),
    ("  =HYPERLINK(\"http://a.vn\")", True),  # white space before it
    ("\u00a0=1", True),
    ("＝1+1", True),  # wide signs, which some versions read as the narrow ones
    ("－5", True),
    ("\tSở Nội vụ", True),  # a tab parts cells when pasted
    ("Sở Nội vụ", False),
    ("20% = một phần năm", False),
    ("'=1", False),
    ("", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "marked"), FORMULAS)
def test_no_cell_is_a_formula(text: str, marked: bool, tmp_path: Path) -> None:
    assert cell(text) == ("'" + text if marked else text)
    import csv

    record = json.loads(FULL.to_json())
    record["assignments"][0]["task"] = text
    write_csv([json.dumps(record).encode()], tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["task"] == ("'" + text if marked else text)
    for row in rows:
        assert not any(v.lstrip().startswith(("=", "@", "+", "-")) for v in row.values() if v)


def docx(names: dict[str, bytes]) -> bytes:
    """A Word file with further entries."""
    document = pytest.importorskip("docx").Document()
    document.add_paragraph("UBND tỉnh yêu cầu.")
    out = io.BytesIO()
    document.save(out)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_names_in_an_archive_lead_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries are read into memory by name; nothing is unpacked to disk."""
    inner = tmp_path / "in"
    inner.mkdir()
    monkeypatch.chdir(inner)
    names = {"../out.txt": b"x", "/abs.txt": b"x", "..\\win.txt": b"x", "word/../../up.xml": b"x"}
    text, _ = parse_docx(docx(names), 200)
    assert text == "UBND tỉnh yêu cầu."
    assert [p.name for p in tmp_path.rglob("*")] == ["in"]


def test_an_archive_that_lies_about_its_size_is_not_unpacked() -> None:
    data = bytearray(docx({"word/media/x.bin": b"0" * 5_000_000}))
    at = data.rfind(b"word/media/x.bin")  # in the directory at the end; its size stands before
    data[at - 22 : at - 18] = (10).to_bytes(4, "little")
    try:
        text, _ = parse_docx(bytes(data), 200)
    except BadInput as error:
        assert error.type == "Damaged"
    else:
        assert text == "UBND tỉnh yêu cầu."  # the entry that lies was never looked at


NAMES = ["../../x", "..", "/etc/x", "a\x00b", "a/../../b", "C:\\x", "~", "x" * 400, "ngày 5/9"]


@pytest.mark.parametrize("format", ["brat", "cas_json"])
@pytest.mark.parametrize("name", NAMES)
def test_an_id_is_no_path(format: str, name: str, tmp_path: Path) -> None:
    if format.startswith("cas"):
        pytest.importorskip("cassis", reason="dkpro-cassis is not installed")
    target = tmp_path / "out"
    document = as_document({"id": name, "text": "Ngày 5/9", "mentions": []})
    try:
        write([document], target, format)
    except InputError as error:
        assert len(name) > 200 and "can't be written" in str(error)
    else:
        assert [d["id"] for d in read(target, format).documents] == [name]
    assert {p.name for p in tmp_path.iterdir()} == {"out"}


def test_a_terminal_obeys_nothing_that_a_record_holds() -> None:
    hostile = "a\x1b[31m\x1b]0;x\x07\x9b1m\x7f\u202e\u200f\u061c[bold]x[/bold]\r"
    record = FULL.model_copy(update={"title": hostile, "url": hostile, "text": None})
    mention = record.mentions[0].model_copy(update={"text": hostile})
    warning = record.warnings[0].model_copy(update={"message": hostile})
    record = record.model_copy(
        update={"mentions": [mention, *record.mentions[1:]], "warnings": [warning]}
    )
    out = io.StringIO()
    show(record, None, Console(file=out, width=200, color_system=None))
    show(record, hostile * 20, Console(file=out, width=200, color_system=None))
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u200e\u200f\u061c]", out.getvalue()
    )
    assert "[bold]x" in out.getvalue()
    assert len(visible(hostile)) == len(hostile)


@pytest.mark.skipif(sys.platform == "win32", reason="its file names hold no such characters")
def test_errors_show_file_names_and_obey_none(capsys: pytest.CaptureFixture[str]) -> None:
    from pipeline.cli import run

    assert run(["view", "no\x1b[31msuch"]) == 2
    said = capsys.readouterr().err
    assert "\x1b" not in said and "no␛[31msuch" in said


def test_every_dependency_has_an_upper_bound() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    stated = [*project["dependencies"]]
    stated += [d for extra in project["optional-dependencies"].values() for d in extra]
    for requirement in stated:
        if not requirement.startswith("vn-directives["):
            assert re.search(r">=[\d.]+,<\d", requirement), requirement
