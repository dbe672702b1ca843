// The controls do what they say, the address keeps their state, and the keyboard reaches them.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, open, page } from "./browser.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** Runs a test in a tab that must log no complaints. */
const inTab = (options, work) => async () => {
  const { tab, complaints, close } = await open(browser, page(options.site ?? "usual", options.page), options);
  await work(tab);
  assert.deepEqual(complaints, []);
  await close();
};
const hash = (tab) => tab.evaluate(() => location.hash);
const rows = (tab) => tab.locator(".matrix tr[data-row]:visible th a").allTextContents();
const columns = (tab) => tab.locator(".matrix th[data-runner]:visible").evaluateAll((heads) =>
  heads.map((head) => head.dataset.runner));
const field = (tab, name) => tab.locator("#controls").getByLabel(name);
/** The words of a runner in a workload's row. */
const cell = (tab, workload, runner) => tab.locator(".matrix tr[data-row]", { hasText: workload }).first()
  .locator("td", { has: tab.locator("i").getByText(runner, { exact: true }) }).locator(":scope > span").textContent();
/** Every cell as text and class. */
const everything = (tab) => tab.locator(".matrix tr[data-row] td").evaluateAll((cells) =>
  cells.map((one) => `${one.className} ${one.textContent} ${one.querySelector("svg")?.innerHTML.replaceAll(" xmlns=\"http://www.w3.org/2000/svg\"", "") ?? ""}`));
const theme = (tab) => tab.evaluate(() => [
  document.documentElement.dataset.theme, getComputedStyle(document.body).backgroundColor]);

const WHITE = "rgb(255, 255, 255)";

describe("the table", () => {
  test("compares with any runner, and the address says so", inTab({}, async (tab) => {
    assert.equal(await cell(tab, "Many timers", "threads"), "12× slower");
    await field(tab, "Compare with").selectOption("threads");
    assert.equal(await hash(tab), "#base=threads");
    assert.equal(await cell(tab, "Many timers", "tokio"), "12× faster");
    assert.match(await cell(tab, "Many timers", "threads"), /ms|µs/);
    assert.match(await tab.locator("#counts").textContent(), /^\d+ comparisons: /);
    const shown = await everything(tab);
    await tab.reload();
    assert.deepEqual(await everything(tab), shown, "after reloading");
    await field(tab, "Compare with").selectOption("tokio");
    assert.equal(await hash(tab), "");
    assert.equal(await cell(tab, "Many timers", "threads"), "12× slower");
  }));

  test("says in the script what the page says without it", inTab({}, async (tab) => {
    const given = await everything(tab);
    // To another runner and back: the script draws every cell.
    await tab.evaluate(() => {
      const select = document.querySelector("#controls select");
      const again = document.createElement("option");
      again.value = select.options[0].value;
      select.append(again);
      select.selectedIndex = select.options.length - 1;
      document.querySelector("#controls").oninput();
    });
    const bare = (texts) => texts.filter((text) => !/^(na|ab)/.test(text)).map((text) => text.replace(" dim", ""));
    const found = await everything(tab);
    bare(given).forEach((text) => assert.ok(found.includes(text), text));
  }));

  test("compares each row with its fastest runner", inTab({ hash: "#base=*" }, async (tab) => {
    const rows = await tab.locator(".matrix tr[data-row]:visible").all();
    for (const row of rows) {
      const classes = await row.locator("td:not(.na)").evaluateAll((cells) => cells.map((one) => one.className));
      assert.equal(classes.filter((one) => one === "ab").length, classes.length ? 1 : 0, String(classes));
    }
    // Here, a discontinued runner is never the reference.
    assert.equal(await tab.locator(".matrix td.ab i", { hasText: "async-std" }).count(), 0);
  }));

  test("shows figures, CPU time and memory", inTab({}, async (tab) => {
    for (const [label, value, unit] of [["absolute", "absolute", /s$/], ["CPU time", "cpu", /s$/], ["memory", "memory", /B$/]]) {
      await tab.locator("#controls").getByLabel(label, { exact: true }).check();
      assert.equal(await hash(tab), `#show=${value}`);
      assert.match(await cell(tab, "Many timers", "smol"), unit);
    }
    await tab.locator("#controls").getByLabel("ratio", { exact: true }).check();
    assert.equal(await hash(tab), "");
  }));

  test("hides near-empty runners until asked", inTab({ hash: "#find=sensor" }, async (tab) => {
    assert.equal((await columns(tab)).length, 7);
    assert.equal(await tab.locator("#empty:visible").count(), 0, "no runner is near-empty");
  }));

  test("shows only settled results", inTab({}, async (tab) => {
    const before = await rows(tab);
    await field(tab, "only settled").check();
    assert.equal(await hash(tab), "#only=1");
    assert.ok((await rows(tab)).length < before.length);
    assert.equal(await tab.locator(".matrix tr[data-row] td.op > span:visible").count(), 0);
    await field(tab, "only settled").uncheck();
    assert.deepEqual(await rows(tab), before);
  }));

  test("acts on the answers too", inTab({ site: "answers" }, async (tab) => {
    assert.equal(await tab.locator(".answer:visible").count(), 6);
    await field(tab, "only settled").check();
    assert.equal(await tab.locator(".answer:not([data-state=decided]):visible").count(), 0);
    await field(tab, "only settled").uncheck();
    await field(tab, "Filter").fill("timers");
    assert.deepEqual(await tab.locator(".answer:visible h3").allTextContents(), ["Many timers"]);
    assert.ok(!(await tab.locator(".answer p b").allTextContents()).join().includes("async-std"));
  }));

  test("the numbers of the answers follow the filters, their recommendations stay", inTab({ site: "answers" }, async (tab) => {
    const card = tab.locator("#answer-timers");
    const numbers = () => card.locator("li").first().textContent();
    const [given, recommended] = [await numbers(), await card.locator("p b").textContent()];
    await field(tab, "Compare with").selectOption("threads");
    const row = await cell(tab, "timer-precision", "tokio");
    assert.match(await numbers(), new RegExp(`^timer-precision: compared with threads, tokio ${row.replace(/[.()]/g, "\\$&")}, `));
    assert.match(await tab.locator("#controls output").textContent(), /^Recommendations compare all runners/);
    const shown = await numbers();
    await tab.reload();
    assert.equal(await numbers(), shown);
    await tab.locator("#controls").getByLabel("memory", { exact: true }).check();
    assert.match(await numbers(), /^timer-precision: tokio [\d.]+\u00a0MiB, /);
    await field(tab, "Compare with").selectOption("tokio");
    await tab.locator("#controls").getByLabel("ratio", { exact: true }).check();
    assert.equal(await numbers(), given);
    assert.equal(await card.locator("p b").textContent(), recommended);
  }));

  test("keeps settled results in view under every filter", inTab({ hash: "#only=1" }, async (tab) => {
    const settled = await rows(tab);
    for (const label of ["absolute", "CPU time"]) {
      await tab.locator("#controls").getByLabel(label, { exact: true }).check();
      assert.deepEqual(await rows(tab), settled, label);
    }
  }));

  test("a check is never ranked, whoever is compared with", inTab({ site: "answers", hash: "#base=smol&show=absolute&find=deadlock" }, async (tab) => {
    assert.equal(await cell(tab, "deadlock", "tokio"), "deadlocks until canceled");
    assert.equal(await cell(tab, "deadlock", "threads"), "fails");
    await field(tab, "only settled").check();
    assert.deepEqual(await rows(tab), ["deadlock"]);
  }));

  test("filters by workload and topic, ignoring case", inTab({}, async (tab) => {
    await field(tab, "Filter").fill("TIMERS, g");
    assert.deepEqual(await rows(tab), ["Many timers, gathered"]);
    assert.equal(await hash(tab), "#find=TIMERS,+g");
    assert.match(await tab.locator("#controls output").textContent(), /^1 of \d+ rows$/);
    await field(tab, "Filter").press("Enter");
    await tab.reload();
    assert.deepEqual(await rows(tab), ["Many timers, gathered"]);
    await field(tab, "Filter").fill("scheduling");
    assert.deepEqual(await rows(tab), ["Spawn and join"]);
    assert.equal(await tab.locator(".matrix tbody:visible").count(), 1, "an empty topic has no heading");
  }));

  test("shows one suite, and the address says so", inTab({}, async (tab) => {
    const all = await rows(tab);
    await field(tab, "Suite").selectOption("files");
    assert.deepEqual(await rows(tab), ["Echo over TCP", "Bytes per idle task"]);
    assert.equal(await hash(tab), "#suite=files");
    await field(tab, "Filter").fill("idle");
    assert.deepEqual(await rows(tab), ["Bytes per idle task"]);
    await tab.reload();
    assert.deepEqual(await rows(tab), ["Bytes per idle task"]);
    await tab.evaluate(() => { location.hash = "#suite=nothing"; });
    await tab.waitForFunction((count) => document.querySelectorAll(".matrix tr[data-row]:not([hidden])").length === count, all.length);
    assert.equal(await field(tab, "Suite").inputValue(), "");
  }));

  test("copies what it shows as Markdown", inTab({ hash: "#find=timers", permissions: ["clipboard-read", "clipboard-write"] }, async (tab) => {
    await tab.getByRole("button", { name: "Copy as Markdown" }).click();
    await tab.getByText("Copied").waitFor();
    const lines = (await tab.evaluate(() => navigator.clipboard.readText())).split("\n");
    assert.match(lines[0], /^\| Workload \| .*tokio.* \| /);
    assert.match(lines[2], /^\| Many timers, gathered \| .*12× slower/);
  }));

  test("the command for a sharper run is copied", inTab({ permissions: ["clipboard-read", "clipboard-write"] }, async (tab) => {
    await tab.locator("[data-copy]").click();
    await tab.getByText("Copied").waitFor();
    assert.match(await tab.evaluate(() => navigator.clipboard.readText()), /--profile standard$/);
  }));

  test("follows an address that changes, and leaves a plain anchor alone", inTab({ hash: "#find=idle" }, async (tab) => {
    assert.deepEqual(await rows(tab), ["Bytes per idle task"]);
    await tab.evaluate(() => { location.hash = "#base=smol"; });
    await tab.waitForFunction(() => document.querySelectorAll(".matrix tr[data-row]:not([hidden])").length > 1);
    await tab.evaluate(() => { location.hash = "#table"; });
    await tab.waitForTimeout(100);
    assert.equal(await hash(tab), "#table");
    assert.equal(await field(tab, "Compare with").inputValue(), "smol");
  }));

  test("an address that makes no sense changes nothing", inTab({ hash: "#=&base=nobody&show=x&find&theme=__proto__" }, async (tab) => {
    assert.equal(await cell(tab, "Many timers", "threads"), "12× slower");
    assert.equal((await theme(tab))[0], "auto");
  }));

  test("arrows move from row to row, and a topic is one stop", inTab({}, async (tab) => {
    const links = tab.locator(".matrix tr[data-row]:visible th a");
    await links.first().focus();
    await tab.keyboard.press("ArrowDown");
    assert.equal(await tab.evaluate(() => document.activeElement.textContent), (await rows(tab))[1]);
    const stops = await links.evaluateAll((all) => all.filter((link) => link.tabIndex === 0).length);
    assert.equal(stops, await tab.locator(".matrix tbody:visible").count());
  }));
});

describe("the theme", () => {
  test("goes from auto to dark to light and holds on the next page", inTab({ colorScheme: "light" }, async (tab) => {
    const button = tab.locator("button[data-theme-switch]");
    assert.deepEqual(await theme(tab), ["auto", WHITE]);
    await button.click();
    const [name, ground] = await theme(tab);
    assert.equal(name, "dark");
    assert.notEqual(ground, WHITE);
    assert.equal(await hash(tab), "#theme=dark");
    assert.equal(await button.textContent(), "Theme: dark");
    await tab.goto(tab.url().replace(/index\.html.*/, "method.html"));
    assert.deepEqual(await theme(tab), ["dark", ground]);
    await button.click();
    await tab.emulateMedia({ colorScheme: "dark" });
    assert.deepEqual(await theme(tab), ["light", WHITE]);
    await button.click();
    assert.deepEqual(await theme(tab), ["auto", ground]);
    assert.equal(await hash(tab), "");
  }));

  test("comes from the address", inTab({ hash: "#theme=dark", colorScheme: "light" }, async (tab) => {
    assert.notEqual((await theme(tab))[1], WHITE);
  }));

  test("works where nothing may be remembered", async () => {
    const { tab, complaints, close } = await open(browser, page("usual", "data.html"));
    await tab.addInitScript(() => {
      Object.defineProperty(globalThis, "localStorage", { get() { throw new Error("refused"); } });
    });
    await tab.reload();
    await tab.locator("button[data-theme-switch]").click();
    assert.equal((await theme(tab))[0], "dark");
    assert.deepEqual(complaints, []);
    await close();
  });
});

describe("the keyboard", () => {
  test("reaches and works every control", inTab({}, async (tab) => {
    const wanted = await tab.locator("button:visible, select:visible, input:not([type=radio]):visible, input:checked[type=radio]:visible, summary:visible").count();
    const reached = new Set();
    for (let press = 0; press < 400 && reached.size < wanted; press += 1) {
      await tab.keyboard.press("Tab");
      const at = await tab.evaluate(() => {
        const { activeElement } = document;
        const controls = [...document.querySelectorAll("button, select, input, summary")];
        const outline = getComputedStyle(activeElement).outlineStyle;
        return { place: controls.indexOf(activeElement), outline };
      });
      if (at.place >= 0) {
        reached.add(at.place);
        assert.notEqual(at.outline, "none", "the focus shows");
      }
    }
    assert.equal(reached.size, wanted);
  }));
});

test("a claim leads to its evidence, and the evidence back to it", inTab({ site: "claims", page: "claims.html" }, async (tab) => {
  assert.equal(await tab.locator(".bar [aria-current]").textContent(), "Claims");
  const depends = tab.locator(".claims tbody tr").filter({ hasText: "take turns" });
  assert.match(await depends.textContent(), /± depends$/);
  await depends.getByRole("link").first().click();
  assert.equal(await hash(tab), "#claim-locks-take-turns");
  const claim = tab.locator("#claim-locks-take-turns");
  await claim.getByRole("link", { name: "lock-per-call" }).click();
  await tab.getByRole("link", { name: /^“An asynchronous lock/ }).click();
  assert.match(tab.url(), /\/claims\.html#claim-locks-take-turns$/);
  await claim.getByRole("link", { name: "coroutine", exact: true }).click();
  assert.match(tab.url(), /\/glossary\.html#term-coroutine$/);
}));

test("a workload page says why, with the event named as code and every count folded", inTab({ page: "w/tcp-echo.html" }, async (tab) => {
  const why = tab.locator("#c-tcp-echo-tasks-1000-why");
  assert.equal(await why.getByRole("heading", { name: "Why" }).count(), 1);
  const settled = await tab.locator("#c-tcp-echo-tasks-1000-result td:is(.sf, .ss)").count();
  const rows = why.locator(":scope > .scroll tbody tr");
  assert.ok(settled > 0);
  assert.equal(await rows.count(), settled);
  for (const row of await rows.all()) {
    assert.match(await row.locator("td").first().textContent(), /^[+−][\d.]+\u00a0[µm]s per message$/);
    assert.equal(await row.locator("code").first().textContent(), "epoll_wait");
  }
  const counts = why.locator("details").first();
  assert.equal(await counts.locator("table:visible").count(), 0);
  await counts.locator("summary").press("Enter");
  assert.match(await counts.locator("tbody th", { hasText: "epoll_wait" }).textContent(), /^ {2}epoll_wait$/);
}));

test("a comparison of two builds says why its rows differ", inTab({ site: "compared" }, async (tab) => {
  const why = tab.locator("section.why");
  assert.ok(await why.locator("code", { hasText: "epoll_wait" }).count() > 0);
  assert.equal(await why.locator("details").count(), await why.locator(":scope > .scroll tbody tr").count());
}));

test("the preview picture is one that a browser shows", inTab({ site: "answers", page: "preview.png" }, async (tab) => {
  assert.deepEqual(await tab.evaluate(() => [document.images[0].naturalWidth, document.images[0].naturalHeight]), [1200, 630]);
}));

test("names from a hostile file are text, and the controls work with them", inTab({ site: "hostile" }, async (tab) => {
  assert.equal(await tab.locator("img, [onmouseover], [onerror]").count(), 0);
  assert.equal(await tab.evaluate(() => document.scripts.length), 2);
  const select = tab.locator("#controls select[name=base]");
  const names = await tab.locator(".matrix th[data-runner]").evaluateAll((heads) => heads.map((head) => head.dataset.runner));
  await select.selectOption(names[1]);
  await tab.reload();
  assert.equal(await select.inputValue(), names[1]);
  assert.match(await tab.locator(".matrix tr[data-row]:visible td.sf > span").first().textContent(), /faster$/);
}));
