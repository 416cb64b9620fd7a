"""UIMA CAS, as INCEpTION exports and imports it: JSON or XMI, one file a document.

Mentions are DKPro's ``NamedEntity`` (INCEpTION's built-in layer); relations, roles and
unnumbered documents are layers of their own. UIMA counts UTF-16 units; ``dkpro-cassis``
converts them, and every surface is checked after that all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from pipeline.annotate.document import Document
from pipeline.annotate.formats import Raw
from pipeline.errors import MissingExtra
from pipeline.labels import LABELS

_DKPRO = "de.tudarmstadt.ukp.dkpro.core.api"
ENTITY = f"{_DKPRO}.ner.type.NamedEntity"
META = f"{_DKPRO}.metadata.type.DocumentMetaData"
RELATION = "webanno.custom.DirectiveRelation"
NUMBER = "webanno.custom.DocumentNumber"
UNNUMBERED = "webanno.custom.UnnumberedDocument"
_SUFFIX = {"cas_json": ".json", "cas_xmi": ".xmi"}


def _cassis() -> Any:
    try:
        import cassis
    except ImportError as error:
        raise MissingExtra("dkpro-cassis", "annotate") from error
    return cassis


def _types() -> Any:
    """The type system: DKPro's two types and our three layers."""
    system = _cassis().TypeSystem(add_document_annotation_type=True)
    string = "uima.cas.String"
    for name, parent, features in (
        (META, "uima.tcas.DocumentAnnotation", ("documentId", "documentTitle")),
        (ENTITY, "uima.tcas.Annotation", ("value", "identifier")),
        (NUMBER, "uima.tcas.Annotation", ("docType", "role", "title")),
        (UNNUMBERED, "uima.tcas.Annotation", ("docType", "role", "title")),
        (RELATION, "uima.tcas.Annotation", ("relation",)),
    ):
        kind = system.create_type(name, supertypeName=parent)
        for feature in features:
            system.create_feature(kind, feature, string)
    relation = system.get_type(RELATION)
    for end in ("Governor", "Dependent"):
        system.create_feature(relation, end, ENTITY)
    return system


def write(documents: Sequence[Document], path: Path, format: str) -> None:
    """``<id>.json``, or ``<id>.xmi`` beside a ``TypeSystem.xml``."""
    types = _types()
    if format == "cas_xmi":
        types.to_xml(path / "TypeSystem.xml")
    for document in documents:
        cas = _cas(document, types)
        target = path / f"{quote(document['id'], safe=' -_.,')}{_SUFFIX[format]}"
        cas.to_json(target) if format == "cas_json" else cas.to_xmi(target)


def _cas(document: Document, types: Any) -> Any:
    cas = _cassis().Cas(typesystem=types)
    cas.sofa_string = document["text"].encode("utf-8", "replace").decode("utf-8")
    cas.sofa_mime = "text/plain"
    meta = types.get_type(META)(
        begin=0, end=len(document["text"]), documentId=document["id"],
        documentTitle=str(document.get("title") or document["id"]),
    )  # fmt: skip
    cas.add(meta)
    at = {}
    entity, number = types.get_type(ENTITY), types.get_type(NUMBER)
    for m in document["mentions"]:
        at[m["id"]] = entity(
            begin=m["start"], end=m["end"], value=str(m["label"]), identifier=m["id"]
        )
        cas.add(at[m["id"]])
    for d in document["documents"]:
        kind = number if d["mention"] else types.get_type(UNNUMBERED)
        place = at.get(d["mention"])
        cas.add(kind(
            begin=place.begin if place else 0, end=place.end if place else 0,
            docType=d["type"], role=d["role"], title=d["title"],
        ))  # fmt: skip
    relation = types.get_type(RELATION)
    for r in document["relations"]:
        governor, dependent = at[r["from"]], at[r["to"]]
        cas.add(relation(
            begin=dependent.begin, end=dependent.end, relation=r["type"],
            Governor=governor, Dependent=dependent,
        ))  # fmt: skip
    return cas


def read(path: Path, texts: Mapping[str, str]) -> Iterator[Raw]:
    """All ``.json`` and ``.xmi`` files of a folder, or one file."""
    cassis = _cassis()
    files = [path] if path.is_file() else sorted([*path.glob("*.json"), *path.glob("*.xmi")])
    for file in files:
        try:
            if file.suffix == ".xmi":
                with (file.parent / "TypeSystem.xml").open("rb") as source:
                    types = cassis.load_typesystem(source)
                with file.open("rb") as source:
                    cas = cassis.load_cas_from_xmi(source, typesystem=types)
            else:
                with file.open("rb") as source:
                    cas = cassis.load_cas_from_json(source)
        except OSError as error:
            yield file.name, f"can't be read: {error}"
            continue
        except Exception as error:
            # cassis passes on what lxml, json and its own checks raise.
            yield file.name, f"not a UIMA CAS: {error}"
            continue
        yield file.name, partial(_document, cas, unquote(file.stem))


def _select(cas: Any, name: str) -> list[Any]:
    return list(cas.select(name)) if cas.typesystem.contains_type(name) else []


def _document(cas: Any, name: str) -> dict[str, Any]:
    meta = next(iter(_select(cas, META)), None)
    mentions: list[dict[str, Any]] = []
    ids: dict[int, str] = {}
    for kind in _label_types(cas):
        for a in cas.select(kind.name):
            label = getattr(a, "value", None) or getattr(a, "label", None)
            if label is None:
                continue
            own = getattr(a, "identifier", None) or f"m{len(mentions) + 1}"
            ids[a.xmiID] = own
            mentions.append({"id": own, "label": label, "start": a.begin, "end": a.end,
                             "text": a.get_covered_text()})  # fmt: skip
    mentions.sort(key=lambda m: m["start"])
    at = {(m["start"], m["end"]): m["id"] for m in mentions}
    documents = [
        {"mention": at.get((a.begin, a.end)) if kind == NUMBER else None, "type": a.docType,
         "role": a.role, "title": a.title}
        for kind in (NUMBER, UNNUMBERED)
        for a in _select(cas, kind)
    ]  # fmt: skip
    relations = [
        {"type": r.relation, "from": ids.get(r.Governor.xmiID), "to": ids.get(r.Dependent.xmiID)}
        for r in _select(cas, RELATION)
    ]
    own_name = getattr(meta, "documentId", None) or name
    return {"id": own_name, "text": cas.sofa_string or "", "mentions": mentions,
            "relations": relations, "documents": documents}  # fmt: skip


def _label_types(cas: Any) -> list[Any]:
    """Annotation types whose ``value`` or ``label`` holds names of our scheme."""
    out = []
    for kind in cas.typesystem.get_types():
        features = {f.name for f in kind.all_features}
        if not features & {"value", "label"} or "begin" not in features:
            continue
        values = [
            getattr(a, "value", None) or getattr(a, "label", None) for a in cas.select(kind.name)
        ]
        if kind.name == ENTITY or any(v in LABELS for v in values):
            out.append(kind)
    return out
