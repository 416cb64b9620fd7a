"""The spaCy shell: same mentions as ``extract``, words and sentences on the Doc."""

from __future__ import annotations

from datetime import date

import pytest
from spacy.tokens import Doc, DocBin

from pipeline import extract, load
from pipeline.errors import InputError

TEXT = "UBND tỉnh Thái Bình ban hành Kế hoạch số 57/KH-UBND.\n\nSở Nội vụ báo cáo trước ngày 30/6/2023."


@pytest.fixture(scope="module")
def nlp() -> object:
    return load()


def test_doc_text_is_the_cleaned_text(nlp: object) -> None:
    for text in (TEXT, "  a  b ", "\n\nBộ\u00a0Y tế ", "Uỷ ban"):
        doc = nlp(text)  # type: ignore[operator]
        assert doc.text.strip() == text.replace("\u00a0", " ").replace("ỷ", "ỷ").strip()


def test_entities_are_the_records_mentions(nlp: object) -> None:
    doc = nlp(TEXT)  # type: ignore[operator]
    assert [(e.text, e.label_) for e in doc.ents] == [
        (m.text, str(m.label)) for m in extract(TEXT).mentions
    ]
    assert [m.text for m in doc._.record.mentions] == [e.text for e in doc.ents]
    assert all(0 <= e._.confidence <= 1 for e in doc.ents)
    assert "Thái Bình" in [w.text for w in doc.spans["words"]]
    assert len(list(doc.sents)) == 2


def test_the_day_of_publication_anchors_dates(nlp: object) -> None:
    text = "Sở Nội vụ báo cáo trước ngày 30/6."
    doc = nlp.make_doc(text)  # type: ignore[attr-defined]
    doc._.published = "2022-06-01"
    record = nlp(doc)._.record  # type: ignore[operator]
    assert record == extract(text, published="2022-06-01")
    assert nlp(text)._.record.published is None  # type: ignore[operator]
    docs = [nlp.make_doc(text) for _ in range(3)]  # type: ignore[attr-defined]
    docs[0]._.published, docs[1]._.published = date(2021, 1, 2), "2022-06-01"
    days = [d._.record.published for d in nlp.pipe(docs)]  # type: ignore[attr-defined]
    assert days == ["2021-01-02", "2022-06-01", None]
    docs[2]._.published = 2022
    with pytest.raises(InputError, match="published"):
        nlp(docs[2])  # type: ignore[operator]


def test_documents_are_written_and_read_with_their_records(nlp: object) -> None:
    text = "Sở Nội vụ báo cáo trước ngày 30/6."
    made = nlp.make_doc(text)  # type: ignore[attr-defined]
    assert made._.record is None
    made._.published = date(2022, 6, 1)
    doc = nlp(made)  # type: ignore[operator]
    box = DocBin(docs=[doc], store_user_data=True)
    (again,) = DocBin().from_bytes(box.to_bytes()).get_docs(doc.vocab)
    assert again._.record == doc._.record == extract(text, published="2022-06-01")
    assert Doc(doc.vocab).from_bytes(doc.to_bytes())._.published == "2022-06-01"


def test_two_processes(nlp: object) -> None:
    docs = nlp.pipe([TEXT] * 3, n_process=2)  # type: ignore[attr-defined]
    assert [d._.record for d in docs] == [extract(TEXT)] * 3


def test_pipe_in_batches(nlp: object) -> None:
    docs = list(nlp.pipe([TEXT] * 5, batch_size=2))  # type: ignore[attr-defined]
    assert len({tuple(e.text for e in d.ents) for d in docs}) == 1


def test_factories_are_found_without_an_import() -> None:
    import spacy

    blank = spacy.blank(
        "vi", config={"nlp": {"tokenizer": {"@tokenizers": "vn_directives.Underthesea.v1"}}}
    )
    blank.add_pipe("vn_tagger")
    assert [e.text for e in blank("Bộ Y tế họp.").ents] == ["Bộ Y tế"]
