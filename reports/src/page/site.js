// The controls of the pages; without scripts, every comparison is still there. The state of the controls is the
// page's address, so that it can be shared: `#base=smol&show=cpu`. A control that is not named there has its
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

  // The theme applies to all pages, unless the browser refuses to remember it.
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

  // Copies a text, and briefly says so on the button.
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
  const TURNED = { F: "S", S: "F", f: "s", s: "f" };
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
  const words = ({ code, at, ratio, low, high, within }, bytes) => {
    if (!at) return code === "n" ? "too few rounds" : "open";
    if ("TE".includes(code)) return `same ±${within}%`;
    if ("no".includes(code)) return `${[low, high].map(short).join("–")}×`;
    const word = (bytes ? ["smaller", "larger"] : ["faster", "slower"])[ratio < 1 ? 0 : 1];
    return `${"fs".includes(code) ? "~" : ""}${size(ratio < 1 ? 1 / ratio : ratio)} ${word}`;
  };
  const table = (form) => {
    // A run whose workloads all belong to one suite has no such control.
    const { base, show, hide, only, suite, find, copy: button, counts } = form.elements;
    const names = all(".matrix thead th[data-runner]").map((head) => head.dataset.runner);
    const rows = all(".matrix tr[data-row]");
    const cards = all(".answer");
    // A line of an answer's numbers begins with the workload in whose row they are.
    const numbers = all(".answer li").map((line) => {
      const told = line.textContent;
      return { line, told, row: rows.find((row) => told.startsWith(`${row.dataset.row}: `)) };
    });
    const summary = all("#counts")[0];
    const lines = JSON.parse(all("#table-data")[0].textContent);
    // Reasons are in a list; rows refer to them by index.
    const whys = all(".reasons li").map((line) => line.firstChild.data.slice(0, -2));
    for (const row of rows) row.dataset.why?.split(",").forEach((place, at) => { if (place) row.cells[at + 1].title = whys[place]; });
    // The original content of the page is the default.
    const given = rows.map((row) => [...row.cells].slice(1).map((cell) => [cell.className, cell.title, [...cell.childNodes]]));
    const told = summary?.textContent;

    // Candidate against reference, as `table_data.rs` writes it.
    const pair = (line, from, to) => {
      const [first, second] = [from, to].map((at) => line.c.indexOf(at)).sort((a, b) => a - b);
      const text = first < 0 ? "" : line.p.split(";")[second * (second - 1) / 2 + first];
      if (!text) return null;
      const [, code, back = TURNED[code] ?? code, places, rest] = text.match(/^([a-z])([a-z])?(\d{6})?(.*)/i);
      const at = places?.match(/../g).map(Number);
      const values = rest.split(",").map(Number);
      const [within, high, ratio = within] = values;
      return from < to ? { code, at, within, low: within, high, ratio }
        : { code: back, at: at?.map((place) => 100 - place).reverse(), within, low: 1 / high, high: 1 / within, ratio: 1 / ratio };
    };
    const plot = all(".matrix td svg")[0];
    const drawn = ([low, middle, high]) => {
      const svg = plot.cloneNode(true);
      const [bar, mark] = svg.children;
      bar.setAttribute("x", `${low}%`);
      bar.setAttribute("width", `${high - low}%`);
      mark.setAttribute("cx", `${middle}%`);
      return svg;
    };
    const fill = (cell, name, kind, text, found) => {
      cell.className = kind;
      cell.title = "";
      const [label, value] = ["i", "span"].map((tag) => document.createElement(tag));
      say(label, `${name} `);
      say(value, text);
      cell.replaceChildren(label, ...(plot && found?.at ? [drawn(found.at)] : []), value);
    };
    const restore = (cell, [kind, title, parts]) => {
      cell.className = kind;
      cell.title = title;
      cell.replaceChildren(...parts);
    };
    const against = (line) => {
      if (!base.selectedIndex) return line.b[0];
      return base.value === "*" ? line.b[1] : names.indexOf(base.value);
    };
    // Whether the page shows its original content.
    const plain = () => !base.selectedIndex && show.value === "ratio";
    const draw = (row, place) => {
      const line = lines[place];
      const figures = { absolute: 0, cpu: 1, memory: 2 }[show.value];
      names.forEach((name, at) => {
        const [cell, start] = [row.cells[at + 1], given[place][at]];
        const from = line && against(line);
        const found = line && from !== at && pair(line, from, at);
        // The result of the comparison, however much of it is shown.
        cell.dataset.kind = !line || !base.selectedIndex ? start[0] : from === at ? "ab" : found ? CLASS[found.code] : "na";
        if (!line || plain()) return restore(cell, start);
        if (figures === undefined && found) return fill(cell, name, cell.dataset.kind, words(found, line.u), found);
        const figure = figures !== undefined || from === at ? line.v[figures ?? 0].split(";")[line.c.indexOf(at)] : "";
        fill(cell, name, figure ? "ab" : "na", figure || "–");
      });
    };
    const count = () => {
      const cells = rows.flatMap((row) => [...row.cells].slice(1));
      const [settled, same, leaning, open] = [/^s|tie/, /^eq$/, /^l/, /^op/].map((kind) =>
        cells.filter((cell) => kind.test(cell.dataset.kind)).length);
      return `${settled + same + leaning + open} comparisons: ${settled} settled, ${same} same within 10%, ${leaning} leaning, ${open} open.`;
    };
    const settled = (cell) => /^s|tie|^[ok]+$/.test(cell.dataset.kind);
    const results = () => {
      base.value = state.get("base") ?? names[0];
      if (base.selectedIndex < 0) base.selectedIndex = 0;
      show.value = state.get("show");
      if (!show.value) show.value = "ratio";
      rows.forEach(draw);
      hide.checked = !state.has("all");
      only.checked = state.has("only");
      find.value = state.get("find") ?? "";
      if (suite) suite.value = state.get("suite") ?? "";
      if (suite?.selectedIndex < 0) suite.selectedIndex = 0;
      const members = suite?.selectedOptions[0].dataset.rows?.split(" ");
      // Columns with a result in less than a quarter of the rows.
      const empty = names.map((_, column) => rows.filter((row) => !/^na/.test(row.cells[column + 1].className)).length * 4 < rows.length);
      // In a table that is all gaps, they stay.
      const few = empty.every(Boolean) ? 0 : empty.filter(Boolean).length;
      hide.parentNode.hidden = !few;
      say(all("#empty")[0], `hide ${few} near-empty column${few > 1 ? "s" : ""}`);
      names.forEach((_, column) => {
        for (const part of all(`.matrix tr > :nth-child(${column + 2})`)) part.hidden = few && hide.checked && empty[column];
      });
      const found = (part) => part.textContent.toLowerCase().includes(find.value.toLowerCase());
      rows.forEach((row) => {
        const cells = [...row.cells].slice(1);
        const empty = only.checked && !cells.some((cell) => !cell.hidden && settled(cell));
        for (const cell of cells) cell.classList.toggle("dim", only.checked && cell.dataset.kind !== "ab" && !settled(cell));
        const outside = members && !members.includes(row.dataset.row);
        row.hidden = empty || outside || !(found(row.cells[0]) || found(row.closest("tbody").rows[0]));
      });
      for (const card of cards) card.hidden = !found(card) || (only.checked && card.dataset.state !== "decided");
      const about = show.value !== "ratio" ? "" : `compared with ${base.value === "*" ? "the fastest" : base.value}, `;
      for (const { line, told, row } of numbers) {
        const cells = row ? [...row.cells].slice(1).filter((cell) => !/^na|dim/.test(cell.className)) : [];
        const texts = cells.map((cell) => cell.textContent).join(", ");
        say(line, plain() || !row ? told : `${row.dataset.row}: ${texts ? about + texts : "no result"}`);
      }
      if (summary) say(summary, base.selectedIndex ? count() : told);
      const shown = rows.filter((row) => !row.hidden);
      say(counts, [shown.length < rows.length ? `${shown.length} of ${rows.length} rows` : "",
        plain() || !cards.length ? "" : "Recommendations compare all runners with each other; only their numbers change."].filter(Boolean).join(" · "));
      // One tab stop per topic: the arrow keys reach the rest.
      for (const row of rows) row.querySelector("a").tabIndex = row === shown.find((one) => one.parentNode === row.parentNode) ? 0 : -1;
    };
    form.oninput = () => {
      keep("base", base.value, base.selectedIndex);
      keep("show", show.value, show.value !== "ratio");
      keep("all", 1, !hide.checked);
      keep("only", 1, only.checked);
      if (suite) keep("suite", suite.value, suite.value);
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
      const text = (cell) => (cell.classList.contains("dim") ? "" : (cell.tagName === "TD" ? cell.lastChild : cell).textContent);
      const head = visible(all(".matrix thead tr")[0]).map(text);
      const body = rows.filter((row) => !row.hidden).map((row) => line(visible(row).map(text)));
      return [line(head), line(head.map(() => "---")), ...body].join("\n");
    };
    button.onclick = () => copy(button, markdown());
    form.closest("details").open = matchMedia("(min-width: 60rem)").matches;
    return results;
  };

  // The theme is set at once, so that nothing flashes; the rest when the page has loaded.
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
