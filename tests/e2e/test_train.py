"""Training end to end on a few documents: PhoBERT's file layout in, a served model out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="needs the extra `train`")
pytest.importorskip("transformers", reason="needs the extra `train`")

import numpy as np

from pipeline import extract
from pipeline.errors import ConfigError, CorpusError
from pipeline.models import verify
from pipeline.segment import segment
from pipeline.tagger import Tagger
from pipeline.text import clean
from pipeline.training.data import read_gold
from pipeline.training.run import RunSettings, run

pytestmark = pytest.mark.train


def test_phobert_layout_is_fine_tuned_exported_and_served(
    phobert_layout: Path, gold: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "mine"
    settings = RunSettings(
        train=[gold[0]], dev=gold[1], out=out, name="mine", base=str(phobert_layout), epochs=1
    )
    result = run(settings)
    assert set(result["dev"]) >= {"AGENCY", "all"}
    state = json.loads((out / "tagger.json").read_text(encoding="utf-8"))
    assert state["tone"] == "old"
    verify(out)
    text = "UBND tỉnh Thái Bình ban hành Kế hoạch số 57/KH-UBND ngày 12/4/2023. " * 40
    record = extract(text, model=out)
    assert record.producer is not None and record.producer.model == "mine"
    assert all(text[m.start : m.end] == m.text for m in record.mentions)
    # The limit of 256 positions is kept by windows: every sentence has its scores.
    tagger = Tagger(out)
    cleaned = clean(text)
    document = segment(cleaned.text)
    scores = tagger.emissions(tagger.encode(document))
    assert len(scores) == len(segment(cleaned.text).words) > 400
    assert np.abs(scores).sum(1).min() > 0


def test_training_from_scratch_and_the_exported_model_agree(
    gold: tuple[Path, Path], tmp_path: Path
) -> None:
    import torch

    from pipeline.align import WordEncoder
    from pipeline.subword import Subwords
    from pipeline.training.train import TrainSettings, emissions_of, load

    out = tmp_path / "own"
    run(RunSettings(train=[gold[0]], dev=gold[1], out=out, name="own", epochs=2, quantize=False))
    (e,) = read_gold([gold[1]])[:1]
    tagger = Tagger(out)
    served = tagger.emissions(tagger.encode(e.segmented))
    encode = WordEncoder(Subwords.from_folder(out))
    model = load(out)
    with torch.no_grad():
        (trained,) = emissions_of(model, [encode(e.segmented)], TrainSettings())
    assert np.abs(served - trained).max() < 0.1  # half-precision weights against single
    assert (served.argmax(1) == trained.argmax(1)).mean() > 0.98


def test_a_killed_run_goes_on_with_the_same_result(gold: tuple[Path, Path], tmp_path: Path) -> None:
    import torch

    from pipeline.align import WordEncoder
    from pipeline.subword import Subwords
    from pipeline.training.pretrain_model import PretrainSettings, encoder_config
    from pipeline.training.run import own_vocabulary
    from pipeline.training.train import TrainSettings, fit, new_tagger

    examples = read_gold([gold[0]])
    subwords = Subwords.from_folder(own_vocabulary(examples, tmp_path))
    config = encoder_config(subwords.size, PretrainSettings(layers=1, hidden=32, heads=2))
    settings = TrainSettings(epochs=3, batch=4)

    class Killed(Exception):
        pass

    def kill(epoch: int, _loss: float) -> None:
        if epoch == 1:
            raise Killed

    whole = fit(new_tagger(None, config, settings), WordEncoder(subwords), examples, settings)
    (tmp_path / "run").mkdir()
    broken = new_tagger(None, config, settings)
    with pytest.raises(Killed):
        fit(broken, WordEncoder(subwords), examples, settings, on_epoch=kill, out=tmp_path / "run")
    again = new_tagger(None, config, settings)
    resumed = fit(again, WordEncoder(subwords), examples, settings, out=tmp_path / "run")
    for name, tensor in whole.state_dict().items():
        assert torch.allclose(tensor, resumed.state_dict()[name], atol=1e-5), name


def test_settings_of_older_versions_are_read(tmp_path: Path) -> None:
    """Versions 0.1 to 0.3 wrote two more settings; an unknown one is still a fault."""
    from pipeline.training.train import TrainSettings

    path = tmp_path / "training.json"
    path.write_text('{"epochs": 2, "local_features": 24, "feature_dropout": 0.1}')
    assert TrainSettings.read(path) == TrainSettings(epochs=2)
    for content, message in (('{"epoch": 2}', "epoch"), ("null", "object"), ("[]", "object")):
        path.write_text(content)
        with pytest.raises(TypeError, match=message):
            TrainSettings.read(path)


def test_the_state_of_another_model_is_not_gone_on_from(
    gold: tuple[Path, Path], tmp_path: Path
) -> None:
    from pipeline.align import WordEncoder
    from pipeline.subword import Subwords
    from pipeline.training.pretrain_model import PretrainSettings, encoder_config
    from pipeline.training.run import own_vocabulary
    from pipeline.training.train import TrainSettings, fit, new_tagger

    examples = read_gold([gold[0]])
    subwords = Subwords.from_folder(own_vocabulary(examples, tmp_path))
    settings = TrainSettings(epochs=2, batch=4)

    class Killed(Exception):
        pass

    def kill(epoch: int, _loss: float) -> None:
        raise Killed

    def start(layers: int, **more: Any) -> None:
        sizes = PretrainSettings(layers=layers, hidden=32, heads=2)
        model = new_tagger(None, encoder_config(subwords.size, sizes), settings)
        fit(model, WordEncoder(subwords), examples, settings, out=tmp_path, **more)

    with pytest.raises(Killed):
        start(1, on_epoch=kill)
    with pytest.raises(ConfigError, match=r"train_state\.pt .* of another model"):
        start(2)


def test_a_base_folder_with_files_missing(gold: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "config.json").write_text("{}")
    for base, message in (
        (tmp_path / "base", "lacks model.safetensors"),
        (tmp_path / "no", "no encoder folder"),
    ):
        settings = RunSettings(
            train=[gold[0]], dev=gold[1], out=tmp_path / "o", name="o", base=str(base)
        )
        with pytest.raises(ConfigError, match=message):
            run(settings)


BAD_ROWS = [
    ({"start": 0, "end": 99, "label": "AGENCY"}, "0–99 is outside the text of 7"),
    ({"start": 0, "end": 4, "label": "ORG"}, "unknown label 'ORG'"),
    ({"start": 0, "end": 4, "label": "AGENCY", "text": "HĐND"}, "the row says 'HĐND'"),
    ({"start": "0", "end": 4, "label": "AGENCY"}, "must be whole numbers"),
]


@pytest.mark.parametrize(("mention", "message"), BAD_ROWS)
def test_bad_rows_are_all_named_and_nothing_is_trained(
    tmp_path: Path, mention: dict[str, Any], message: str
) -> None:
    path = tmp_path / "bad.jsonl"
    good = {"text": "UBND X.", "mentions": [{"start": 0, "end": 4, "label": "AGENCY"}]}
    twice = [{"start": a, "end": a + 4, "label": "DATE"} for a in (0, 2)]
    overlap = {"text": "UBND X.", "mentions": twice}
    rows = [good, {"text": "UBND X.", "mentions": [mention]}, overlap, {"text": 5}]
    path.write_text("".join(json.dumps(r) + "\n" for r in rows) + "{oops\n", encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        read_gold([path])
    report = str(caught.value)
    assert f"{path}:2: " in report and message in report
    assert f"{path}:3: mention 1 overlaps mention 0" in report
    assert f"{path}:4: no string under “text”" in report and f"{path}:5: not JSON" in report


def test_scores_equal_the_scorers(shared_corpora: Path) -> None:
    """Our strict F1 is the published scorer's, on damaged gold."""
    import importlib.util

    from pipeline.training.evaluate import span_scores

    spec = importlib.util.spec_from_file_location(
        "score", shared_corpora.parent / "tools" / "score.py"
    )
    assert spec is not None and spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    path = shared_corpora / "gold" / "dev.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    found = [
        {
            **row,
            "mentions": [
                {**m, "end": m["end"] - (i % 7 == 0)}
                for i, m in enumerate(row["mentions"])
                if i % 5
            ],
        }
        for row in rows[1:]
    ]
    theirs, _ = scorer.score({r["id"]: r for r in rows}, {r["id"]: r for r in found})
    for name, mine in span_scores(rows, found).items():
        assert round(mine.f1, 4) == theirs["spans"][name]["f1"]
