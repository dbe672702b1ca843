// What the pages do with scripts on; every comparison is there without. The state of the controls is the
// page's address, so that it can be shared: `#base=smol&show=cpu`. What is not named there stands at its
// default. An address without `=` is a plain anchor.
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const say = (element, text) => { element.textContent = text; };

  let state = new URLSearchParams();
  const read = () => {
    if (/^$|=/.test(location.hash)) state = new URLSearchParams(location.hash.slice(1));
  };
  const keep = (name, value, differs) => (differs ? state.set(name, value) : state.delete(name));
  const write = () => history.replaceState(null, "", `#${state}`.replaceAll("%2C", ","));

  // The theme holds across pages, unless the browser refuses to remember it.
  const memory = (work) => {
    try { return work(localStorage); } catch { return null; }
  };
  const NEXT = { __proto__: null, auto: "dark", dark: "light", light: "auto" };
  const theme = () => {
    const name = state.get("theme") ?? memory((kept) => kept.getItem("theme"));
    return NEXT[name] ? name : "auto";
  };
  const paint = () => {
    document.documentElement.dataset.theme = theme();
    for (const button of all("[data-theme-switch]")) say(button, `Theme: ${theme()}`);
  };
  const turn = () => {
    const next = NEXT[theme()];
    memory((kept) => kept.setItem("theme", next));
    keep("theme", next, next !== "auto");
    write();
    paint();
  };

  // Copies a text, and says so on the button for a moment.
  const copy = (button, text) => {
    const before = button.textContent;
    const done = (words) => {
      say(button, words);
      setTimeout(() => say(button, before), 1500);
    };
    const clipboard = navigator.clipboard?.writeText(text) ?? Promise.reject();
    clipboard.then(() => done("Copied"), () => done("Copying failed"));
  };

  // A comparison in words, as `wording.rs` has it.
  const CLASS = { F: "sf", S: "ss", T: "eq tie", E: "eq", f: "lf", s: "ls", o: "op", n: "na" };
  const short = (x) => {
    if (x >= 0.995 && x < 1.995) return x.toFixed(2);
    if (x < 9.95) return x.toPrecision(2);
    return x.toFixed().replace(/(?<=\d{2,})(?=(\d{3})+$)/g, "\u202f");
  };
  const size = (ratio) => {
    const percent = (ratio - 1) * 100;
    return ratio < 1.995 ? `${percent.toFixed(percent < 9.95 ? 1 : 0)}%` : `${short(ratio)}×`;
  };
  const words = ({ code, ratio, low, high, within }, bytes) => {
    if (code === "T" || code === "E") return `same ±${within || 10}%`;
    if (code === "n") return "too few rounds";
    if (!low) return "open";
    if (code === "o") return `${[low, high].map(short).join("–")}×`;
    const word = (bytes ? ["smaller", "larger"] : ["faster", "slower"])[ratio < 1 ? 0 : 1];
    return `${"fs".includes(code) ? "~" : ""}${size(ratio < 1 ? 1 / ratio : ratio)} ${word}`;
  };
  const drawn = ({ ratio, low, high }) => {
    const SVG = document.body.querySelector(".matrix svg").namespaceURI;
    const part = (name, values) => {
      const element = document.createElementNS(SVG, name);
      for (const [key, value] of Object.entries(values)) element.setAttribute(key, value);
      return element;
    };
    const at = (x) => Math.round(Math.min(226, Math.max(14, 120 + 32 * Math.log2(x))));
    const svg = part("svg", { viewBox: "0 0 240 48", "aria-hidden": "true" });
    svg.append(part("path", { d: `M${at(low)} 24H${at(high)}` }), part("circle", { cx: at(ratio), cy: 24, r: 13 }));
    return svg;
  };

  const table = (form) => {
    const { base, show, hide, only, find, copy: button, counts } = form.elements;
    const heads = all(".matrix thead th[data-runner]");
    const names = heads.map((head) => head.dataset.runner);
    const rows = all(".matrix tr[data-row]");
    const cards = all(".answer");
    const summary = all("#counts")[0];
    const lines = JSON.parse(all("#table-data")[0]?.textContent ?? "[]").map((line) => ({ ...line, p: line.p.split(";") }));
    // What the page came with is what the default shows.
    const given = rows.map((row) => [...row.cells].slice(1).map((cell) => [cell.className, cell.title, [...cell.childNodes]]));
    const told = summary?.textContent;

    // Candidate against reference, as `table_data.rs` writes it.
    const pair = (line, from, to) => {
      const [first, second] = from < to ? [from, to] : [to, from];
      const text = line.p[first * names.length - first * (first + 1) / 2 + second - first - 1];
      if (!text) return null;
      const [ratio, low, high, within] = text.slice(2).split(",").map(Number);
      return from < to ? { code: text[0], ratio, low, high, within }
        : { code: text[1], ratio: 1 / ratio, low: 1 / high, high: 1 / low, within };
    };
    const fill = (cell, name, kind, text, found) => {
      cell.className = kind;
      cell.title = "";
      const [label, value] = ["i", "span"].map((tag) => document.createElement(tag));
      say(label, `${name} `);
      say(value, text);
      cell.replaceChildren(label, ...(found?.low ? [drawn(found)] : []), value);
    };
    const restore = (cell, [kind, title, parts]) => {
      cell.className = kind;
      cell.title = title;
      cell.replaceChildren(...parts);
    };
    const against = (line, place) => {
      if (base.selectedIndex === 0) return line.b[0];
      return base.value === "*" ? line.b[1] : names.indexOf(base.value);
    };
    const draw = (row, place) => {
      const line = lines[place];
      const figures = { absolute: 0, cpu: 1, memory: 2 }[show.value];
      names.forEach((name, column) => {
        const [cell, start] = [row.cells[column + 1], given[place][column]];
        if (figures === undefined && base.selectedIndex === 0) return restore(cell, start);
        if (figures !== undefined) {
          const text = line.v[figures][column];
          return text ? fill(cell, name, "ab", text) : fill(cell, name, "na", "–");
        }
        const from = against(line, place);
        if (column === from && line.v[0][column]) return fill(cell, name, "ab", line.v[0][column]);
        const found = from < 0 ? null : pair(line, from, column);
        return found ? fill(cell, name, CLASS[found.code], words(found, line.u), found) : fill(cell, name, "na", "–");
      });
    };
    const count = () => {
      const cells = rows.flatMap((row) => [...row.cells].slice(1));
      const of = (...kinds) => cells.filter((cell) => kinds.includes(cell.className)).length;
      const parts = [of("sf", "ss", "eq tie"), of("eq"), of("lf", "ls"), of("op")];
      const total = parts.reduce((sum, part) => sum + part);
      return `${total} comparisons: ${parts[0]} settled, ${parts[1]} same within 10%, ${parts[2]} leaning, ${parts[3]} open.`;
    };
    // Columns with a result in less than a quarter of the rows.
    const sparse = () => names.map((_, column) =>
      rows.filter((row) => !/^na/.test(row.cells[column + 1].className)).length * 4 < rows.length);
    const SETTLED = /^(sf|ss|eq tie|ab)$/;
    const results = () => {
      if (base) {
        base.value = state.get("base") ?? names[0];
        if (base.selectedIndex < 0) base.selectedIndex = 0;
        show.value = state.get("show");
        if (!show.value) show.value = "ratio";
        rows.forEach(draw);
      }
      hide.checked = !state.has("all");
      only.checked = state.has("only");
      find.value = state.get("find") ?? "";
      const empty = sparse();
      const few = empty.filter(Boolean).length;
      hide.parentNode.hidden = !few;
      say(all("#empty")[0], `hide ${few} near-empty`);
      heads.forEach((head, column) => {
        for (const part of [head, ...rows.map((row) => row.cells[column + 1])]) part.hidden = hide.checked && empty[column];
      });
      const wanted = find.value.toLowerCase();
      const found = (part) => part.textContent.toLowerCase().includes(wanted);
      rows.forEach((row) => {
        const cells = [...row.cells].slice(1);
        for (const cell of cells) cell.classList.toggle("dim", only.checked && !SETTLED.test(cell.className));
        const empty = only.checked && !cells.some((cell) => !cell.hidden && /^(sf|ss|eq tie)$/.test(cell.className));
        row.hidden = empty || !(found(row.cells[0]) || found(row.closest("tbody").rows[0]));
      });
      for (const card of cards) card.hidden = !found(card) || (only.checked && card.dataset.state !== "decided");
      if (summary) say(summary, !base || (!base.selectedIndex && show.value === "ratio") ? told : show.value === "ratio" ? count() : told);
      const shown = rows.filter((row) => !row.hidden);
      say(counts, shown.length < rows.length ? `${shown.length} of ${rows.length} rows` : "");
      // One stop a topic: the arrows reach the rest.
      for (const row of rows) row.querySelector("a").tabIndex = row === shown.find((one) => one.parentNode === row.parentNode) ? 0 : -1;
    };
    form.oninput = () => {
      if (base) {
        keep("base", base.value, base.selectedIndex);
        keep("show", show.value, show.value !== "ratio");
      }
      keep("all", 1, !hide.checked);
      keep("only", 1, only.checked);
      keep("find", find.value, find.value);
      write();
      results();
    };
    for (const row of rows) {
      row.onkeydown = (event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        const shown = rows.filter((one) => !one.hidden);
        const next = step && shown[shown.indexOf(row) + step];
        if (next) {
          event.preventDefault();
          next.querySelector("a").focus();
        }
      };
    }
    const markdown = () => {
      const line = (cells) => `| ${cells.map((text) => text.trim().replace(/\s+/g, " ").replaceAll("|", "\\|")).join(" | ")} |`;
      const visible = (row) => [...row.cells].filter((cell) => !cell.hidden);
      const text = (cell) => (cell.classList.contains("dim") ? "" : (cell.querySelector(":scope > span") ?? cell).textContent);
      const head = visible(all(".matrix thead tr")[0]).map(text);
      const body = rows.filter((row) => !row.hidden).map((row) => line(visible(row).map(text)));
      return [line(head), line(head.map(() => "---")), ...body].join("\n");
    };
    button.onclick = () => copy(button, markdown());
    form.closest("details").open = matchMedia("(min-width: 60rem)").matches;
    return results;
  };

  // The theme at once, so that nothing flashes; the rest when the page is there.
  read();
  paint();
  addEventListener("DOMContentLoaded", () => {
    for (const part of all("[data-scripted]")) part.hidden = !part.hidden;
    for (const button of all("[data-theme-switch]")) button.onclick = turn;
    for (const button of all("[data-copy]")) button.onclick = () => copy(button, button.dataset.copy);
    const shows = [...all("#controls").map(table), paint];
    onhashchange = () => {
      read();
      shows.forEach((show) => show());
    };
    onhashchange();
  });
})();
