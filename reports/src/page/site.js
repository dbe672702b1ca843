// What the pages do with scripts on; every figure is there without. The state of the controls is
// the page's address, so that it can be shared: `#kind=io,cpu&sort=smol`. What is not named there
// stands at its default. An address without `=` is a plain anchor.
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const say = (element, text) => { element.textContent = text; };

  let state = new URLSearchParams();
  const read = () => {
    if (/^$|=/.test(location.hash)) state = new URLSearchParams(location.hash.slice(1));
  };
  const listed = (name) => state.get(name)?.split(",");
  const keep = (name, value, differs) => (differs ? state.set(name, value) : state.delete(name));
  const write = () => history.replaceState(null, "", `#${state}`.replaceAll("%2C", ","));
  // The first option is the default.
  const select = (field, value) => {
    field.value = value;
    if (field.selectedIndex < 0) field.selectedIndex = 0;
  };

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

  // The table. Like the chooser it gives back what shows the state.
  const table = (form) => {
    const { sort, find, counts } = form.elements;
    const rows = all(".matrix tr[data-kind]");
    const heads = all(".matrix th[data-runner]");
    const classes = all(".matrix th[scope=colgroup]").map((head) => [head, head.colSpan]);
    const boxes = (name) => all(`[name=${name}]`);
    const shown = (parts) => parts.filter((part) => !part.hidden).length;
    const of = (parts) => `${shown(parts)} of ${parts.length}`;

    const hide = (runners) => {
      for (const part of all("[data-runner]")) {
        part.toggleAttribute("hidden", runners.includes(part.dataset.runner));
      }
      heads.forEach((head, place) => {
        for (const row of rows) row.cells[place + 1].hidden = head.hidden;
      });
      let from = 0;
      for (const [head, span] of classes) {
        const left = shown(heads.slice(from, from += span));
        head.colSpan = left;
        head.hidden = !left;
      }
    };
    // Within its kind; rows without a figure last.
    const order = (column) => {
      const cost = (row) => row.cells[column + 1].dataset.x ?? Infinity;
      const sorted = column < 0 ? rows : [...rows].sort((a, b) => cost(a) - cost(b) || 0);
      for (const row of sorted) row.parentNode.append(row);
    };
    const show = () => {
      const hidden = listed("hide") ?? [];
      const wanted = (kind) => listed("kind")?.includes(kind) ?? true;
      for (const box of boxes("kind")) box.checked = wanted(box.value);
      for (const box of boxes("hide")) box.checked = !hidden.includes(box.value);
      select(sort, state.get("sort"));
      find.value = state.get("find") ?? "";
      hide(hidden);
      order(sort.selectedIndex - 1);
      for (const row of rows) {
        const named = row.cells[0].textContent.toLowerCase().includes(find.value.toLowerCase());
        row.hidden = !named || !wanted(row.dataset.kind);
      }
      say(counts, `${of(rows)} workloads, ${of(heads)} runners shown`);
    };
    form.oninput = () => {
      const values = (name, on) => boxes(name).filter(({ checked }) => checked === on).map(({ value }) => value);
      keep("kind", values("kind", true), values("kind", false).length);
      keep("hide", values("hide", false), values("hide", false).length);
      keep("sort", sort.value, sort.selectedIndex);
      keep("find", find.value, find.value);
      write();
      show();
    };
    // After the browser has reset the form.
    form.onreset = () => setTimeout(form.oninput);
    return show;
  };

  // The chooser: sums and sorts what `chooser.rs` has computed.
  const digits = (value) => (value < 100 ? value.toPrecision(3) : value.toFixed());
  const sum = (rows, term = () => 1) => rows.reduce((total, row) => total + row.weight * term(row), 0);

  // The weighted geometric mean of each member's ratios, the least first.
  const standings = (rows, members, names) => {
    const met = rows.filter((row) => members.some((member) => row.ratios[member]));
    return members.map((member) => {
      const own = met.filter((row) => row.ratios[member]);
      const ranked = own.length && sum(own) >= sum(met) / 2;
      const mean = ranked ? Math.exp(sum(own, (row) => Math.log(row.ratios[member])) / sum(own)) : Infinity;
      const [name, figure] = [names[member], ranked ? digits(mean) + "×" : "not ranked"];
      return { name, mean, text: `${name}: ${figure}, measured in ${own.length} of ${met.length}` };
    }).sort((a, b) => a.mean - b.mean || 0);
  };
  const verdict = (found) => {
    const [best, second] = found;
    if (!(second?.mean < Infinity)) return "nothing to rank";
    // Less than 3 % apart is not told apart.
    const tie = found.filter(({ mean }) => mean <= best.mean * 1.03).map(({ name }) => name);
    return tie[1] ? `a tie within 3 %: ${tie.join(", ")}`
      : `${best.name} costs least, ${second.name} ${digits(second.mean / best.mean)} times as much`;
  };

  const chooser = (form) => {
    const { runners, classes, rows } = JSON.parse(all("#chooser-data")[0].textContent);
    const { work, tasks, aim, chosen } = form.elements;
    const fields = [work, tasks, aim];
    const lines = all("#reasons tbody tr");
    const show = () => {
      fields.forEach((field, place) => select(field, listed("for")?.[place]));
      const counted = rows.map(([kind, weights, ratios], place) => ({
        line: lines[place],
        weight: weights[tasks.selectedIndex],
        ratios: (!work.selectedIndex || kind === work.value) && ratios[aim.selectedIndex],
      })).filter((row) => row.weight && row.ratios);
      const says = classes.map(([title, members], place) => {
        const found = standings(counted, members, runners);
        all(`#rank-${place} li`).forEach((item, rank) => say(item, found[rank].text));
        return `${title}: ${verdict(found)}. `;
      });
      say(chosen, says.join(""));
      for (const line of lines) line.hidden = true;
      for (const { line, weight, ratios } of counted) {
        line.hidden = false;
        [weight, ...ratios.map((ratio) => (ratio ? digits(ratio) + "×" : "–"))]
          .forEach((text, place) => say(line.cells[place + 1], text));
      }
    };
    form.oninput = () => {
      keep("for", fields.map(({ value }) => value), fields.some((field) => field.selectedIndex));
      write();
      show();
    };
    return show;
  };

  // The theme at once, so that nothing flashes; the rest when the page is there.
  read();
  paint();
  addEventListener("DOMContentLoaded", () => {
    for (const part of all("[data-scripted]")) part.hidden = !part.hidden;
    for (const button of all("[data-theme-switch]")) button.onclick = turn;
    const shows = [...all("#controls").map(table), ...all("#chooser").map(chooser), paint];
    onhashchange = () => {
      read();
      shows.forEach((show) => show());
    };
    onhashchange();
  });
})();
