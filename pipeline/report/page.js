"use strict";
// Everything from a record reaches the page through text nodes and attributes set one by one.
(() => {
  const $ = (id) => document.getElementById(id);
  const { labels, records, rows } = JSON.parse($("data").textContent);
  const STEP = 200, TEXTS = 40;
  const number = new Intl.NumberFormat("vi-VN");
  const collator = new Intl.Collator("vi");
  const fold = (text) =>
    text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
  const now = new Date();
  const iso = (d) =>
    [d.getFullYear(), String(d.getMonth() + 1).padStart(2, "0"), String(d.getDate()).padStart(2, "0")].join("-");
  const today = iso(now);

  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {}))
      if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return element;
  }
  const vietnamese = (day) => day.split("-").reverse().join("/");

  // What is looked for, once.
  for (const row of rows) {
    const record = records[row.record];
    row.who = [...row.agencies, ...row.supporting];
    row.whoFolded = fold([...row.who, ...row.called].join("\n"));
    row.documentFolded = fold(row.document || "");
    row.all = fold([row.whoFolded, row.task, row.targets.join(" "), row.words, row.document, record.title]
      .filter(Boolean).join(" "));
    row.kind = row.due ? "dated" : row.repeats ? "repeats" : "undated";
  }
  records.forEach((record, at) => { record.at = at; record.rows = []; });
  for (const row of rows) records[row.record].rows.push(row);
  function recordFolded(record) {
    return (record.all ??= fold([record.title, record.text || record.mentions.map((m) => m[3]).join(" "),
      record.documents.map((d) => d.name).join(" ")].join(" ")));
  }

  const state = { month: null, sort: "due", down: false, rows: STEP, texts: TEXTS };
  let shownRows = rows, shownRecords = records, ofMonth = rows;

  function choices(id, values) {
    const counts = new Map();
    for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
    const sorted = [...counts].sort((a, b) => b[1] - a[1] || collator.compare(a[0], b[0])).slice(0, 1000);
    $(id).append(...sorted.map(([value, count]) =>
      make("option", { value, label: `${value} (${number.format(count)} việc)` })));
  }
  choices("agencies", rows.flatMap((row) => [...new Set(row.who)]));
  choices("documents", rows.map((row) => row.document).filter(Boolean));

  const inWhen = {
    "": () => true,
    ahead: (row) => row.due !== null && row.due >= today,
    dated: (row) => row.kind === "dated",
    repeats: (row) => row.repeats,
    undated: (row) => row.kind === "undated",
  };
  const bin = (row) => (row.due === null ? null : row.long ? row.due.slice(0, 4) + "-nam" : row.due.slice(0, 7));
  const inBin = (row) => !state.month || (row.due !== null &&
    (state.month.length === 4 ? row.due.startsWith(state.month) : bin(row) === state.month));

  function filter() {
    const who = fold($("agency").value.trim()), doc = fold($("document").value.trim());
    const words = fold($("words").value.trim()).split(/\s+/).filter(Boolean), when = $("when").value;
    ofMonth = rows.filter((row) => row.whoFolded.includes(who) && row.documentFolded.includes(doc) &&
      inWhen[when](row) && words.every((word) => row.all.includes(word)));
    shownRows = ofMonth.filter(inBin);
    const narrow = who || when || state.month;
    const having = new Set(shownRows.map((row) => row.record));
    shownRecords = records.filter((record) => having.has(record.at) || (!narrow &&
      (!doc || record.documents.some((d) => fold(d.name).includes(doc))) &&
      words.every((word) => recordFolded(record).includes(word))));
    sort();
    state.rows = STEP;
    state.texts = TEXTS;
    draw();
  }

  function sort() {
    const order = { dated: 0, repeats: 1, undated: 2 };
    const by = {
      due: (a, b) => order[a.kind] - order[b.kind] || (state.down ? -1 : 1) * (a.due || "").localeCompare(b.due || ""),
      who: (a, b) => !a.who.length - !b.who.length ||
        (state.down ? -1 : 1) * collator.compare(a.who[0] || "", b.who[0] || ""),
      document: (a, b) => !a.document - !b.document ||
        (state.down ? -1 : 1) * collator.compare(a.document || "", b.document || ""),
    };
    shownRows.sort(by[state.sort]);
    for (const button of document.querySelectorAll("[data-sort]")) {
      const cell = button.closest("th");
      if (button.dataset.sort === state.sort) cell.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
  }

  function dueCell(row) {
    const cell = make("td", { role: "cell", class: "c-due", "data-name": "Thời hạn" });
    let shown = "";
    if (row.due) {
      shown = row.long ? "Năm " + row.due.slice(0, 4) : vietnamese(row.due);
      cell.append(make("time", { datetime: row.due }, row.time ? `${row.time} ${shown}` : shown));
      const left = Math.round((Date.parse(row.due) - Date.parse(today)) / 864e5);
      if (left >= 0 && left <= 60)
        cell.append(make("span", { class: "left screen" }, left ? `còn ${left} ngày` : "hôm nay"));
    } else cell.append(make("span", { class: "tag" }, row.repeats ? "Định kỳ" : "Chưa rõ ngày"));
    if (row.words && fold(row.words) !== fold(shown)) cell.append(make("span", { class: "words" }, row.words));
    return cell;
  }

  function drawRow(row) {
    const record = records[row.record];
    const who = make("td", { role: "cell", class: "c-who", "data-name": "Cơ quan" });
    for (const name of row.agencies) who.append(make("span", { class: "name" }, name));
    if (row.supporting.length)
      who.append(make("span", { class: "with" }, "Phối hợp: " + row.supporting.join(", ")));
    if (!row.who.length) who.append(make("span", { class: "none" }, "Chưa rõ"));
    const what = make("td", { role: "cell", class: "c-what", "data-name": "Việc" }, row.task || "");
    for (const target of row.targets) what.append(make("span", { class: "target" }, target));
    if (row.unsure) what.append(make("span", { class: "unsure" }, make("span", { class: "tag warn", title: "Độ tin cậy dưới 50 %" }, "Cần kiểm tra")));
    const go = make("button", { type: "button", class: "go", title: "Xem trong văn bản gốc" }, record.title);
    go.addEventListener("click", () => show(row));
    return make("tr", { role: "row" }, dueCell(row), who, what,
      make("td", { role: "cell", class: "c-doc", "data-name": "Văn bản" }, row.document || ""),
      make("td", { role: "cell", class: "c-src", "data-name": "Nguồn" }, go));
  }

  function drawRows() {
    const body = $("rows").tBodies[0];
    body.replaceChildren(...shownRows.slice(0, state.rows).map(drawRow));
    if (!shownRows.length)
      body.append(make("tr", null, make("td", { colspan: 5, class: "empty" },
        rows.length ? "Không có việc nào khớp với bộ lọc." : "Không có việc nào được giao trong các bản ghi này.")));
    more($("more-rows"), shownRows.length - state.rows, "việc");
  }
  function more(button, left, what) {
    button.hidden = left <= 0;
    button.textContent = `Hiện thêm (còn ${number.format(left)} ${what})`;
  }

  // Month by month; years without a deadline are left out, so that 2050 costs one line.
  function drawTimeline() {
    const counts = new Map();
    for (const row of ofMonth) if (row.due) counts.set(bin(row), (counts.get(bin(row)) || 0) + 1);
    const years = [...new Set([...counts.keys()].map((key) => key.slice(0, 4)))].sort();
    const most = Math.max(1, ...counts.values());
    const months = Array.from({ length: 12 }, (_, i) => String(i + 1).padStart(2, "0"));
    if (!years.length) {
      $("timeline").replaceChildren(make("p", { class: "empty" }, "Không có thời hạn nào có ngày."));
      return;
    }
    const focused = document.activeElement?.dataset?.bin;
    const cell = (year, key, name, shown) => {
      const count = counts.get(key) || 0;
      const td = make("td", { class: key === today.slice(0, 7) ? "now" : null,
        title: key === today.slice(0, 7) ? "Tháng này" : null });
      if (!count) return td;
      const bar = make("span", { class: "bar", "aria-hidden": "true" });
      bar.style.height = `${4 + Math.round(16 * Math.sqrt(count / most))}px`;
      const button = make("button", { type: "button", "data-bin": key, "aria-pressed": String(state.month === key),
        "aria-label": `${name}: ${number.format(count)} việc`, class: key < today.slice(0, 7) ? "past" : null },
        make("span", { class: "count" }, shown ?? number.format(count)), bar);
      td.append(button);
      return td;
    };
    const head = make("tr", null, make("th", { scope: "col" }, "Năm"),
      ...months.map((m) => make("th", { scope: "col" }, make("abbr", { title: "Tháng " + Number(m) }, "T" + Number(m)))),
      make("th", { scope: "col" }, "Cả năm"));
    const lines = years.map((year) => make("tr", null,
      make("th", { scope: "row" }, make("button", { type: "button", "data-bin": year,
        "aria-pressed": String(state.month === year) }, year)),
      ...months.map((m) => cell(year, `${year}-${m}`, `Tháng ${Number(m)} năm ${year}`)),
      cell(year, `${year}-nam`, `Trong cả năm ${year}`)));
    $("timeline").replaceChildren(make("table", null, make("thead", null, head), make("tbody", null, ...lines)));
    if (focused) $("timeline").querySelector(`[data-bin="${CSS.escape(focused)}"]`)?.focus();
  }

  function marked(record, evidence) {
    const box = make("div", { class: "text" });
    const text = record.text;
    const cuts = evidence ? evidence.map((at) => Math.min(at, text.length)) : [];
    let into = box, at = 0;
    // Evidence may begin or end inside a mention: then the whole mention is in it.
    const open = (place) => {
      if (cuts.length && into === box && place >= cuts[0] && place < cuts[1]) {
        into = make("span", { class: "evidence", tabindex: "-1" });
        box.append(into);
      } else if (cuts.length && into !== box && place >= cuts[1]) into = box;
    };
    const plain = (from, to) => {
      for (const stop of [...cuts.filter((cut) => cut > from && cut < to), to]) {
        open(from);
        if (stop > from) into.append(text.slice(from, stop));
        from = stop;
      }
    };
    for (const [start, end, label, , value] of record.mentions) {
      if (start < at || end > text.length || !Object.hasOwn(labels, label)) continue;
      plain(at, start);
      open(start < cuts[0] && end > cuts[0] ? cuts[0] : start);
      into.append(mark(label, text.slice(start, end), value));
      at = end;
    }
    plain(at, text.length);
    return box;
  }
  const mark = (label, text, value) => make("mark", { class: label,
    title: labels[label] + (value ? ": " + value : "") }, text);

  function fill(details, record, evidence) {
    details.querySelector(".body")?.remove();
    const body = make("div", { class: "body" });
    const parts = [record.published && vietnamese(record.published), record.source].filter(Boolean);
    const meta = make("p", { class: "meta" }, parts.join(" · "));
    if (record.url) {
      if (parts.length) meta.append(" · ");
      meta.append(make("a", { href: record.url, target: "_blank", rel: "noopener noreferrer" }, "Mở bài gốc"));
    }
    if (meta.childNodes.length) body.append(meta);
    if (record.documents.length)
      body.append(make("ul", { class: "documents" }, ...record.documents.map((d) => make("li", null,
        make("b", null, d.name), d.role === "primary" ? " (văn bản chính)" : "",
        d.issued ? `, ${vietnamese(d.issued)}` : "", d.issuer ? `, ${d.issuer}` : "", d.title ? `: ${d.title}` : ""))));
    if (record.text !== null) body.append(marked(record, evidence));
    else body.append(make("ul", { class: "mentions" }, ...record.mentions.map(([, , label, text, value]) =>
      make("li", null, mark(label, text, value), value && value !== text ? " " + value : ""))));
    if (record.notes.length)
      body.append(make("ul", { class: "notes" }, ...record.notes.map((note) => make("li", null, note))));
    details.append(body);
  }

  const cards = new Map();
  function card(record) {
    if (!cards.has(record.at)) {
      const count = record.rows.length ? `${record.rows.length} việc` : "không giao việc";
      const details = make("details", { "data-record": record.at },
        make("summary", null, make("span", { class: "title" }, record.title),
          make("span", { class: "count" }, [record.published && vietnamese(record.published), count].filter(Boolean).join(" · "))));
      details.addEventListener("toggle", () => {
        if (details.open && !details.querySelector(".body")) fill(details, record);
      });
      cards.set(record.at, details);
    }
    return cards.get(record.at);
  }
  function drawTexts() {
    $("texts").replaceChildren(...shownRecords.slice(0, state.texts).map(card));
    if (!shownRecords.length) $("texts").append(make("p", { class: "empty" }, "Không có văn bản nào."));
    more($("more-texts"), shownRecords.length - state.texts, "văn bản");
  }
  function show(row) {
    const at = shownRecords.findIndex((record) => record.at === row.record);
    if (at >= state.texts) { state.texts = at + 1; drawTexts(); }
    const details = card(records[row.record]);
    fill(details, records[row.record], row.evidence);
    details.open = true;
    const place = details.querySelector(".evidence") || details.querySelector("summary");
    place.scrollIntoView({ block: "center" });
    place.focus({ preventScroll: true });
  }

  function draw() {
    drawTimeline();
    drawRows();
    drawTexts();
    const what = state.month && (state.month.length === 4 ? `, năm ${state.month}` :
      state.month.endsWith("-nam") ? `, cả năm ${state.month.slice(0, 4)}` :
      `, tháng ${Number(state.month.slice(5))}/${state.month.slice(0, 4)}`);
    // On paper the fields are gone: what was chosen is said in words.
    const chosen = [["cơ quan", $("agency").value.trim()], ["văn bản", $("document").value.trim()],
      ["chữ", $("words").value.trim()], ["thời hạn", $("when").value && $("when").selectedOptions[0].text]]
      .filter(([, value]) => value).map(([name, value]) => `; ${name}: ${value}`).join("");
    $("status").textContent = `${number.format(shownRows.length)} / ${number.format(rows.length)} việc, ` +
      `${number.format(shownRecords.length)} / ${number.format(records.length)} văn bản${what || ""}${chosen}`;
  }

  const bodies = new Set(rows.flatMap((row) => row.who)).size;
  const facts = [[records.length, "văn bản"], [rows.length, "việc được giao"],
    [rows.filter((row) => row.due).length, "có ngày đến hạn"],
    [rows.filter((row) => row.due >= today).length, "hạn còn ở phía trước"], [bodies, "cơ quan"]];
  $("facts").append(...facts.map(([count, name]) => make("span", null, make("b", null, number.format(count)), " " + name)));
  $("legend").append(...Object.entries(labels).map(([label, name]) => make("mark", { class: label }, name)));
  $("no-text").hidden = !records.some((record) => record.text === null);

  let wait;
  $("filters").addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(filter, rows.length > 500 ? 150 : 0); });
  $("filters").addEventListener("submit", (event) => { event.preventDefault(); filter(); });
  $("clear").addEventListener("click", () => { $("filters").reset(); state.month = null; filter(); });
  $("timeline").addEventListener("click", (event) => {
    const key = event.target.closest("[data-bin]")?.dataset.bin;
    if (key) { state.month = state.month === key ? null : key; filter(); }
  });
  $("rows").tHead.addEventListener("click", (event) => {
    const key = event.target.closest("[data-sort]")?.dataset.sort;
    if (!key) return;
    state.down = state.sort === key && !state.down;
    state.sort = key;
    sort();
    drawRows();
  });
  $("more-rows").addEventListener("click", () => { state.rows += 5 * STEP; drawRows(); });
  $("more-texts").addEventListener("click", () => { state.texts += 5 * TEXTS; drawTexts(); });
  // Paper can't be scrolled: every row that passes the filters is printed.
  addEventListener("beforeprint", () => { state.rows = Infinity; drawRows(); });
  filter();
  document.body.dataset.ready = "1";
})();
