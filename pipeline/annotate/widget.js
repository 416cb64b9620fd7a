// The page of the annotation widgets. A view only: Python holds the truth, and all
// positions are indices of units that Python sent, never counts of characters. What a
// simple edit will look like is shown at once, a dot in the status line saying that it is
// not kept yet; Python's answer, whatever it is, replaces it.
// Text from documents reaches the page through text nodes alone.

const MARK = { id: 0, label: 1, a: 2, b: 3, confidence: 4, checked: 5 };
const LOCAL = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "J", "K"]);
const SILENT_AFTER = 8000; // ms without an answer until the page says that the kernel is silent

/** An element with attributes, listeners (onclick …) and children (strings are text). */
function h(tag, attrs = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attrs)) {
    if (value == null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "style") node.style.cssText = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((c) => c != null));
  return node;
}

/** "Ctrl+Shift+Z" for a key event. Under an input method or a non-Latin layout, where
 *  event.key is "Process" or a letter with a mark, the key's place tells what was meant. */
function keyName(event) {
  let base = event.key;
  if (base === "?") return "?";
  if (!/^[a-z0-9]$/i.test(base)) {
    const place = /^(?:Key([A-Z])|(?:Digit|Numpad)(\d))$/.exec(event.code || "");
    if (place) base = place[1] || place[2];
    else if (base === " ") base = "Space";
  }
  if (base.length === 1) base = base.toUpperCase();
  const held = [
    (event.ctrlKey || event.metaKey) && "Ctrl",
    event.shiftKey && "Shift",
    event.altKey && "Alt",
  ];
  return [...held.filter(Boolean), base].join("+");
}

/** The small sign behind a mention: the label's key, and how sure the model is. */
const tag = (text) => h("small", { class: "vna-tag", "aria-hidden": "true" }, text);

const percent = (p) => `${Math.round(p * 100)}%`;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");

/** Markdown of the guide: headings, lists, bold and code; everything else is text. */
function markdown(source) {
  const inline = (line) =>
    line.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part) => {
      if (part.startsWith("**")) return h("strong", {}, part.slice(2, -2));
      if (part.startsWith("`")) return h("code", {}, part.slice(1, -1));
      return part;
    });
  const out = h("div", { class: "vna-md" });
  let list = null;
  for (const line of source.split("\n")) {
    const heading = /^(#{1,4}) (.*)/.exec(line);
    if (line.startsWith("- ")) {
      if (!list) out.append((list = h("ul")));
      list.append(h("li", {}, inline(line.slice(2))));
    } else if (list && /^ {2,}\S/.test(line)) {
      list.lastChild.append(" ", ...inline(line.trim()));
    } else {
      list = null;
      if (heading) out.append(h(heading[1].length < 3 ? "h3" : "h4", {}, inline(heading[2])));
      else if (line.trim()) out.append(h("p", {}, inline(line)));
    }
  }
  return out;
}

/** What both widgets share: the frame, dialogs, and one command at a time to Python. */
class Frame {
  constructor(model, el) {
    this.model = model;
    this.config = model.get("config");
    this.t = this.config.text;
    this.labels = Object.fromEntries(this.config.labels.map((l) => [l.label, l]));
    this.client = "v" + Math.random().toString(36).slice(2, 8);
    this.sent = 0;
    this.inflight = null;
    this.waiting = [];
    this.status = h("div", { class: "vna-status", role: "status", "aria-live": "polite" });
    this.dialogBox = h("div", { class: "vna-shade", hidden: true });
    this.root = h("div", {
      class: "vna",
      role: "application",
      "aria-label": this.config.review ? this.t.review : this.t.app,
      // JupyterLab must not take our letters for its own command keys.
      "data-lm-suppress-shortcuts": "true",
      onkeydown: (event) => this.onKey(event),
    });
    for (const label of this.config.labels) {
      this.root.style.setProperty(`--${label.label}`, label.colour);
    }
    el.append(this.root);
    this.onView = () => this.answered();
    model.on("change:view", this.onView);
  }

  /** Ask Python for something. While an answer is due, what comes next waits for it. */
  send(op, args = {}, after = null) {
    if (this.inflight) {
      this.waiting.push(() => this.send(op, args, after));
      return;
    }
    const view = this.model.get("view");
    const seq = `${this.client}:${++this.sent}`;
    const timer = setTimeout(() => {
      this.inflight = null;
      this.waiting = [];
      this.update(false); // back to what has been kept
      this.pending(false);
      this.say({ text: this.t.silent, kind: "error" });
    }, SILENT_AFTER);
    const predicted = this.predict(op, args);
    this.inflight = { seq, after: predicted ? null : after, timer, predicted };
    this.model.send({ op, ...args, doc: view.doc, revision: view.revision, seq });
    this.pending(true);
    if (predicted && after) after();
    if (predicted) this.inflight.cur = this.root.dataset.cur;
  }

  /** Show an edit before it is answered; false where Python alone knows what it does. */
  predict() {
    return false;
  }

  pending(on) {
    this.root.classList.toggle("vna-pending", on);
  }

  answered() {
    const view = this.model.get("view");
    const mine = this.inflight && view.seq === this.inflight.seq ? this.inflight : null;
    const after = mine ? mine.after : null;
    if (mine) {
      clearTimeout(mine.timer);
      this.inflight = null;
      this.pending(false);
    }
    this.update(mine);
    if (view.message && view.message.text) this.say(view.message);
    if (after && !(view.message && view.message.kind === "error")) after();
    this.root.dataset.seq = view.seq ?? "";
    if (!mine?.predicted) this.root.dataset.shown = `${Number(this.root.dataset.shown || 0) + 1}`;
    while (!this.inflight && this.waiting.length) this.waiting.shift()();
  }

  /** What Python had to say before there was a page. */
  greet() {
    const { message } = this.model.get("view");
    if (message?.text) this.say(message);
  }

  say({ text, kind = "info" }) {
    this.status.textContent = text;
    this.status.dataset.kind = kind;
  }

  onKey(event) {
    if (event.isComposing && event.target.matches("input, textarea")) return;
    const name = keyName(event);
    if (!this.dialogBox.hidden) {
      if (name === "Escape") this.closeDialog();
      else if (name === "Tab" || name === "Shift+Tab") this.keepInside(event);
      else return;
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.target.matches("input, textarea, select")) {
      if (name === "Escape") {
        this.surface.focus();
        event.preventDefault();
      }
      event.stopPropagation();
      return;
    }
    if (event.target.matches("button") && (name === "Enter" || name === "Space")) return;
    const action = this.keys[name];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    // Moving about may go on while an edit that is already shown is being kept.
    const free = this.inflight?.predicted && !this.waiting.length && LOCAL.has(name);
    if (this.inflight && !free) this.waiting.push(action);
    else action();
  }

  keepInside(event) {
    const stops = [...this.dialogBox.querySelectorAll("button, input, [tabindex='0']")];
    const at = stops.indexOf(event.target) + (event.shiftKey ? -1 : 1);
    stops[(at + stops.length) % stops.length]?.focus();
  }

  dialog(title, ...content) {
    const close = h("button", { class: "vna-x", "aria-label": this.t.close,
      onclick: () => this.closeDialog() }, "✕");
    this.dialogBox.replaceChildren(
      h("div", { class: "vna-dialog", role: "dialog", "aria-modal": "true", "aria-label": title },
        h("header", {}, h("h2", {}, title), close),
        h("div", { class: "vna-dialog-body", tabindex: "0" }, ...content)),
    );
    this.dialogBox.hidden = false;
    (this.dialogBox.querySelector("input") || this.dialogBox.querySelector(".vna-dialog-body"))
      .focus();
  }

  closeDialog() {
    this.dialogBox.hidden = true;
    this.dialogBox.replaceChildren();
    this.surface.focus();
  }

  help() {
    const rows = this.config.keys.map(([key, what]) =>
      h("tr", {},
        h("th", { scope: "row" },
          key.split(", ").flatMap((k, i) => [i ? " " : null, h("kbd", {}, k)])),
        h("td", {}, what)));
    this.dialog(this.t.help, h("table", { class: "vna-keys" }, h("tbody", {}, rows)));
  }

  guide(label) {
    const info = this.labels[label];
    const section = info && this.config.guide[label];
    const whole = () => this.dialog(this.t.guide, markdown(this.config.guide_text));
    if (!info) return whole();
    this.dialog(
      `${info.vi} (${label})`,
      h("p", { class: "vna-lead" }, info.definition),
      h("p", {}, h("code", {}, info.example)),
      section ? markdown(section.split("\n").slice(1).join("\n")) : null,
      h("button", { onclick: whole }, this.t.guide_more),
    );
  }

  button(text, key, action, attrs = {}) {
    return h("button", { type: "button", "aria-keyshortcuts": key, ...attrs,
      onclick: () => { action(); this.surface.focus({ preventScroll: true }); } }, text);
  }

  remove() {
    this.model.off("change:view", this.onView);
    if (this.inflight) clearTimeout(this.inflight.timer);
  }
}

class Annotator extends Frame {
  constructor(model, el) {
    super(model, el);
    Object.assign(this, { cur: [0, 1], anchor: 0, focus: null, link: null, inside: null });
    Object.assign(this, { units: [], lines: [], lineOf: [], marks: new Map(), parts: new Map() });
    this.keys = this.bindings();
    this.build();
    this.update(false);
    this.greet();
  }

  bindings() {
    const edge = (left, right) => () => this.resize(left, right);
    const keys = {
      ArrowLeft: () => this.step(-1),
      ArrowRight: () => this.step(1),
      ArrowUp: () => this.vertical(-1),
      ArrowDown: () => this.vertical(1),
      Home: () => this.place(0),
      End: () => this.place(this.units.length - 1),
      J: () => this.hop(1),
      K: () => this.hop(-1),
      "Shift+ArrowLeft": edge(0, -1),
      "Shift+ArrowRight": edge(0, 1),
      "Alt+ArrowLeft": edge(-1, 0),
      "Alt+ArrowRight": edge(1, 0),
      "Shift+Alt+ArrowLeft": edge(-1, -1),
      "Shift+Alt+ArrowRight": edge(1, 1),
      Backspace: () => this.erase(),
      Delete: () => this.erase(),
      Space: () => this.take(),
      A: () => this.send("accept_all"),
      L: () => this.relate(),
      R: () => this.role(),
      T: () => this.editType(),
      D: () => this.unnumbered(),
      M: () => this.note.focus(),
      C: () => this.send("step", this.focus ? { id: this.focus } : {}),
      U: () => this.send("undo"),
      "Ctrl+Z": () => this.send("undo"),
      "Shift+U": () => this.send("redo"),
      "Ctrl+Y": () => this.send("redo"),
      "Ctrl+Shift+Z": () => this.send("redo"),
      Enter: () => this.finish("done"),
      S: () => this.finish("skip"),
      N: () => this.send("next"),
      P: () => this.send("prev"),
      G: () => this.guide(this.focused()?.[MARK.label]),
      "?": () => this.help(),
      Escape: () => this.escape(),
    };
    for (const info of this.config.labels) keys[info.hotkey] = () => this.put(info.label);
    return keys;
  }

  build() {
    const { t, config } = this;
    this.surface = h("div", {
      class: "vna-text", tabindex: "0", role: "group", "aria-label": t.text,
      onmousedown: (e) => this.press(e),
      onblur: () => this.root.classList.remove("vna-active"),
      onfocus: () => this.root.classList.add("vna-active"),
    });
    this.palette = h("div", { class: "vna-palette", role: "toolbar", "aria-label": t.labels },
      config.labels.map((info) => this.labelButton(info)));
    this.title = h("div", { class: "vna-title" });
    this.chips = h("div", { class: "vna-chips" });
    this.bar = h("progress", { max: 1, value: 0, "aria-label": t.app });
    this.count = h("span", { class: "vna-count" });
    this.undoButton = this.button("↶", "U", () => this.send("undo"), { title: "U", "aria-label": "undo" });
    this.redoButton = this.button("↷", "Shift+U", () => this.send("redo"),
      { title: "Shift+U", "aria-label": "redo" });
    const head = h("header", { class: "vna-head" },
      h("div", { class: "vna-where" }, this.title, this.chips),
      h("div", { class: "vna-progress" }, this.count, this.bar));
    const tools = h("div", { class: "vna-tools" }, this.palette,
      h("div", { class: "vna-actions" }, this.undoButton, this.redoButton,
        this.button("‹", "P", () => this.send("prev"), { title: "P", "aria-label": "previous" }),
        this.button("›", "N", () => this.send("next"), { title: "N", "aria-label": "next" }),
        this.button(h("span", {}, "✓ ", h("kbd", {}, "⏎")), "Enter", () => this.finish("done"),
          { class: "vna-go", "aria-label": "done" }),
        this.button("?", "?", () => this.help(), { title: t.help, "aria-label": t.help })));
    this.mentionBox = h("section", { "aria-label": t.mention });
    this.entryBox = h("section", { "aria-label": t.documents });
    this.linkBox = h("section", { "aria-label": t.relations });
    this.note = h("textarea", { rows: 2, "aria-label": t.note, placeholder: `${t.note} (M)`,
      onchange: () => this.send("note", { note: this.note.value }),
      onkeydown: (e) => {
        if (e.key === "Enter" && !e.shiftKey && !e.isComposing) {
          e.preventDefault();
          this.surface.focus();
        }
      } });
    this.types = h("datalist", { id: `${this.client}-types` },
      config.types.map((type) => h("option", { value: type })));
    const panel = h("aside", { class: "vna-panel" },
      this.mentionBox, this.entryBox, this.linkBox, h("section", {}, this.note), this.types);
    this.popover = h("div", { class: "vna-pop", hidden: true, role: "toolbar", "aria-label": t.labels });
    this.root.append(head, tools, h("div", { class: "vna-body" }, this.surface, panel),
      this.status, this.popover, this.dialogBox);
    this.onMove = (e) => this.drag(e);
    this.onUp = (e) => this.release(e);
  }

  labelButton(info) {
    return this.button([h("kbd", {}, info.hotkey), ` ${info.vi}`], info.hotkey,
      () => this.put(info.label),
      { class: "vna-label", style: `--c: var(--${info.label})`, title: info.definition,
        "data-label": info.label });
  }

  // ---- what Python sent -------------------------------------------------------------

  update(mine) {
    const page = this.model.get("page");
    const view = this.model.get("view");
    if (!page || page.layout !== view.layout) return;
    const fresh = !this.page || this.page.layout !== page.layout;
    const opened = !this.page || this.page.doc !== page.doc;
    this.page = page;
    this.view = view;
    if (opened) {
      Object.assign(this, { cur: [0, 1], anchor: 0, focus: null, link: null, inside: null });
      this.openedAt = performance.now();
      this.note.value = view.note;
    }
    this.marks = new Map(view.marks.map((m) => [m[MARK.id], m]));
    this.order = view.marks;
    if (this.link && !this.marks.has(this.link)) this.link = null;
    if (fresh) this.layOut(page.pieces);
    this.paint(fresh);
    const old = this.focus;
    const moved = mine?.predicted && mine.cur !== this.root.dataset.cur;
    if (mine && !moved && !(mine.predicted && this.focus !== "?" && this.focus) && view.focus && this.marks.has(view.focus)) {
      this.focus = view.focus;
    } else if (old && !this.marks.has(old)) this.focus = null;
    if (opened) this.focus = this.order.length ? this.order[0][MARK.id] : null;
    if (this.focus) this.onMark(this.marks.get(this.focus));
    else this.place(Math.min(this.cur[0], this.units.length - 1), false);
    this.header();
    this.lists();
    if (opened) this.surface.scrollTop = 0;
    else if (mine) this.reveal();
    if (document.activeElement !== this.note) this.note.value = view.note;
  }

  predict(op, args) {
    const { id, label, a, b } = args;
    const old = this.view.marks.find((m) => m[MARK.id] === id);
    const rest = this.view.marks.filter((m) => m[MARK.id] !== id);
    const crosses = (m) => m[MARK.a] < b && a < m[MARK.b];
    let made = null;
    if (op === "add") {
      if (rest.some((m) => m[MARK.a] === a && m[MARK.b] === b)) return false;
      made = ["?", label, a, b, null, 1];
    } else if (!old) return false;
    else if (op === "label") made = [id, label, old[MARK.a], old[MARK.b], old[MARK.confidence], 1];
    else if (op === "accept") made = [...old.slice(0, MARK.checked), 1];
    else if (op === "resize" && !rest.some(crosses)) made = [id, old[MARK.label], a, b, old[MARK.confidence], 1];
    else if (op !== "delete") return false;
    const kept = op === "add" ? rest.filter((m) => !crosses(m)) : rest;
    const marks = made ? [...kept, made].sort((x, y) => x[MARK.a] - y[MARK.a]) : kept;
    this.view = { ...this.view, marks };
    this.marks = new Map(marks.map((m) => [m[MARK.id], m]));
    this.order = marks;
    this.paint(false);
    if (made) this.onMark(made);
    else this.place(this.cur[0]);
    this.root.dataset.shown = `${Number(this.root.dataset.shown || 0) + 1}`;
    return true;
  }

  /** Units as elements, kept for as long as the layout lives; one block per line. */
  layOut(pieces) {
    this.pieces = pieces;
    this.units = [];
    this.lines = [];
    this.lineOf = [];
    let line = null;
    const open = (first) => {
      line = { el: h("div", { class: "vna-line" }), first, last: first, key: null, tail: "" };
      this.lines.push(line);
    };
    open(0);
    const lead = new Map(); // text before a unit, within its line
    for (let i = 0; i < pieces.length; i += 2) {
      const unit = i / 2;
      const parts = pieces[i].split("\n");
      line.tail = parts[0];
      for (const part of parts.slice(1)) {
        open(unit);
        line.tail = part;
      }
      if (i + 1 < pieces.length) {
        lead.set(unit, line.tail);
        line.tail = "";
        const el = h("span", { class: "vna-u" }, pieces[i + 1]);
        el.dataset.i = unit;
        this.units.push(el);
        this.lineOf.push(this.lines.length - 1);
        line.last = unit + 1;
      }
    }
    this.lead = lead;
    this.surface.replaceChildren(...this.lines.map((l) => l.el));
    this.surface.classList.toggle("vna-chars", this.page.step === "char");
  }

  /** Redraw the lines in which a mention has changed. */
  paint(all) {
    const perLine = this.lines.map(() => []);
    for (const mark of this.order) {
      for (let l = this.lineOf[mark[MARK.a]]; l <= this.lineOf[mark[MARK.b] - 1]; l++) {
        perLine[l].push(mark);
      }
    }
    const others = this.lines.map(() => []);
    this.otherAt = new Map();
    for (const other of this.view.other) {
      for (let i = other[MARK.a]; i < other[MARK.b]; i++) {
        others[this.lineOf[i]].push([i, other]);
        this.otherAt.set(i, other);
      }
    }
    this.lines.forEach((line, l) => {
      const key = JSON.stringify([perLine[l], others[l]]);
      if (!all && key === line.key) return;
      line.key = key;
      this.paintLine(line, perLine[l], others[l]);
    });
    this.parts = new Map();
    for (const part of this.surface.querySelectorAll("mark")) {
      const id = part.dataset.id;
      if (!this.parts.has(id)) this.parts.set(id, []);
      this.parts.get(id).push(part);
    }
  }

  paintLine(line, marks, others) {
    const nodes = [];
    let at = line.first;
    const put = (into, i) => {
      const gap = this.lead.get(i);
      if (gap) into.push(gap);
      const el = this.units[i];
      el.className = "vna-u";
      el.removeAttribute("style");
      el.removeAttribute("title");
      into.push(el);
    };
    for (const mark of marks) {
      const a = Math.max(mark[MARK.a], line.first);
      const b = Math.min(mark[MARK.b], line.last);
      while (at < a) put(nodes, at++);
      const inner = [];
      while (at < b) put(inner, at++);
      if (typeof inner[0] === "string") nodes.push(inner.shift());
      nodes.push(this.markElement(mark, inner));
    }
    while (at < line.last) put(nodes, at++);
    for (const [i, other] of others) {
      const el = this.units[i];
      el.classList.add("vna-o");
      el.style.setProperty("--o", `var(--${other[MARK.label]})`);
      el.title = `${this.t.rejected}: ${this.labels[other[MARK.label]].vi} ${percent(other[MARK.confidence])}`;
    }
    line.el.replaceChildren(...nodes, line.tail || (nodes.length ? "" : "\u200b"));
  }

  markElement(mark, inner) {
    const info = this.labels[mark[MARK.label]];
    const sure = mark[MARK.confidence];
    const state = mark[MARK.checked] ? this.t.checked
      : `${this.t.suggested}${sure == null ? "" : ` ${percent(sure)}`}`;
    const el = h("mark", {
      class: mark[MARK.checked] ? "vna-m" : "vna-m vna-suggested",
      style: `--c: var(--${mark[MARK.label]})`,
      "aria-label": `${info.vi}: ${this.text(mark)}, ${state}`,
      title: `${info.vi} · ${state}`,
    }, ...inner, tag(mark[MARK.checked] || sure == null ? info.hotkey : `${info.hotkey} ${percent(sure)}`));
    el.dataset.id = mark[MARK.id];
    return el;
  }

  /** Surface of a mention, as shown. */
  text(mark) {
    return this.pieces.slice(2 * mark[MARK.a] + 1, 2 * mark[MARK.b]).join("").replace(/\s+/g, " ");
  }

  // ---- cursor and focus: the page's own ------------------------------------------------

  focused() {
    return this.focus ? this.marks.get(this.focus) : null;
  }

  markAt(unit) {
    let low = 0, high = this.order.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const mark = this.order[middle];
      if (unit < mark[MARK.a]) high = middle - 1;
      else if (unit >= mark[MARK.b]) low = middle + 1;
      else return mark;
    }
    return null;
  }

  onMark(mark, show = true) {
    this.focus = mark[MARK.id];
    this.inside = null;
    this.cur = [mark[MARK.a], mark[MARK.b]];
    this.anchor = mark[MARK.a];
    this.light(show);
  }

  /** Cursor on one unit; on a mention, the mention gets the focus. */
  place(unit, show = true) {
    if (!this.units.length) return this.light(show);
    unit = Math.max(0, Math.min(unit, this.units.length - 1));
    const mark = this.markAt(unit);
    if (mark && mark[MARK.id] !== this.inside) return this.onMark(mark, show);
    if (!mark) this.inside = null;
    this.focus = null;
    this.cur = [unit, unit + 1];
    this.anchor = unit;
    this.light(show);
  }

  step(by) {
    this.hidePopover();
    this.place(by > 0 ? this.cur[1] : this.cur[0] - 1);
  }

  vertical(by) {
    this.hidePopover();
    const from = this.units[by > 0 ? this.cur[1] - 1 : this.cur[0]].getBoundingClientRect();
    const x = this.units[this.cur[0]].getBoundingClientRect().left;
    let best = null, top = null, i = by > 0 ? this.cur[1] : this.cur[0] - 1;
    for (; i >= 0 && i < this.units.length; i += by) {
      const box = this.units[i].getBoundingClientRect();
      const away = by > 0 ? box.top >= from.bottom - 4 : box.bottom <= from.top + 4;
      if (!away) continue;
      top ??= box.top;
      if (Math.abs(box.top - top) > 4) break;
      const distance = Math.abs(box.left - x);
      if (best == null || distance < best[0]) best = [distance, i];
    }
    if (best) this.place(best[1]);
  }

  /** Next or previous mention; with `open`, the next one still unchecked. */
  hop(by, open = false) {
    this.hidePopover();
    const list = by > 0 ? this.order : [...this.order].reverse();
    const at = this.focus ? this.marks.get(this.focus)[MARK.a] : this.cur[0] - (by > 0 ? 0.5 : -0.5);
    const fits = (m) => (by > 0 ? m[MARK.a] > at : m[MARK.a] < at) && !(open && m[MARK.checked]);
    const next = list.find(fits) || (open ? list.find((m) => !m[MARK.checked]) : null);
    if (next) this.onMark(next);
  }

  escape() {
    this.hidePopover();
    if (this.link) this.link = null;
    else if (this.focus) {
      this.inside = this.focus;
      this.place(this.cur[0]);
      return;
    }
    this.place(this.cur[0]);
  }

  /** Show cursor, selection, focus and partners by classes alone. */
  light(show = true) {
    for (const el of this.lit || []) el.classList.remove("vna-cur", "vna-focus", "vna-partner", "vna-from");
    this.lit = [];
    const on = (el, name) => {
      el.classList.add(name);
      this.lit.push(el);
    };
    for (const handle of this.handles || []) handle.remove();
    this.handles = [];
    const parts = this.focus ? this.parts.get(this.focus) || [] : [];
    if (parts.length) {
      for (const part of parts) on(part, "vna-focus");
      this.handles = ["l", "r"].map((side) => h("i", { class: `vna-h vna-h-${side}`, "data-side": side }));
      parts[0].prepend(this.handles[0]);
      parts[parts.length - 1].append(this.handles[1]);
      for (const [from, to] of this.view.links) {
        const partner = from === this.focus ? to : to === this.focus ? from : null;
        for (const part of this.parts.get(partner) || []) on(part, "vna-partner");
      }
      parts[0].id = `${this.client}-focus`;
      this.surface.setAttribute("aria-activedescendant", parts[0].id);
    } else {
      for (let i = this.cur[0]; i < this.cur[1] && i < this.units.length; i++) on(this.units[i], "vna-cur");
      this.surface.removeAttribute("aria-activedescendant");
    }
    if (this.link) for (const part of this.parts.get(this.link) || []) on(part, "vna-from");
    this.root.dataset.cur = `${this.cur[0]}-${this.cur[1]}`;
    this.describe();
    if (show) {
      this.announce();
      this.reveal();
    }
  }

  reveal() {
    const el = this.units[this.cur[0]];
    if (!el) return;
    const box = el.getBoundingClientRect(), frame = this.surface.getBoundingClientRect();
    if (box.top < frame.top + 24) this.surface.scrollTop += box.top - frame.top - 48;
    else if (box.bottom > frame.bottom - 24) this.surface.scrollTop += box.bottom - frame.bottom + 72;
  }

  announce() {
    const mark = this.focused();
    if (this.link) this.say({ text: this.t.linking });
    else if (mark) this.say({ text: this.parts.get(this.focus)?.[0]?.getAttribute("aria-label") || "" });
    else this.say({ text: this.pieces.slice(2 * this.cur[0] + 1, 2 * this.cur[1]).join("") });
  }

  // ---- editing ---------------------------------------------------------------------------

  put(label) {
    this.hidePopover();
    const mark = this.focused();
    if (!mark) this.send("add", { label, a: this.cur[0], b: this.cur[1] });
    else if (mark[MARK.label] === label && mark[MARK.checked]) this.say({ text: this.labels[label].vi });
    else this.send("label", { id: mark[MARK.id], label });
  }

  resize(left, right) {
    this.hidePopover();
    const mark = this.focused();
    if (!mark) return left ? null : this.extend(right);
    const a = mark[MARK.a] + left, b = mark[MARK.b] + right;
    if (a >= 0 && b <= this.units.length && a < b) this.send("resize", { id: mark[MARK.id], a, b });
  }

  /** Grow or shrink the selection from its anchor. */
  extend(by) {
    const [a, b] = this.cur;
    if (by > 0) this.cur = a < this.anchor ? [a + 1, b] : [a, Math.min(b + 1, this.units.length)];
    else this.cur = b > this.anchor + 1 ? [a, b - 1] : [Math.max(a - 1, 0), b];
    this.light();
  }

  erase() {
    this.hidePopover();
    const mark = this.focused();
    if (!mark) return;
    this.send("delete", { id: mark[MARK.id] });
  }

  take() {
    this.hidePopover();
    const mark = this.focused();
    const other = this.otherAt.get(this.cur[0]);
    if (!mark && other) return this.send("restore", { id: other[MARK.id] });
    if (!mark || mark[MARK.checked]) return this.hop(1, true);
    this.send("accept", { id: mark[MARK.id] }, () => this.hop(1, true));
  }

  relate() {
    const mark = this.focused();
    if (!mark) return;
    if (!this.link || this.link === mark[MARK.id]) {
      this.link = this.link ? null : mark[MARK.id];
      return this.light();
    }
    const from = this.link;
    this.link = null;
    this.send("relate", { from, to: mark[MARK.id] });
  }

  entryOf(id) {
    return this.view.entries.findIndex((entry) => entry[0] === id);
  }

  role() {
    const at = this.focus ? this.entryOf(this.focus) : -1;
    if (at < 0) return;
    this.send("entry", { at, role: this.view.entries[at][2] === "primary" ? "cited" : "primary" });
  }

  editType() {
    const at = this.focus ? this.entryOf(this.focus) : -1;
    this.entryBox.querySelectorAll("input[data-field=type]")[at]?.select();
  }

  unnumbered() {
    const { t } = this;
    const type = h("input", { list: `${this.client}-types`, "aria-label": t.type, placeholder: t.type });
    const title = h("input", { "aria-label": t.title, placeholder: t.title });
    const form = h("form", { class: "vna-form",
      onsubmit: (e) => {
        e.preventDefault();
        this.closeDialog();
        this.send("entry", { type: type.value, title: title.value });
      } },
      type, title, h("button", { class: "vna-go" }, t.add));
    this.dialog(`${t.documents}: ${t.primary}, ${t.unnumbered}`, form);
  }

  finish(op) {
    this.hidePopover();
    const seconds = (performance.now() - this.openedAt) / 1000;
    this.send(op, { seconds });
  }

  // ---- mouse -----------------------------------------------------------------------------

  unitAt(event) {
    const el = document.elementFromPoint(event.clientX, event.clientY)?.closest?.(".vna-u");
    return el && this.surface.contains(el) ? Number(el.dataset.i) : null;
  }

  press(event) {
    if (event.button !== 0) return;
    const side = event.target.dataset?.side;
    const mark = event.target.closest("mark");
    const unit = this.unitAt(event);
    if (!side && !mark && unit == null) return;
    event.preventDefault();
    this.surface.focus({ preventScroll: true });
    this.dragging = { side, from: unit, moved: false, id: mark?.dataset.id };
    document.addEventListener("mousemove", this.onMove);
    document.addEventListener("mouseup", this.onUp);
  }

  drag(event) {
    const unit = this.unitAt(event);
    const d = this.dragging;
    if (unit == null || (unit === d.from && !d.moved)) return;
    d.moved = true;
    if (d.side) {
      const mark = this.focused();
      if (!mark) return;
      this.cur = d.side === "l" ? [Math.min(unit, mark[MARK.b] - 1), mark[MARK.b]]
        : [mark[MARK.a], Math.max(unit + 1, mark[MARK.a] + 1)];
      for (const el of this.surface.querySelectorAll(".vna-cur")) el.classList.remove("vna-cur");
      for (let i = this.cur[0]; i < this.cur[1]; i++) {
        this.units[i].classList.add("vna-cur");
        this.lit.push(this.units[i]);
      }
      return;
    }
    d.from ??= unit;
    this.focus = null;
    this.anchor = d.from;
    this.cur = [Math.min(d.from, unit), Math.max(d.from, unit) + 1];
    this.light(false);
  }

  release(event) {
    document.removeEventListener("mousemove", this.onMove);
    document.removeEventListener("mouseup", this.onUp);
    const d = this.dragging;
    this.dragging = null;
    if (d.side && d.moved) {
      this.send("resize", { id: this.focus, a: this.cur[0], b: this.cur[1] });
      return;
    }
    if (!d.moved) {
      if (d.id && this.marks.has(d.id)) this.onMark(this.marks.get(d.id));
      else if (d.from != null) this.place(d.from);
    } else this.announce();
    this.showPopover();
  }

  showPopover() {
    const el = this.units[this.cur[1] - 1];
    if (!el) return;
    const buttons = this.config.labels.map((info) => this.labelButton(info));
    const mark = this.focused();
    if (mark) {
      if (!mark[MARK.checked]) buttons.push(this.button("✓", "Space", () => this.take(), { title: "Space" }));
      buttons.push(this.button("✕", "Backspace", () => this.erase(), { title: "Backspace" }));
    }
    this.popover.replaceChildren(...buttons);
    this.popover.hidden = false;
    const box = el.getBoundingClientRect(), root = this.root.getBoundingClientRect();
    const width = this.popover.offsetWidth;
    this.popover.style.left = `${Math.max(4, Math.min(box.left - root.left, root.width - width - 8))}px`;
    this.popover.style.top = `${box.bottom - root.top + 8}px`;
  }

  hidePopover() {
    this.popover.hidden = true;
  }

  // ---- beside the text -------------------------------------------------------------------

  header() {
    const { page, view, t } = this;
    this.title.textContent = page.title || page.doc;
    this.title.title = page.doc;
    const chip = (text, kind = "") => h("span", { class: `vna-chip ${kind}` }, text);
    this.chips.replaceChildren(
      ...[
        chip(`${view.index + 1}/${view.total}`),
        page.date ? chip(page.date) : null,
        page.why === "repeat" ? chip(fill(t.repeat, { id: page.repeats })) : chip(t[page.why]),
        page.expected ? chip(fill(t.here, { n: page.expected })) : null,
        view.answer ? chip(t[view.answer], "vna-on") : null,
        page.step === "char" ? chip(t.char_mode, "vna-on") : null,
      ].filter(Boolean));
    this.count.textContent = [
      fill(t.done_of, view),
      fill(t.left, view),
      view.held ? fill(t.held, { n: view.held }) : null,
      view.gain ? fill(t.gain, view) : null,
    ].filter(Boolean).join(" · ");
    this.bar.value = view.total ? view.done / view.total : 0;
    this.undoButton.disabled = !view.undo;
    this.redoButton.disabled = !view.redo;
  }

  describe() {
    const { t } = this;
    const mark = this.focused();
    for (const button of this.palette.children) {
      button.setAttribute("aria-pressed", String(!!mark && button.dataset.label === mark[MARK.label]));
    }
    if (!mark) {
      const other = this.otherAt?.get(this.cur[0]);
      const quote = this.pieces ? this.pieces.slice(2 * this.cur[0] + 1, 2 * this.cur[1]).join("") : "";
      this.mentionBox.replaceChildren(
        h("h3", {}, t.selection), h("p", { class: "vna-quote" }, quote || "–"),
        other
          ? h("p", {}, `${t.rejected}: ${this.labels[other[MARK.label]].vi} ${percent(other[MARK.confidence])} `,
              h("kbd", {}, "Space"))
          : h("p", { class: "vna-dim" }, t.nothing));
      return;
    }
    const info = this.labels[mark[MARK.label]];
    const sure = mark[MARK.confidence];
    this.mentionBox.replaceChildren(
      h("h3", {}, h("span", { class: "vna-dot", style: `--c: var(--${info.label})` }), info.vi,
        h("span", { class: "vna-dim" }, mark[MARK.checked] ? ` ${t.checked}` : ` ${t.suggested}`)),
      h("p", { class: "vna-quote" }, this.text(mark)),
      sure == null ? null : h("div", { class: "vna-sure", title: `${t.confidence} ${percent(sure)}` },
        h("span", {}, `${t.confidence} ${percent(sure)}`),
        h("meter", { min: 0, max: 1, low: 0.6, high: 0.85, optimum: 1, value: sure })));
  }

  lists() {
    const { view, t } = this;
    const shown = (id) => (this.marks.has(id) ? this.text(this.marks.get(id)) : id);
    const key = JSON.stringify([view.doc, view.entries, view.links,
      [...view.entries.map((e) => e[0]), ...view.links.flat()].map((id) => this.marks.get(id))]);
    if (key === this.listKey) return;
    this.listKey = key;
    const x = (action) => h("button", { class: "vna-x", "aria-label": t.remove, title: t.remove, onclick: action }, "✕");
    const jump = (id) => h("button", { class: "vna-ref", onclick: () => {
      this.surface.focus({ preventScroll: true });
      this.onMark(this.marks.get(id));
    } }, h("span", { class: "vna-dot", style: `--c: var(--${this.marks.get(id)[MARK.label]})` }), shown(id));
    const field = (at, name, value) => h("input", {
      value: value ?? "", "data-field": name, "aria-label": t[name], placeholder: t[name],
      list: name === "type" ? `${this.client}-types` : null,
      onchange: (e) => this.send("entry", { at, [name]: e.target.value }),
      onkeydown: (e) => {
        if (e.key === "Enter" && !e.isComposing) this.surface.focus();
      } });
    const inEntries = this.entryBox.contains(document.activeElement);
    this.entryBox.replaceChildren(
      h("h3", {}, t.documents, " ", h("kbd", {}, "T"), h("kbd", {}, "R"), h("kbd", {}, "D")),
      ...view.entries.map(([mention, type, role, title], at) =>
        h("div", { class: "vna-entry" },
          field(at, "type", type),
          mention ? jump(mention) : h("span", { class: "vna-dim" }, t.unnumbered),
          h("button", { class: `vna-chip ${role === "primary" ? "vna-on" : ""}`, title: t.role,
            disabled: !mention,
            onclick: () => this.send("entry", { at, role: role === "primary" ? "cited" : "primary" }) },
            t[role]),
          mention ? null : x(() => this.send("drop_entry", { at })),
          mention && !title ? null : field(at, "title", title))));
    this.linkBox.replaceChildren(
      h("h3", {}, t.relations, " ", h("kbd", {}, "L")),
      ...view.links.map(([from, to, type]) =>
        h("div", { class: "vna-link" }, jump(from), h("span", { class: "vna-arrow" }, `${type} →`), jump(to),
          x(() => this.send("relate", { from, to })))));
    if (inEntries) this.surface.focus({ preventScroll: true });
  }
}

/** Two annotators' versions: only what differs, a key to take either side. */
class Adjudicator extends Frame {
  constructor(model, el) {
    super(model, el);
    this.at = 0;
    const choose = (side) => () => this.choose(side);
    this.keys = {
      J: () => this.go(1), ArrowDown: () => this.go(1), K: () => this.go(-1), ArrowUp: () => this.go(-1),
      1: choose("left"), ArrowLeft: choose("left"), 2: choose("right"), ArrowRight: choose("right"),
      B: choose("both"), X: choose("neither"),
      U: () => this.send("undo"), "Ctrl+Z": () => this.send("undo"),
      Enter: () => this.send("done"), N: () => this.send("next"), P: () => this.send("prev"),
      G: () => this.guide(this.card()?.labels[0]), "?": () => this.help(),
    };
    this.surface = h("div", { class: "vna-cards", tabindex: "0", role: "listbox", "aria-label": this.t.review });
    this.title = h("div", { class: "vna-title" });
    this.chips = h("div", { class: "vna-chips" });
    this.names = h("div", { class: "vna-sides", "aria-hidden": "true" });
    this.root.append(
      h("header", { class: "vna-head" }, h("div", { class: "vna-where" }, this.title, this.chips),
        h("div", { class: "vna-actions" },
          this.button("‹", "P", () => this.send("prev"), { "aria-label": "previous" }),
          this.button("›", "N", () => this.send("next"), { "aria-label": "next" }),
          this.button(h("span", {}, "✓ ", h("kbd", {}, "⏎")), "Enter", () => this.send("done"),
            { class: "vna-go", "aria-label": "done" }),
          this.button("?", "?", () => this.help(), { "aria-label": this.t.help }))),
      this.names, this.surface, this.status, this.dialogBox);
    this.update(false);
    this.greet();
  }

  card() {
    return this.view.cards[this.at];
  }

  go(by) {
    this.at = Math.max(0, Math.min(this.view.cards.length - 1, this.at + by));
    this.light();
  }

  choose(side) {
    if (!this.card()) return;
    this.send("choose", { at: this.at, side }, () => {
      if (this.view.message.kind === "warn") return;
      const next = this.view.cards.findIndex((card, i) => i > this.at && !card.choice);
      if (next >= 0) this.at = next;
      this.light();
    });
  }

  update() {
    const view = this.model.get("view");
    if (!this.view || this.view.doc !== view.doc) {
      this.at = Math.max(0, view.cards.findIndex((card) => !card.choice));
    }
    this.view = view;
    const { t } = this;
    this.title.textContent = view.title || view.doc;
    const open = view.cards.filter((card) => !card.choice).length;
    const chip = (text, kind = "") => h("span", { class: `vna-chip ${kind}` }, text);
    this.chips.replaceChildren(chip(`${view.index + 1}/${view.total}`),
      chip(open ? fill(t.conflicts, { left: open }) : view.cards.length ? "✓" : t.same, open ? "" : "vna-on"),
      ...(view.answer ? [chip(t.accept, "vna-on")] : []));
    this.names.replaceChildren(...view.names.map((name, i) => h("span", {}, h("kbd", {}, String(i + 1)), ` ${name}`)));
    const side = (card, which) => h("div", { class: "vna-side", "data-side": which,
      onclick: () => { this.at = view.cards.indexOf(card); this.surface.focus(); this.choose(which); } },
      card[which].map(([text, label]) => label
        ? h("mark", { class: "vna-m", style: `--c: var(--${label})`,
            "aria-label": `${this.labels[label].vi}: ${text}` }, text, tag(this.labels[label].hotkey))
        : text));
    this.surface.replaceChildren(...view.cards.map((card, i) =>
      h("div", { class: "vna-card", role: "option", id: `${this.client}-${i}`, "data-choice": card.choice || "",
        "data-i": i, "aria-label": `${card.kind} ${i + 1}` }, side(card, "left"), side(card, "right"))));
    this.light();
  }

  light() {
    [...this.surface.children].forEach((el, i) => {
      el.setAttribute("aria-selected", String(i === this.at));
    });
    const el = this.surface.children[this.at];
    if (!el) return;
    this.surface.setAttribute("aria-activedescendant", el.id);
    const box = el.getBoundingClientRect(), frame = this.surface.getBoundingClientRect();
    if (box.top < frame.top) this.surface.scrollTop += box.top - frame.top - 12;
    else if (box.bottom > frame.bottom) this.surface.scrollTop += box.bottom - frame.bottom + 12;
    const card = this.card();
    const parts = (which) => card[which].filter(([, label]) => label)
      .map(([text, label]) => `${this.labels[label].vi}: ${text}`).join("; ") || this.t.nothing_there;
    this.say({ text: `1: ${parts("left")} | 2: ${parts("right")}` });
  }
}

export default {
  render({ model, el }) {
    const Widget = model.get("config").review ? Adjudicator : Annotator;
    const widget = new Widget(model, el);
    // Notebooks attach the element later. Take the keys then, unless somebody is typing.
    const attached = new ResizeObserver(() => {
      if (!el.isConnected) return;
      attached.disconnect();
      const typing = document.activeElement?.closest("input, textarea, [contenteditable='true']");
      if (!typing) widget.surface.focus({ preventScroll: true });
    });
    attached.observe(widget.root);
    return () => {
      attached.disconnect();
      widget.remove();
    };
  },
};
