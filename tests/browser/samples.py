"""Documents for the widget's tests, written for them."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

_MARKED = re.compile(r"\[([^\]|]+)\|([A-Z_]+)(?:\|([\d.]+))?\]")


def document(name: str, marked: str, **extra: Any) -> dict[str, Any]:
    """A document from text with marks like ``[UBND tỉnh|AGENCY|0.9]``."""
    text, mentions, at = "", [], 0
    for m in _MARKED.finditer(marked):
        text += marked[at : m.start()]
        row = {"id": f"m{len(mentions) + 1}", "label": m[2], "start": len(text),
               "end": len(text) + len(m[1]), "text": m[1]}  # fmt: skip
        if m[3]:
            row["confidence"] = float(m[3])
        mentions.append(row)
        text += m[1]
        at = m.end()
    return {"id": name, "text": text + marked[at:], "mentions": mentions, "relations": [],
            "documents": [], **extra}  # fmt: skip


ARTICLE = document(
    "tay-ho",
    "Tây Hồ siết kỷ luật hồ sơ một cửa 🏛️\n"
    "[Chiều 14/3|DATE|0.98], [UBND quận Tây Hồ|AGENCY|0.99] ban hành Kế hoạch số [131/KH-UBND|DOC_NUMBER|0.97] "
    "về nâng chất lượng giải quyết thủ tục hành chính [năm 2024|DATE|0.71].\n"
    "Theo đó, [các phòng, ban chuyên môn|AGENCY|0.93] và [UBND các phường|AGENCY|0.88] phải bảo đảm "
    "[ít nhất 95% hồ sơ được trả đúng hạn|TARGET|0.83] [trước ngày 30/6/2024|DEADLINE|0.64]; riêng lĩnh vực đất đai "
    "[giảm 20% thời gian xử lý|TARGET|0.58] [đến hết quý III|DEADLINE|0.55].\n"
    "Bà Lê Minh Hạnh, Phó Chủ tịch [UBND quận|AGENCY|0.91], cho biết [Văn phòng HĐND và UBND quận|AGENCY|0.86] "
    "theo dõi, tổng hợp, báo cáo [Sở Nội vụ Hà Nội|AGENCY|0.97] [trước ngày 25 hằng tháng|DEADLINE|0.74]. "
    "Kế hoạch căn cứ Chỉ thị số [08/CT-UBND|DOC_NUMBER|0.95] [ngày 5/2/2024|DATE|0.96] của "
    "[Chủ tịch UBND Thành phố|AGENCY|0.52] và thay cho văn bản đã dùng từ [năm 2021|DATE|0.47].\n"
    "Người dân có thể gửi phản ánh qua Cổng dịch vụ công; mọi phản ánh được trả lời "
    "[trong vòng 24 giờ|DEADLINE|0.69].",
    title="Tây Hồ siết kỷ luật hồ sơ một cửa", date="2024-03-15",
)  # fmt: skip

HOSTILE = document(
    "hostile",
    "<script>window.hacked = 1</script> </textarea><img src=x onerror='window.hacked = 2'>\r\n"
    "[UBND <b>xã</b>|AGENCY|0.6] 🧑🏽‍💻 họp [ngày 5/9|DATE|0.6] &amp; 👨‍👩‍👧‍👦 báo cáo 𠀋.",
    title="</title><script>window.hacked = 3</script>",
)

# What a model might have proposed, and what a careful reader makes of it. The sample
# beside the notebooks holds the proposals; a test keeps the two equal.
PROPOSED_AND_TRUE = [
    (  # nothing to correct
        "[UBND tỉnh Phú Thọ|AGENCY|0.99] vừa ban hành Công văn số [1204/UBND-NC|DOC_NUMBER|0.98] về chấn chỉnh giờ làm việc.",
        "[UBND tỉnh Phú Thọ|AGENCY] vừa ban hành Công văn số [1204/UBND-NC|DOC_NUMBER] về chấn chỉnh giờ làm việc.",
    ),
    (  # an edge too short on the right, a missing deadline
        "[Sở Y tế|AGENCY|0.61] Cần Thơ yêu cầu [các bệnh viện, trung tâm y tế|AGENCY|0.55] báo cáo số giường trước ngày 15/9/2024.",
        "[Sở Y tế Cần Thơ|AGENCY] yêu cầu [các bệnh viện, trung tâm y tế|AGENCY] báo cáo số giường [trước ngày 15/9/2024|DEADLINE].",
    ),
    (  # a deadline taken for a date, its limiting word left out
        "Huyện Gia Lâm phấn đấu [100% thôn có nhà văn hóa|TARGET|0.83] đến hết [năm 2025|DATE|0.52] 🏘️.",
        "Huyện Gia Lâm phấn đấu [100% thôn có nhà văn hóa|TARGET] [đến hết năm 2025|DEADLINE] 🏘️.",
    ),
    (  # a result is no target; a person is no agency
        "[Ông Phạm Văn Bình|AGENCY|0.41] cho biết [quý I/2024|DATE|0.9], huyện đã [trồng mới 40 ha rừng|TARGET|0.57].",
        "Ông Phạm Văn Bình cho biết [quý I/2024|DATE], huyện đã trồng mới 40 ha rừng.",
    ),
    (  # one mention too many words, one label wrong
        "Theo Quyết định [số 15/2022/QĐ-UBND|DOC_NUMBER|0.58] [ngày 4/5/2022|DEADLINE|0.5] của [UBND tỉnh Lào Cai|AGENCY|0.97].",
        "Theo Quyết định số [15/2022/QĐ-UBND|DOC_NUMBER] [ngày 4/5/2022|DATE] của [UBND tỉnh Lào Cai|AGENCY].",
    ),
    (  # the model saw nothing
        "Chậm nhất ngày 20/11, các xã, thị trấn gửi danh sách về Phòng Nội vụ huyện Ba Vì.",
        "[Chậm nhất ngày 20/11|DEADLINE], [các xã, thị trấn|AGENCY] gửi danh sách về [Phòng Nội vụ huyện Ba Vì|AGENCY].",
    ),
    (  # decomposed text and an astral sign before every span
        "𠀋👩🏽‍🌾 [Bộ Nông nghiệp|AGENCY|0.6] và Môi trường giao [Cục Thủy lợi|AGENCY|0.95] kiểm tra đê [trong tháng 8|DEADLINE|0.88].",
        "𠀋👩🏽‍🌾 [Bộ Nông nghiệp và Môi trường|AGENCY] giao [Cục Thủy lợi|AGENCY] kiểm tra đê [trong tháng 8|DEADLINE].",
    ),
    (  # two mentions that are one
        "[Đoàn kiểm tra|AGENCY|0.7] của [HĐND thành phố Huế|AGENCY|0.93] làm việc [sáng 7/10|DATE|0.96].",
        "[Đoàn kiểm tra của HĐND thành phố Huế|AGENCY] làm việc [sáng 7/10|DATE].",
    ),
    (  # one mention that is two
        "Tỉnh đặt mục tiêu [giảm 15% hồ sơ giấy và tăng 30% hồ sơ trực tuyến|TARGET|0.49] [trong năm 2025|DEADLINE|0.9].",
        "Tỉnh đặt mục tiêu [giảm 15% hồ sơ giấy|TARGET] và [tăng 30% hồ sơ trực tuyến|TARGET] [trong năm 2025|DEADLINE].",
    ),
    (  # markup in the text
        "<b>Khẩn</b> & gấp: [Công an tỉnh|AGENCY|0.8] ra Công điện [02/CĐ-CAT|DOC_NUMBER|0.86] <script>alert(1)</script> [hôm nay|DATE|0.66].",
        "<b>Khẩn</b> & gấp: [Công an tỉnh|AGENCY] ra Công điện [02/CĐ-CAT|DOC_NUMBER] <script>alert(1)</script> [hôm nay|DATE].",
    ),
    (  # Windows line breaks
        "Tin vắn\r\n[UBND các xã|AGENCY|0.77] thu gom [95% rác thải sinh hoạt|TARGET|0.64]\r\n[không quá 24 giờ|DEADLINE|0.6] một lần.",
        "Tin vắn\r\n[UBND các xã|AGENCY] thu gom [95% rác thải sinh hoạt|TARGET]\r\nkhông quá 24 giờ một lần.",
    ),
    (  # repeats the first: held back by the queue
        "[UBND tỉnh Phú Thọ|AGENCY|0.98] vừa ban hành Công văn số [1204/UBND-NC|DOC_NUMBER|0.97] về chấn chỉnh giờ làm việc .",
        "[UBND tỉnh Phú Thọ|AGENCY] vừa ban hành Công văn số [1204/UBND-NC|DOC_NUMBER] về chấn chỉnh giờ làm việc .",
    ),
]  # fmt: skip


def _form(i: int, marked: str) -> str:
    """The seventh sample is decomposed."""
    return unicodedata.normalize("NFD", marked) if i == 6 else marked


PROPOSED = [
    document(f"mau-{i + 1:02}", _form(i, proposed), title=f"Mẫu {i + 1}")
    for i, (proposed, _) in enumerate(PROPOSED_AND_TRUE)
]
TRUE = [
    document(f"mau-{i + 1:02}", _form(i, true)) for i, (_, true) in enumerate(PROPOSED_AND_TRUE)
]


def spans(row: dict[str, Any]) -> list[tuple[str, int, int]]:
    """Label, start and end of a document's mentions, in text order."""
    return sorted((m["label"], m["start"], m["end"]) for m in row["mentions"])
