"""Documents of an article: cues, co-reference, role, titles, unnumbered ones."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import Article, Span
from pipeline.document_cues import Frame, cues, day_in, is_official
from pipeline.document_roles import score, weights
from pipeline.document_titles import MAX_TITLE, title_after
from pipeline.documents import UNNUMBERED_AT_LEAST, DocumentDraft, documents
from pipeline.labels import Label
from pipeline.normalize.doc_numbers import doc_number_values
from pipeline.normalize.doc_symbols import data_rows
from pipeline.schema import AgencyValue


def article(marked: str, **fields: Any) -> Article:
    """An article from a text with [[numbers]], {{agencies}} and <<deadlines>> marked; a sentence
    a full stop."""
    text, spans = "", []
    labels = {"N": Label.DOC_NUMBER, "A": Label.AGENCY, "L": Label.DEADLINE}
    for old, new in (("[[", "\x00N"), ("{{", "\x00A"), ("<<", "\x00L"), ("}}", "]]"), (">>", "]]")):
        marked = marked.replace(old, new)
    for chunk in marked.split("\x00"):
        body, closed, rest = chunk[1:].partition("]]")
        if closed:
            label = labels.get(chunk[0], Label.AGENCY)
            spans.append(Span(label, len(text), len(text) + len(body)))
            text += body + rest
        else:
            text += chunk
    sentences, start = [], 0
    for i, char in enumerate(text):
        if char == "\n" or (char == "." and text[i + 1 : i + 2] in ("", " ", "\n")):
            sentences.append((start, i + 1))
            start = i + 2 if text[i + 1 : i + 2] == " " else i + 1
    if start < len(text):
        sentences.append((start, len(text)))
    return Article(text, tuple(spans), tuple(sentences), **fields)


def drafts(marked: str, **fields: Any) -> list[DocumentDraft]:
    made = article(marked, **fields)
    values, _ = doc_number_values(made)
    return documents(made, values, {}, {})[0]


def shape(marked: str, **fields: Any) -> list[tuple[str | None, str | None, str]]:
    return [(d.type, d.number, d.role) for d in drafts(marked, **fields)]


# --- Cues: each row's example has its cue -------------------------------------------------


@pytest.mark.parametrize("row", data_rows("doc_cues.jsonl"), ids=lambda row: row["name"])
def test_cue_example(row: dict[str, str]) -> None:
    start = row["example"].index("[")
    end = row["example"].index("]") - 1
    made = article(row["example"].replace("[", "").replace("]", ""))
    assert row["name"] in cues(Frame.of(made), start, end)


def test_agency_cues() -> None:
    made = article("{{UBND tỉnh}} vừa có công văn gửi {{các sở, ngành}}.")
    found = cues(Frame.of(made), 17, 25)
    assert {"agency_before", "agency_after", "just", "have_verb"} <= found


# --- News ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (  # just issued, and what it rests on
            "{{UBND tỉnh Lâm Đồng}} vừa ban hành Kế hoạch số [[512/KH-UBND]] về phòng cháy rừng.\n"
            "Theo đó, các xã thực hiện nghiêm Chỉ thị số [[08/CT-TTg]] của {{Thủ tướng}}.",
            [("Kế hoạch", "512/KH-UBND", "primary"), ("Chỉ thị", "08/CT-TTg", "cited")],
        ),
        (  # only referred to
            "Hồ sơ nộp theo Nghị định [[61/2018/NĐ-CP]] được trả đúng hạn.\n"
            "Người dân hài lòng với cách làm này.",
            [("Nghị định", "61/2018/NĐ-CP", "cited")],
        ),
        (  # unnumbered, reported as just issued
            "{{UBND thành phố Huế}} vừa ban hành kế hoạch tuyên truyền về chuyển đổi số.\n"
            "Kế hoạch nêu rõ, mỗi xã có một tổ công nghệ số.",
            [("Kế hoạch", None, "primary")],
        ),
        (  # the headline's is the numbered one: no second entry
            "Tỉnh vừa ban hành chỉ thị về bảo đảm an toàn hồ đập mùa mưa\n"
            "Ngày 12/5, {{UBND tỉnh}} đã ban hành Chỉ thị số [[09/CT-UBND]] về bảo đảm an toàn "
            "hồ đập mùa mưa bão.",
            [("Chỉ thị", "09/CT-UBND", "primary")],
        ),
        (  # still to come
            "Sở đề nghị tỉnh sớm ban hành quyết định thu hồi đất.\nNgười dân đang chờ.",
            [],
        ),
    ],
)
def test_news(text: str, expected: list[tuple[str | None, str | None, str]]) -> None:
    assert shape(text) == expected


def test_a_document_named_again_without_its_type() -> None:
    found = shape(
        "Ngày 14/5, {{UBND tỉnh Hà Nam}} ban hành Công văn số [[62/UBND-TH]] về việc giải ngân. "
        "Văn bản do Phó Chủ tịch {{UBND tỉnh}} ký, gửi các sở.",
        published=date(2024, 5, 15),
    )
    assert found == [("Công văn", "62/UBND-TH", "primary")]


def test_title_of_an_unnumbered_document() -> None:
    [draft] = drafts(
        "{{UBND thành phố Huế}} vừa ban hành kế hoạch tuyên truyền về chuyển đổi số.\n"
        "Kế hoạch nêu rõ, mỗi xã có một tổ công nghệ số."
    )
    assert draft.mention is None and draft.title == "tuyên truyền về chuyển đổi số"


# --- Official texts -------------------------------------------------------------------------

HEAD = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"


@pytest.mark.parametrize(
    ("text", "fields", "expected"),
    [
        (  # its own number in the head; "Thông tư này" is no second document
            HEAD + "Số: [[07/2026/TT-BNV]]\nTHÔNG TƯ\nVề lưu trữ\n"
            "Căn cứ Nghị định số [[25/2025/NĐ-CP]];\nĐiều 1. Thông tư này quy định về lưu trữ.",
            {},
            [("Thông tư", "07/2026/TT-BNV", "primary"), ("Nghị định", "25/2025/NĐ-CP", "cited")],
        ),
        (  # an excerpt without its number names itself
            "Điều 4. Hiệu lực\n1. Thông tư này có hiệu lực từ ngày 01/7/2026.\n"
            "2. Thông tư này thay thế Thông tư số [[11/2014/TT-BNV]].",
            {},
            [("Thông tư", "11/2014/TT-BNV", "cited"), ("Thông tư", None, "primary")],
        ),
        (  # the type in a line of its own
            HEAD + "THÔNG TƯ\nQuy định kỹ thuật đo đạc\nCăn cứ Luật Đất đai số [[31/2024/QH15]];",
            {},
            [("Luật", "31/2024/QH15", "cited"), ("Thông tư", None, "primary")],
        ),
        (  # the title's own number
            "Điều 2. Nghị định [[49/2026/NĐ-CP]] quy định chi tiết.\n1. Phạm vi\n2. Đối tượng\n"
            "Căn cứ Nghị quyết [[254/2025/QH15]];",
            {"title": "Nghị định 49/2026/NĐ-CP hướng dẫn Nghị quyết 254/2025/QH15"},
            [("Nghị định", "49/2026/NĐ-CP", "primary"), ("Nghị quyết", "254/2025/QH15", "cited")],
        ),
    ],
)
def test_official(text: str, fields: dict[str, Any], expected: list[tuple[str, str, str]]) -> None:
    assert shape(text, **fields) == expected


def test_is_official() -> None:
    assert is_official(HEAD)
    assert not is_official("Tỉnh vừa ban hành kế hoạch.\nĐiều 5 của luật cũ vẫn áp dụng.\nHết.")


# --- Co-reference -----------------------------------------------------------------------------


def ids(marked: str, issuers: dict[int, AgencyValue] | None = None) -> list[str]:
    made = article(marked)
    values, _ = doc_number_values(made)
    return [d.document_id for d in documents(made, values, {}, issuers or {})[0] if d.number]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Đề án [[06]] và Đề án [[06/Chính phủ]].", ["d1", "d1"]),
        ("Nghị quyết số [[57-NQ/TW]]. Nghị quyết [[57]] nêu.", ["d1", "d1"]),
        ("Nghị quyết [[57]] và Đề án [[57]].", ["d1", "d2"]),  # another type
        ("Quyết định [[06/QĐ-TTg]] về Đề án [[06]].", ["d1", "d2"]),
        ("Nghị định [[100/2015]]; Nghị định số [[100/2015/NĐ-CP]].", ["d1", "d1"]),
        ("Nghị định [[100/2019/NĐ-CP]]; Nghị định [[100/2015/NĐ-CP]].", ["d1", "d2"]),
        # the nearest full one before
        (
            "Nghị quyết [[01/NQ-CP]]; Nghị quyết [[01-NQ/TU]]. Nghị quyết [[01]] nêu.",
            ["d1", "d2", "d2"],
        ),
        # a short one after: 08, 08/QĐ-TTg and 08/2022/QĐ-TTg are one
        (
            "Quyết định [[08]]; Quyết định [[08/QĐ-TTg]]; Quyết định [[08/2022/QĐ-TTg]].",
            ["d1", "d1", "d1"],
        ),
        ("Công văn [[12/UBND-VX]]; văn bản số [[12/UBND -VX]].", ["d1", "d1"]),
    ],
)
def test_coreference(text: str, expected: list[str]) -> None:
    assert ids(text) == expected


def test_different_issuers_are_different_documents() -> None:
    city = AgencyValue(name="Ủy ban nhân dân thành phố Huế", kind="ubnd")
    town = AgencyValue(name="Ủy ban nhân dân phường Phú Xuân", kind="ubnd")
    text = "Kế hoạch số [[20/KH-UBND]]; Kế hoạch số [[20/KH-UBND]]."
    assert ids(text, {0: city, 1: town}) == ["d1", "d2"]
    assert ids(text, {0: city, 1: city}) == ["d1", "d1"]


def test_an_ambiguous_short_form_has_a_note() -> None:
    made = article("Nghị quyết [[01/NQ-CP]]; Nghị quyết [[01-NQ/TU]]. Nghị quyết [[01]] nêu.")
    _, notes = documents(made, doc_number_values(made)[0], {}, {})
    assert [(note.code, note.span) for note in notes] == [("document-ambiguous", 2)]


def test_aliases_and_what_is_given() -> None:
    made = article("Nghị quyết số [[57-NQ/TW]] mở đường. Nghị quyết [[57]] nêu rõ.")
    body = AgencyValue(name="Bộ Chính trị", kind="party")
    found, _ = documents(made, doc_number_values(made)[0], {0: "2024-12-22"}, {0: body})
    assert [d.aliases for d in found] == [("Nghị quyết 57-NQ/TW", "Nghị quyết 57")] * 2
    assert {(d.number, d.issued_on, d.issuer) for d in found} == {("57-NQ/TW", "2024-12-22", body)}


# --- Titles -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "Kế hoạch| ngày 04/5/2022 của UBND tỉnh về việc tinh giản biên chế.",
            "tinh giản biên chế",
        ),
        ("Công văn| gửi các sở về tiết kiệm điện; các sở báo cáo.", "tiết kiệm điện"),
        ("quyết định| phê duyệt quy hoạch chợ. Theo đó, …", "phê duyệt quy hoạch chợ"),
        ("Thông tư| “Quy định về lưu trữ số” vừa ban hành", "Quy định về lưu trữ số"),
        ("chỉ thị| về an toàn hồ đập vừa được Thủ tướng ban hành.", "an toàn hồ đập"),
        ("kế hoạch| xây dựng nông thôn mới nhằm nâng thu nhập", "xây dựng nông thôn mới"),
        ("Nghị quyết|.", None),
        ("Nghị quyết| của Chính phủ nêu rõ.", None),
        ("Kế hoạch|\nvề việc khác", None),  # another line
        # what it orders, with addressee and verb, up to the day and to a second order
        (
            "văn bản| yêu cầu các sở khẩn trương rà soát quỹ đất, báo cáo tỉnh <<trước ngày 15/6>>.",
            "yêu cầu các sở khẩn trương rà soát quỹ đất",
        ),
        ("công văn| yêu cầu xử lý dứt điểm vụ lấn biển <<trước 10-9>>.", "yêu cầu xử lý dứt điểm vụ lấn biển"),
        ("văn bản| giao các sở kiểm tra bến bãi và giao cho {{Thanh tra tỉnh}} chủ trì", "giao các sở kiểm tra bến bãi"),
        ("Kế hoạch| phát triển chợ <<đến năm 2030>>.", "phát triển chợ đến năm 2030"),  # its horizon
        # after the addressees: a list, an acronym with a dot, "yêu cầu" without whom
        ("văn bản| gửi {{Sở Y tế}}; {{Viện Pasteur}} về việc tiêm bổ sung.", "tiêm bổ sung"),
        ("văn bản| gửi {{UBND TP.Vinh}}, yêu cầu tăng cường trực bão.", "tăng cường trực bão"),
        ("văn bản| gửi {{Sở Y tế}} yêu cầu {{các bệnh viện}} trực bão.", "yêu cầu các bệnh viện trực bão"),
        ("văn bản| đề xuất gửi {{UBND tỉnh}} về giá nước sạch.", "giá nước sạch"),
        ("văn bản| chỉ đạo về việc giảm giá vé phà.", "giảm giá vé phà"),
        ("công điện| gửi {{Ban An toàn giao thông}} về việc phân luồng.", "phân luồng"),  # gives nothing
        ("công văn| gửi {{Ban chỉ đạo quốc gia về biển}} về việc phao tiêu.", "phao tiêu"),  # in a name
        ("công văn| {{Bộ Y tế}} vừa gửi các tỉnh về việc dự trữ thuốc.", "dự trữ thuốc"),  # by whom
        ("báo cáo| {{UBND tỉnh}} việc chi trả hỗ trợ.", "chi trả hỗ trợ"),  # to whom
        ("công văn| mới ban hành này, tỉnh đề nghị {{các xã}} trực bão.", "đề nghị các xã trực bão"),
        # what a notice announces, what it only tells
        ("thông báo kết luận| của Chủ tịch tỉnh về bến cá.", "kết luận của Chủ tịch tỉnh về bến cá"),
        ("thông báo kết luận| thanh tra dự án bến cá.", "kết luận thanh tra dự án bến cá"),
        ("thông báo| cho biết, sẽ ưu tiên phê duyệt hồ sơ bến cá.", None),
        ("kết luận| công bố chiều 14/3 nêu sai phạm.", None),
        ("quyết định| kèm theo công văn này", None),
        ("công văn| “khẩn” về", None),  # no word more
        # the order that is conveyed
        (
            "văn bản| truyền đạt ý kiến của Thủ tướng, yêu cầu {{Bộ Y tế}} rà soát.",
            "truyền đạt ý kiến của Thủ tướng, yêu cầu Bộ Y tế rà soát",
        ),
        # ends: the speaker, the source, who issued it, what the article adds
        ('văn bản| yêu cầu {{Sở Y tế}} xác minh vụ nêu trên" - ông Nam nói.', "yêu cầu Sở Y tế xác minh vụ nêu trên"),
        ('văn bản| chỉ đạo làm rõ bài báo "Phà không phao".', 'chỉ đạo làm rõ bài báo "Phà không phao"'),
        ("thông báo| cấm nhập lợn sống, theo báo Biển Xanh.", "cấm nhập lợn sống"),
        ("chỉ thị| chăm lo Tết trong đó yêu cầu từ nay tiết kiệm.", "chăm lo Tết"),
        ("quyết định| hỗ trợ tiền thuê nhà, đến nay đã chi 5 tỷ.", "hỗ trợ tiền thuê nhà"),
        ("công văn| hướng dẫn cách ly do Sở ban hành ngày 5/10", "hướng dẫn cách ly"),
        ("chỉ thị|, yêu cầu các tập đoàn, tổng công ty... kê khai tài sản.", "yêu cầu các tập đoàn, tổng công ty... kê khai tài sản"),
        ('Đề án| "Nâng chất lượng thanh tra đáp ứng yêu cầu mới" vừa công bố', "Nâng chất lượng thanh tra đáp ứng yêu cầu mới"),
        # dots of an ellipsis: before a capital they end the sentence
        ("công văn| về phòng dịch… và các việc khác... Ông Nam nói.", "phòng dịch… và các việc khác"),
        ("công văn| về phòng dịch… Ông Nam nói.", "phòng dịch"),
        ("công văn| về phòng dịch.. Ông Nam nói.", "phòng dịch"),
        # the mark with a capital
        ("công văn| ngày 1/2/2024 V/v phòng dịch.", "phòng dịch"),
        ("công văn| V/v: phòng dịch", "phòng dịch"),
        ("công văn| v/v:phòng dịch", "phòng dịch"),
        ("công văn| ngày 1/2/2024 Về việc phòng dịch", "phòng dịch"),
        ("công văn|. Về việc phòng dịch thì khác", None),  # the next sentence's first word
        # the mark in quotation marks, also in single ones
        ("công văn| “Về việc phòng dịch”", "phòng dịch"),
        ("công văn| ‘về việc phòng dịch’ gửi các sở", "phòng dịch"),
        ("công văn| 'V/v phòng dịch' gửi các sở", "phòng dịch"),
        ("công văn| “về việc” các sở", None),  # the mark alone
        ('công văn| "về việc" các sở', None),
        # a quotation in the quotation keeps both its marks
        ("công văn| “Về việc “tăng cường” phòng dịch” gửi các sở", "“tăng cường” phòng dịch"),
        ('công văn| "về việc "phòng, chống" dịch" gửi các sở', '"phòng, chống" dịch'),
        ("Đề án| “Làng “xanh”” được duyệt", "Làng “xanh”"),
        ('Đề án| "Làng "xanh"" được duyệt', 'Làng "xanh"'),
        ('Đề án| "Làng xanh" và "phố xanh" được duyệt', "Làng xanh"),  # two beside each other
        ("Đề án| “Làng 'xanh' ven đê” được duyệt", "Làng 'xanh' ven đê"),
        ("Đề án| “Làng Farmer's Market” được duyệt", "Làng Farmer's Market"),  # an apostrophe
        ("Đề án| “Làng nghề\" được duyệt", "Làng nghề"),  # two sorts of marks
        ("công văn| “Về việc “siết phòng dịch” gửi các sở", "siết phòng dịch"),  # one is missing
    ],
)  # fmt: skip
def test_title(text: str, title: str | None) -> None:
    end = text.index("|")
    made = article(text.replace("|", "", 1))
    assert title_after(made, end) == title


def test_a_long_title_ends_with_a_word() -> None:
    title = title_after(article("kế hoạch " + "nâng cấp kênh mương " * 40), 8)
    assert title is not None and len(title) <= MAX_TITLE
    assert title.split()[-1] in ("nâng", "cấp", "kênh", "mương")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Nghị định 45/2020/NĐ-CP| ngày 8/4/2020 của Chính phủ về giao dịch điện tử", "giao dịch điện tử"),
        ("Kế hoạch số 9/KH-UBND| của UBND tỉnh về việc tinh giản biên chế.", "tinh giản biên chế"),
        ("Quyết định số 5/QĐ-UBND| phê duyệt quy hoạch chợ.", "phê duyệt quy hoạch chợ"),
        ("Nghị định 45/2020/NĐ-CP| của Chính phủ và đáp ứng yêu cầu mới", None),  # goes on with the sentence
        ("Nghị định 45/2020/NĐ-CP| của Chính phủ (đã được sửa đổi, bổ sung)", None),
        ("Đề án 06| đảm bảo hiệu quả và minh bạch", None),
        ("Công điện số 9/CĐ-TTg| của Thủ tướng, Chủ tịch UBND tỉnh yêu cầu:", None),  # asks, names nothing
        ("Nghị định số 5/2025/NĐ-CP| của Chính phủ về lưu trữ, UBND xã ban hành Kế hoạch này", "lưu trữ"),
        ("Kế hoạch số 9/KH-UBND| về cải cách hành chính năm 2024 với 6 nhóm việc", "cải cách hành chính năm 2024"),
        ("Đề án 06| tiếp tục là nhiệm vụ trọng tâm", None),
        ("Công văn số 12/UBND-NC| ngày 1/2/2024 V/v phòng dịch.", "phòng dịch"),
        ("Công văn số 12/UBND-NC| V/v: phòng dịch", "phòng dịch"),
        ("Công văn số 12/UBND-NC|. Về việc phòng dịch thì khác", None),
        ("Công văn số 12/UBND-NC| ‘về việc phòng dịch’ gửi các sở", "phòng dịch"),
        ('Công văn số 12/UBND-NC| "về việc "phòng, chống" dịch" gửi các sở', '"phòng, chống" dịch'),
        ('“Nghị định 45/2020/NĐ-CP|" về giao dịch điện tử', "giao dịch điện tử"),  # it closes
        ("Văn bản số 70/VP| gửi {{Công an}}, {{Thanh tra TP.Vinh}} đề nghị làm rõ vụ bán đất.", "đề nghị làm rõ vụ bán đất"),
        ("Quyết định số 42/QĐ-TTg| của {{Thủ tướng Chính phủ}} thành dự án “Điện gió Biển Xanh”.", None),  # quoted later
        ("Quyết định số 42/QĐ-TTg| của {{Thủ tướng Chính phủ}} “Phát triển điện gió”.", "Phát triển điện gió"),
    ],
)  # fmt: skip
def test_title_after_a_number(text: str, title: str | None) -> None:
    end = text.index("|")
    assert title_after(article(text.replace("|", "", 1)), end, numbered=True) == title


# --- Score and dates ----------------------------------------------------------------------------


def test_weights_are_there_and_bounded() -> None:
    for table in weights().values():
        assert "" in table and len(table) > 50
        assert all(abs(weight) < 10 for weight in table.values())
    assert score([], {"": 0.0}) == 0.5


def test_day_in() -> None:
    assert day_in("ngày 15/3/2023", None) == date(2023, 3, 15)
    assert day_in("ngày 15/3", date(2023, 5, 1)) == date(2023, 3, 15)
    assert day_in("ngày 15/3", None) is None
    assert day_in("ngày 31/2/2023", date(2023, 5, 1)) is None
    assert day_in("ngày 29/2", date(2024, 1, 5)) is None  # 29/2/2023 is none


# --- Properties -----------------------------------------------------------------------------------

words = st.sampled_from(
    "Chính phủ vừa ban hành ký Nghị quyết Kế hoạch số [[57]] [[12/KH-UBND]] [[08/2022/NĐ-CP]] về "
    "việc theo . , ; ( ) này \n Điều 1. Thông tư công văn gửi {{UBND tỉnh}} ngày 31/2 ngày 5/6/2023"
    .split(" ")
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(words, max_size=40).map(" ".join))
def test_one_entry_a_mention(marked: str) -> None:
    made = article(marked)
    values, _ = doc_number_values(made)
    found, _ = documents(made, values, {}, {})
    assert [d.mention for d in found if d.mention is not None] == sorted(values)
    assert all(d.role == "primary" and d.type for d in found if d.mention is None)
    assert all(UNNUMBERED_AT_LEAST <= d.confidence <= 1 for d in found)
    assert all(d.title is None or len(d.title) <= MAX_TITLE for d in found)
    roles: dict[str, str] = {}
    assert all(roles.setdefault(d.document_id, d.role) == d.role for d in found)
    assert documents(made, values, {}, {}) == documents(made, values, {}, {})


@pytest.mark.parametrize("noise", ["vừa ban hành kế hoạch ", "a, ", "theo quyết định của "])
def test_long_text_is_quick(noise: str) -> None:
    text = (noise * 50 + ".\n") * (20_000 // len(noise * 50) + 1)
    begin = time.perf_counter()
    drafts(text)
    assert time.perf_counter() - begin < 5
