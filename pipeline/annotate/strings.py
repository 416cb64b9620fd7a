"""What the widgets say, in Vietnamese and English: key → (vi, en)."""

from __future__ import annotations

from typing import Any, Literal

Lang = Literal["vi", "en"]

_TEXTS: dict[str, tuple[str, str]] = {
    # Messages about an operation.
    "no_mention": ("Không có đoạn {id}.", "There is no mention {id}."),
    "unknown_op": ("Lệnh lạ: {op}.", "Unknown operation: {op}."),
    "bad_op": ("Lệnh {op} không hợp lệ: {why}", "Operation {op} makes no sense: {why}"),
    "bad_span": ("Đoạn {start}:{end} không nằm trong văn bản.",
                 "{start}:{end} does not lie in the text."),
    "nothing_to_undo": ("Không còn gì để hoàn tác.", "Nothing to undo."),
    "nothing_to_redo": ("Không còn gì để làm lại.", "Nothing to redo."),
    "replaced": ("Thay {n} đoạn chồng lên.", "Took the place of {n} overlapping mention(s)."),
    "links_lost": ("Bỏ {n} quan hệ không còn hợp nhãn.",
                   "{n} relation(s) that no longer fit the label removed."),
    "in_the_way": ("Vướng đoạn “{text}”.", "“{text}” is in the way."),
    "accepted": ("Nhận {n} gợi ý.", "{n} suggestion(s) accepted."),
    "linked": ("Đã nối: {type}.", "Linked: {type}."),
    "unlinked": ("Đã bỏ nối: {type}.", "Unlinked: {type}."),
    "no_relation": ("Không có quan hệ nào giữa {a} và {b}.", "No relation joins {a} and {b}."),
    "needs_type": ("Hãy ghi loại văn bản.", "The document's type is missing."),
    "primary_only": ("Văn bản không số chỉ ghi khi là văn bản chính.",
                     "An unnumbered document is listed only where it is primary."),
    "noted": ("Đã lưu ghi chú.", "Note kept."),
    # Messages about the session.
    "stale": ("Thao tác này dựa trên bản cũ nên không được áp dụng; đây là bản mới nhất.",
              "That was based on an older state, so it was not applied; this is the newest."),
    "other_window": ("Văn bản này vừa được sửa ở cửa sổ khác; đây là bản mới nhất.",
                     "This document was changed in another window; this is the newest state."),
    "not_kept": ("KHÔNG LƯU ĐƯỢC: {why}", "NOT KEPT: {why}"),
    "resumed": ("Khôi phục {n} thao tác chưa hoàn tất.", "{n} unfinished operation(s) restored."),
    "draft_unfit": ("Bản nháp cũ có gợi ý khác nên không được áp dụng; vẫn còn trong tệp.",
                    "An older draft began from other suggestions: kept in the file, not applied."),
    "kept": ("Đã lưu: {title}", "Kept: {title}"),
    "all_done": ("Hết văn bản. Cảm ơn!", "No documents left. Thank you!"),
    "first": ("Đây là văn bản đầu tiên.", "This is the first document."),
    "last": ("Đây là văn bản cuối cùng.", "This is the last document."),
    # The page.
    "app": ("Sửa nhãn", "Label correction"),
    "text": ("Văn bản", "Text"),
    "labels": ("Nhãn", "Labels"),
    "suggested": ("gợi ý", "suggested"),
    "checked": ("đã xem", "checked"),
    "rejected": ("gợi ý đã bỏ", "suggestion not taken"),
    "mention": ("Đoạn đang chọn", "Mention"),
    "nothing": ("Dùng ← → hoặc J K để chọn.", "Use ← → or J K to choose."),
    "selection": ("Vùng chọn", "Selection"),
    "confidence": ("Độ tin", "Confidence"),
    "documents": ("Văn bản được nhắc", "Documents"),
    "relations": ("Quan hệ", "Relations"),
    "note": ("Ghi chú", "Note"),
    "type": ("Loại", "Type"),
    "title": ("Tên", "Title"),
    "role": ("Vai trò", "Role"),
    "primary": ("chính", "primary"),
    "cited": ("viện dẫn", "cited"),
    "unnumbered": ("không số", "no number"),
    "remove": ("Bỏ", "Remove"),
    "add": ("Thêm", "Add"),
    "close": ("Đóng", "Close"),
    "linking": ("Chọn đoạn thứ hai rồi nhấn L (Esc: thôi).",
                "Choose the second mention, then L (Esc: cancel)."),
    "done_of": ("{done}/{total} xong", "{done}/{total} done"),
    "left": ("còn {left}", "{left} left"),
    "held": ("{n} bản lặp để sau", "{n} repeats held back"),
    "gain": ("dự kiến còn {gain} chỗ sửa", "about {gain} corrections expected"),
    "here": ("bài này ≈ {n}", "here ≈ {n}"),
    "hard": ("khó", "hard"),
    "random": ("ngẫu nhiên", "random"),
    "repeat": ("gần trùng {id}", "repeats {id}"),
    "accept": ("đã nhận", "accepted"),
    "skip": ("đã bỏ qua", "skipped"),
    "char_mode": ("từng ký tự", "by character"),
    "silent": ("Kernel không trả lời. Những gì đang hiện đều đã lưu, thao tác cuối thì chưa; "
               "khi kernel chạy lại, hãy chạy lại ô này.",
               "The kernel does not answer. What is shown has been kept, the last key has not; "
               "once it runs again, run this cell again."),
    "help": ("Phím tắt", "Keys"),
    "guide": ("Hướng dẫn gán nhãn", "Annotation guide"),
    "guide_more": ("Toàn văn hướng dẫn", "The whole guide"),
    # Adjudication.
    "review": ("Phân xử khác biệt", "Adjudication"),
    "same": ("Hai bản giống nhau.", "Both versions agree."),
    "conflicts": ("{left} khác biệt chưa phân xử", "{left} difference(s) open"),
    "neither": ("Không bên nào", "Neither"),
    "both": ("Cả hai", "Both"),
    "not_both": ("Hai bên chồng lên nhau: chỉ lấy được một.",
                 "They overlap: only one can be taken."),
    "still_open": ("Còn {n} khác biệt chưa phân xử.", "{n} difference(s) are still open."),
    "nothing_there": ("không có gì", "nothing"),
}  # fmt: skip

# Key, what the page calls the action, and how the help says it. The page binds them.
_KEYS: tuple[tuple[str, str, str], ...] = (
    ("← →", "sang trái, sang phải", "left, right"),
    ("↑ ↓", "dòng trên, dòng dưới", "line up, line down"),
    ("J K", "đoạn sau, đoạn trước", "next, previous mention"),
    ("Space", "nhận đoạn này, sang gợi ý sau", "accept this one, go to the next suggestion"),
    ("A", "nhận mọi gợi ý", "accept all suggestions"),
    ("Shift+← →", "dời mép phải / chọn nhiều từ", "move the right edge / select more"),
    ("Alt+← →", "dời mép trái", "move the left edge"),
    ("Shift+Alt+← →", "dời cả đoạn", "move the whole mention"),
    ("Backspace", "xóa đoạn", "delete the mention"),
    ("L", "nối hai đoạn (hoặc bỏ nối)", "link two mentions (or unlink)"),
    ("R", "vai trò: chính / viện dẫn", "role: primary / cited"),
    ("T", "loại văn bản", "document type"),
    ("D", "thêm văn bản chính không số", "add a primary document without a number"),
    ("M", "ghi chú cho văn bản", "note on the document"),
    ("C", "từng từ / từng ký tự", "by atoms / by characters"),
    ("U, Ctrl+Z", "hoàn tác", "undo"),
    ("Shift+U, Ctrl+Y", "làm lại", "redo"),
    ("Enter", "xong, sang văn bản sau", "done, next document"),
    ("S", "bỏ qua văn bản", "skip the document"),
    ("N P", "văn bản sau, trước", "next, previous document"),
    ("G", "định nghĩa của nhãn", "the guide on this label"),
    ("Esc", "thôi chọn; đóng", "deselect; close"),
    ("?", "bảng phím này", "this table"),
)

_REVIEW_KEYS: tuple[tuple[str, str, str], ...] = (
    ("J K, ↓ ↑", "khác biệt sau, trước", "next, previous difference"),
    ("1, ←", "lấy bên trái", "take the left side"),
    ("2, →", "lấy bên phải", "take the right side"),
    ("B", "lấy cả hai", "take both"),
    ("X", "không lấy bên nào", "take neither"),
    ("U, Ctrl+Z", "hoàn tác", "undo"),
    ("Enter", "xong: thành dữ liệu chuẩn", "done: the result is gold"),
    ("N P", "văn bản sau, trước", "next, previous document"),
    ("G", "định nghĩa của nhãn", "the guide on this label"),
    ("?", "bảng phím này", "this table"),
)


def say(lang: Lang, code: str, **args: Any) -> str:
    """A message in ``lang``; an unknown code is shown as it is.

    >>> say("vi", "linked", type="DUE")
    'Đã nối: DUE.'
    """
    pair = _TEXTS.get(code)
    return code if pair is None else pair[lang == "en"].format(**args)


def texts(lang: Lang) -> dict[str, str]:
    """All texts of one language, for the page."""
    return {code: pair[lang == "en"] for code, pair in _TEXTS.items()}


def keys(lang: Lang, *, review: bool = False) -> list[tuple[str, str]]:
    """The help table: keys and what they do."""
    table = _REVIEW_KEYS if review else _KEYS
    return [(key, en if lang == "en" else vi) for key, vi, en in table]
