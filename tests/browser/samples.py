"""Documents for the widget's tests, written for them."""

from __future__ import annotations

import re
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
