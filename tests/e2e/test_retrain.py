"""Corrections in, a measured model out; nothing lost and nothing worse put in its place."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="needs the extra `train`")
pytest.importorskip("transformers", reason="needs the extra `train`")

from pipeline import cli, extract
from pipeline.annotate.document import as_document
from pipeline.annotate.store import Store
from pipeline.errors import ConfigError, ModelCorrupt, PipelineError, WorseModel
from pipeline.models import sha256, verify
from pipeline.training import retrain as module
from pipeline.training.evaluate import prf
from pipeline.training.export import write_sums
from pipeline.training.install import install
from pipeline.training.retrain import Retrained, RetrainSettings, replace_model, retrain
from pipeline.training.run_folder import alone

pytestmark = pytest.mark.train
NOW = datetime(2024, 5, 6, 7, 8, 9)


def write(path: Path, rows: Sequence[Any]) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path, samples: list[dict[str, Any]]) -> Path:
    """A store with three corrected documents; one of them is held out (``gold`` fixture)."""
    store = Store(tmp_path / "corrections", "lan")
    for row in samples[4:7]:
        store.append_answer(as_document(row), "accept")
    store.append_answer(as_document(samples[7]), "skip")
    store.append_edit(samples[8]["id"], {"op": "undo"}, "b")
    return store.path.parent


@pytest.fixture(scope="module")
def trained(
    tmp_path_factory: pytest.TempPathFactory,
    samples: list[dict[str, Any]],
    gold: tuple[Path, Path],
    tiny_model: Path,
) -> tuple[Retrained, RetrainSettings]:
    """One retraining that several tests look at."""
    where = tmp_path_factory.mktemp("retrained")
    settings = RetrainSettings(
        corrections=[write(where / "corrected.jsonl", samples[5:7])],
        gold=[gold[0]], dev=gold[1], base=tiny_model, out=where / "new", epochs=1,
    )  # fmt: skip
    return retrain(settings), settings


def test_the_command_trains_measures_and_says_what_it_left_out(
    folder: Path,
    gold: tuple[Path, Path],
    tiny_model: Path,
    samples: list[dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = folder.parent / "new"
    target = shutil.copytree(tiny_model, folder.parent / "served")
    arguments = [
        "retrain", "--corrections", folder, "--gold", gold[0], "--dev", gold[1],
        "--base", tiny_model, "-o", out, "--epochs", "1", "--threads", "1",
    ]  # fmt: skip
    assert cli.run([*map(str, arguments)]) == 0
    printed, log = capsys.readouterr()
    for line in ("F1 ", "DOC_NUMBER ", "all ", "95 % interval of the change", "mentions gained"):
        assert line in printed
    held, skipped, open_ = (samples[i]["id"] for i in (4, 7, 8))
    assert f"1 document (corrected) kept out of training, held out in {gold[1]} ({held})" in log
    assert f"1 document left out, skipped by the annotator ({skipped})" in log
    assert (
        f"1 document edited after the last answer: the edits don't count before Enter ({open_})"
        in log
    )
    assert "2 corrected and 3 gold documents, 1 epochs" in log
    verify(out)
    state = json.loads((out / "metrics.json").read_text("utf-8"))
    assert state["base_sha256"] == sha256(tiny_model / "model.safetensors")
    assert set(state["old"]) == set(state["new"]) >= {"TARGET", "all"}
    text = "UBND tỉnh Thái Bình ban hành Kế hoạch số 57/KH-UBND ngày 12/4/2023."
    record = extract(text, model=out)
    assert record.producer is not None and record.producer.model == "new"
    # The same command with --install: not trained again, put in place, the old one kept.
    assert cli.run([*map(str, [*arguments, "--install", target, "--force"])]) == 0
    printed, log = capsys.readouterr()
    assert "trained already" in log and f"{target} is the new model; the old one: " in printed
    assert verify(target) == verify(out)
    (backup,) = target.parent.glob("served.backup-*")
    assert verify(backup) == verify(tiny_model)


BAD = [
    # a row, and what is said of it
    (
        {"start": 0, "end": 99, "label": "AGENCY"},
        "document x: mention 0: 0–99 is outside the text of 7",
    ),
    ({"start": 0, "end": 4, "label": "ORG"}, "unknown label 'ORG'"),
    ({"start": 0, "end": 4, "label": "AGENCY", "text": "HĐND"}, "the row says 'HĐND'"),
    ({"start": True, "end": 4, "label": "AGENCY"}, "must be whole numbers"),
]


@pytest.mark.parametrize(("mention", "reason"), BAD)
def test_bad_rows_of_files_and_stores_are_all_named_and_nothing_is_trained(
    folder: Path,
    gold: tuple[Path, Path],
    tiny_model: Path,
    mention: dict[str, Any],
    reason: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = (folder / "lan.jsonl").read_text("utf-8").split("\n")
    spoilt = json.loads(lines[1])
    spoilt["document"]["mentions"][0]["start"] += 1
    stale = json.loads(lines[0])  # an old copy of a line, put in again by hand
    lines[1:2] = [json.dumps(spoilt), json.dumps(stale)]
    (folder / "lan.jsonl").write_text("\n".join(lines), "utf-8")
    row = {"id": "x", "text": "UBND X.", "mentions": [mention]}
    twice = [{"start": a, "end": a + 4, "label": "DATE"} for a in (0, 2)]
    more = write(folder.parent / "more.jsonl", [row, {**row, "mentions": twice}])
    before = (folder / "lan.jsonl").read_bytes()
    arguments = ["retrain", "--corrections", folder, "--corrections", more, "--gold", gold[0],
                 "--dev", gold[1], "--base", tiny_model, "-o", folder.parent / "new"]  # fmt: skip
    assert cli.run([*map(str, arguments)]) == 1
    error = capsys.readouterr().err
    name = spoilt["document"]["id"]
    assert f"{folder / 'lan.jsonl'}:2: document {name}: mention " in error
    assert (
        f"{folder / 'lan.jsonl'}:3: document {stale['id']}: version 1 comes after version 1"
        in error
    )
    assert f"{more}:1: " in error and reason in error
    assert f"{more}:2: document x: mention 1 overlaps mention 0" in error
    assert "nothing was trained" in error and "Traceback" not in error
    assert not (folder.parent / "new").exists()
    assert (folder / "lan.jsonl").read_bytes() == before


def test_weights_are_not_in_the_installed_package(
    folder: Path, gold: tuple[Path, Path], tiny_model: Path, tmp_path: Path
) -> None:
    base = shutil.copytree(tiny_model, tmp_path / "installed")
    settings = RetrainSettings([folder], [gold[0]], gold[1], base, tmp_path / "o")
    with (base / "model.safetensors").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelCorrupt, match=r"model\.safetensors differs from what SHA256SUMS"):
        retrain(settings)
    (base / "model.safetensors").unlink()
    with pytest.raises(ConfigError, match=r"lacks model\.safetensors.*source repository.*--base"):
        retrain(settings)


@pytest.mark.parametrize("which", ["base", "against"])
def test_a_model_that_this_version_does_not_serve(
    folder: Path, gold: tuple[Path, Path], tiny_model: Path, tmp_path: Path, which: str
) -> None:
    """Said before anything is trained, of the base and of the model to beat alike."""
    old = shutil.copytree(tiny_model, tmp_path / "old")
    state = json.loads((old / "tagger.json").read_text(encoding="utf-8"))
    (old / "tagger.json").write_text(json.dumps({**state, "local_features": 24}))
    write_sums(old)
    folders = {"base": tiny_model, "against": tiny_model, which: old}
    settings = RetrainSettings(
        [folder], [gold[0]], gold[1], folders["base"], tmp_path / "o", against=folders["against"]
    )
    with pytest.raises(ConfigError, match="local features"):
        retrain(settings)
    assert not (tmp_path / "o").exists()


def test_a_killed_run_goes_on_and_another_one_is_not_mixed_in(
    trained: tuple[Retrained, RetrainSettings], tmp_path: Path
) -> None:
    _, settings = trained
    settings = replace(settings, epochs=2, out=tmp_path / "new")

    class Killed(Exception):
        pass

    def kill(line: str) -> None:
        if line.startswith("epoch 1"):
            raise Killed

    with pytest.raises(Killed):
        retrain(settings, log=kill)
    with pytest.raises(ConfigError, match="holds something else"):
        retrain(replace(settings, seed=14))
    state = tmp_path / "new" / "train_state.pt"
    whole = state.read_bytes()
    state.write_bytes(whole[:1000])
    with pytest.raises(
        ConfigError, match=r"train_state\.pt can't be read.*remove it to begin anew"
    ):
        retrain(settings)
    state.write_bytes(whole)
    lines: list[str] = []
    elsewhere = shutil.copytree(settings.base, tmp_path / "elsewhere")  # the same weights
    retrain(replace(settings, base=elsewhere), log=lines.append)
    assert [line[:7] for line in lines if line.startswith("epoch")] == ["epoch 2"]
    assert not list((tmp_path / "new").glob("train_state*"))


def test_the_same_seed_gives_the_same_model(
    trained: tuple[Retrained, RetrainSettings], tmp_path: Path
) -> None:
    new, settings = trained
    again = retrain(replace(settings, out=tmp_path / "again"))
    assert sha256(again.folder / "model.safetensors") == sha256(new.folder / "model.safetensors")
    assert again.comparison.new == new.comparison.new


def test_two_retrainings_of_one_folder_refuse_each_other(
    trained: tuple[Retrained, RetrainSettings],
) -> None:
    new, settings = trained
    before = sha256(new.folder / "metrics.json")
    with alone(new.folder), pytest.raises(ConfigError, match=r"another run .*wait for it"):
        retrain(settings)
    assert sha256(new.folder / "metrics.json") == before
    assert retrain(settings).folder == new.folder  # the lock is gone with its holder
    assert not list(new.folder.parent.glob("*.lock"))


def test_default_folders_are_numbered(
    trained: tuple[Retrained, RetrainSettings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, settings = trained
    monkeypatch.chdir(tmp_path)
    day = NOW.date()
    taken = tmp_path / "runs" / "retrained-2024-05-06"
    taken.mkdir(parents=True)
    (taken / "notes.txt").write_text("mine")
    new = retrain(replace(settings, out=None, today=day))
    assert new.folder == Path("runs/retrained-2024-05-06-2")
    assert [p.name for p in taken.iterdir()] == ["notes.txt"]


def test_a_worse_model_replaces_nothing_unless_told(
    trained: tuple[Retrained, RetrainSettings], tiny_model: Path, tmp_path: Path
) -> None:
    new, _ = trained
    target = shutil.copytree(tiny_model, tmp_path / "served")
    better, worse = prf(9, 1, 1), prf(8, 1, 2)
    scores = {**new.comparison.new}
    lost = replace(new.comparison, old={**scores, "all": better}, new={**scores, "all": worse})
    with pytest.raises(
        WorseModel, match=r"F1 0\.8421, before 0\.9000.*nothing was put at.*--force"
    ):
        replace_model(replace(new, comparison=lost), target, NOW)
    assert verify(target) == verify(tiny_model) and len(list(tmp_path.iterdir())) == 1
    backup = replace_model(replace(new, comparison=lost), target, NOW, force=True)
    assert backup == tmp_path / "served.backup-20240506-070809"
    assert (verify(target), verify(backup)) == (verify(new.folder), verify(tiny_model))
    equal = replace(new.comparison, old=scores, new=scores)
    assert replace_model(replace(new, comparison=equal), tmp_path / "first", NOW) is None
    # The folder has another model by now than the one that was measured against.
    with pytest.raises(ConfigError, match="not the model that was measured"):
        replace_model(replace(new, comparison=equal), target, NOW)


def test_the_place_of_a_model_is_checked_before_anything_is_done(
    trained: tuple[Retrained, RetrainSettings], tmp_path: Path
) -> None:
    new, _ = trained
    (tmp_path / "photos").mkdir()
    for target, reason in (
        (tmp_path / "photos", "is no model folder"),
        (tmp_path / "none" / "model", "there is no folder"),
        (new.folder, "holds the training's own output"),
    ):
        with pytest.raises(ConfigError, match=reason):
            replace_model(new, target, NOW)


@pytest.mark.parametrize("exchange", [True, False], ids=["in one step", "two renames"])
def test_a_full_disk_leaves_the_old_model(
    trained: tuple[Retrained, RetrainSettings],
    tiny_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    exchange: bool,
) -> None:
    from pipeline.training import install as installing

    target = shutil.copytree(tiny_model, tmp_path / "served")
    if not exchange:
        monkeypatch.setattr(installing, "_exchange", lambda a, b: False)

    def full(source: Path, to: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    rename = Path.rename

    def no_backup(self: Path, to: Path) -> Path:
        if ".backup-" in str(to):
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, to)

    with monkeypatch.context() as m:
        m.setattr(Path, "rename", no_backup)
        with pytest.raises(PipelineError, match="Input/output error; nothing was replaced"):
            install(trained[0].folder, target, NOW)
    assert verify(target) == verify(tiny_model)
    assert [p.name for p in tmp_path.iterdir()] == ["served"]
    with monkeypatch.context() as m:
        m.setattr(shutil, "copyfile", full)
        with pytest.raises(PipelineError, match="No space left on device; nothing was replaced"):
            install(trained[0].folder, target, NOW)
    assert [p.name for p in tmp_path.iterdir()] == ["served"]
    assert verify(target) == verify(tiny_model)
    backup = install(trained[0].folder, target, NOW)
    assert backup is not None and verify(backup) == verify(tiny_model)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["served", backup.name]


def test_too_little_room_is_said_before_training(
    trained: tuple[Retrained, RetrainSettings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(trained[1], out=tmp_path / "deep" / "new")
    usage = shutil.disk_usage(tmp_path)._replace(free=10)
    with monkeypatch.context() as m:
        m.setattr(shutil, "disk_usage", lambda path: usage)
        with pytest.raises(PipelineError, match=r"needs about .* MB .* 0 MB are free.*nothing was"):
            retrain(settings)
    assert not (tmp_path / "deep").exists()

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as m:
        m.setattr(module, "export", full)
        with pytest.raises(PipelineError, match="No space left on device; no model was replaced"):
            retrain(settings)
    assert retrain(settings).comparison.documents == 2  # the same command goes on
