"""What a person sees of a record."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest
from rich.console import Console
from test_writers import EMPTY, FULL

from pipeline.doctor import CORE, EXTRAS, Report, examine, show
from pipeline.errors import InputError
from pipeline.labels import Label
from pipeline.models import model_dir
from pipeline.schema import Mention, Record
from pipeline.view import find_record, marked, text_of
from pipeline.view import show as show_record

TEXT = "UBND xã [A] yêu cầu"
RECORD = Record(
    id="x",
    text_sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
    text_length=len(TEXT),
    mentions=[
        Mention(
            id="m1", label=Label.AGENCY, start=0, end=7, text="UBND xã", confidence=1, source="x"
        )
    ],
)  # fmt: skip


def shown(record: Record, text: str | None, colour: bool = False) -> str:
    out = io.StringIO()
    system = "truecolor" if colour else None
    show_record(
        record, text, Console(file=out, width=80, force_terminal=colour, color_system=system)
    )
    return out.getvalue()


def test_marked_text_with_and_without_colour() -> None:
    assert marked(TEXT, RECORD.mentions, colour=False).plain == "[UBND xã|AGENCY] [A] yêu cầu"
    assert "[UBND xã|AGENCY] [A] yêu cầu" in shown(RECORD, TEXT)
    coloured = shown(RECORD, TEXT, colour=True)
    assert "48;2;224;175;104" in coloured and "UBND xã" in coloured and "|AGENCY" not in coloured


def test_tables_fit_eighty_columns() -> None:
    lines = shown(FULL, None).splitlines()
    assert max(map(len, lines)) <= 80
    text = " ".join("\n".join(lines).split())
    for part in (
        "Sở Nội vụ",
        "ít nhất 20% thủ tục",
        "2023-09-30",
        "24/CT-UBND",
        "--with-text",
        "lạ",
    ):
        assert part in text


def test_empty_record() -> None:
    assert "none" in shown(EMPTY, "")


def test_record_by_id(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(FULL.to_json() + "\n" + EMPTY.to_json() + "\n", encoding="utf-8")
    assert find_record(path).id == "a/1"
    assert find_record(path, "b").id == "b"
    with pytest.raises(InputError, match="a/1"):
        find_record(path, "c")
    path.write_text("")
    with pytest.raises(InputError, match="no record in it"):
        find_record(path)
    path.write_text('{"id": 1}\n')
    with pytest.raises(InputError, match="line 1: not a record"):
        find_record(path)


def test_text_from_a_file_must_be_the_records(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text(TEXT, encoding="utf-8")
    assert text_of(RECORD, path) == TEXT
    path.write_text(TEXT + ".", encoding="utf-8")
    with pytest.raises(InputError, match="not the text"):
        text_of(RECORD, path)
    with pytest.raises(InputError, match="No such file"):
        text_of(RECORD, tmp_path / "none")
    assert text_of(FULL, None) == FULL.text


def test_doctor_says_what_is_missing_and_how_to_mend_it() -> None:
    out = io.StringIO()
    report = Report(
        {"numpy": "2.0", "spacy": None},
        {"ray": ("ray",), "formats": ()},
        problems=["no model [here]"],
    )
    show(report, Console(file=out, width=80, highlight=False))
    text = out.getvalue()
    assert "pip install 'vn-directives[ray]'" in text
    assert "missing" in text and "no model [here]" in text and "installed" in text
    assert max(map(len, text.splitlines())) <= 80
    assert not report.healthy


def test_doctor_never_raises() -> None:
    report = examine("no-such-model")
    assert not report.healthy and "no-such-model" in report.problems[-1]
    assert set(report.extras) == set(EXTRAS)


def test_doctor_says_that_a_model_is_not_served(tmp_path: Path) -> None:
    """Its files are whole; what it is made of is of an older version."""
    folder = tmp_path / "old"
    shutil.copytree(model_dir(), folder, ignore=shutil.ignore_patterns("*.safetensors"))
    state = json.loads((folder / "tagger.json").read_text(encoding="utf-8"))
    changed = json.dumps({**state, "local_features": 24})
    (folder / "tagger.json").write_text(changed, encoding="utf-8")
    sums = (folder / "SHA256SUMS").read_text().splitlines()
    digest = hashlib.sha256(changed.encode()).hexdigest()
    sums = [f"{digest}  tagger.json" if line.endswith("tagger.json") else line for line in sums]
    (folder / "SHA256SUMS").write_text("\n".join(sums) + "\n")
    report = examine(str(folder))
    assert not report.healthy and "local features" in report.problems[-1]


def test_doctor_looks_for_all_that_is_declared() -> None:
    """A package that pyproject.toml names and doctor doesn't would be missing unsaid."""
    path = Path(__file__).parents[2] / "pyproject.toml"
    project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[\[<>=]", row)[0] for row in requirements}

    assert set(CORE) == names(project["dependencies"])
    declared = {k: names(v) for k, v in project["optional-dependencies"].items()}
    assert {k: set(v) for k, v in EXTRAS.items()} == {
        k: v for k, v in declared.items() if k not in ("test", "all")
    }


def test_doctor_keeps_the_hash_on_one_line() -> None:
    out = io.StringIO()
    show(Report({}, {}, "models/x", "a" * 64), Console(file=out, width=80, highlight=False))
    assert "a" * 64 in out.getvalue()
