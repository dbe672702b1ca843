// What the controls say they do, they do; the address keeps it; the keyboard reaches it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, open, page } from "./browser.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** Runs a test in a tab that must have nothing to complain about. */
const inTab = (options, work) => async () => {
  const { tab, complaints, close } = await open(browser, page(options.site ?? "usual", options.page), options);
  await work(tab);
  assert.deepEqual(complaints, []);
  await close();
};
const hash = (tab) => tab.evaluate(() => location.hash);
const rows = (tab) => tab.locator(".matrix tr[data-kind]:visible th a").allTextContents();
const columns = (tab) => tab.locator(".matrix th[data-runner]:visible").evaluateAll((heads) =>
  heads.map((head) => head.dataset.runner));
const counts = (tab) => tab.locator("#controls output").textContent();
const box = (tab, name) => tab.locator("#controls").getByLabel(name, { exact: true });
const theme = (tab) => tab.evaluate(() => [
  document.documentElement.dataset.theme, getComputedStyle(document.body).backgroundColor]);

const WHITE = "rgb(255, 255, 255)";

describe("the table", () => {
  test("shows the kinds that are ticked, and the address says so", inTab({}, async (tab) => {
    const before = await rows(tab);
    await box(tab, "CPU-bound").uncheck();
    await box(tab, "Concurrency").uncheck();
    assert.equal(await hash(tab), "#kind=io,memory");
    const left = await rows(tab);
    assert.ok(left.length < before.length && left.includes("Echo over TCP"), String(left));
    assert.ok(!left.includes("Independent CPU jobs"));
    assert.equal(await tab.locator(".matrix tbody:visible").count(), 2, "an empty kind has no heading");
    assert.match(await counts(tab), new RegExp(`^${left.length} of ${before.length} workloads`));
    await tab.reload();
    assert.deepEqual(await rows(tab), left, "after loading anew");
    assert.equal(await box(tab, "CPU-bound").isChecked(), false);
  }));

  test("hides a runner's column, head and cells", inTab({}, async (tab) => {
    const cell = () => tab.locator(".matrix tr[data-kind]").first().locator("td:visible").count();
    const [before, cells] = [await columns(tab), await cell()];
    await box(tab, "smol").uncheck();
    await box(tab, "tokio-current-thread").uncheck();
    assert.equal(await hash(tab), "#hide=smol,tokio-current-thread");
    const left = before.filter((name) => !["smol", "tokio-current-thread"].includes(name));
    assert.deepEqual(await columns(tab), left);
    assert.equal(await cell(), cells - 2);
    const spans = await tab.locator(".matrix th[scope=colgroup]:visible").evaluateAll((heads) =>
      heads.map((head) => head.colSpan));
    assert.deepEqual(spans, [left.length], "a class without runners has no heading");
    assert.match(await counts(tab), /5 of 7 runners/);
  }));

  test("sorts each kind by a runner, those without a figure last", inTab({}, async (tab) => {
    const plan = await rows(tab);
    await tab.getByLabel("Sort each kind by").selectOption("tokio");
    assert.equal(await hash(tab), "#sort=tokio");
    const found = await tab.locator(".matrix tbody").evaluateAll((bodies) => bodies.map((body) => {
      const heads = [...document.querySelectorAll(".matrix th[data-runner]")];
      const at = heads.findIndex((head) => head.dataset.runner === "tokio") + 1;
      return [...body.querySelectorAll("tr[data-kind]")].map((row) => Number(row.cells[at].dataset.x ?? Infinity));
    }));
    for (const kind of found) assert.deepEqual(kind, [...kind].sort((a, b) => a - b));
    assert.ok(found.some((kind) => kind.length > 1) && found.flat().includes(Infinity), String(found));
    assert.notDeepEqual(await rows(tab), plan);
    await tab.getByLabel("Sort each kind by").selectOption("-");
    assert.deepEqual(await rows(tab), plan);
    assert.equal(await hash(tab), "");
  }));

  test("finds a workload by its name, whatever the case", inTab({}, async (tab) => {
    await tab.getByLabel("Find").fill("TIMERS, g");
    assert.deepEqual(await rows(tab), ["Many timers, gathered"]);
    assert.equal(await hash(tab), "#find=TIMERS,+g");
    await tab.getByLabel("Find").press("Enter");
    await tab.reload();
    assert.deepEqual(await rows(tab), ["Many timers, gathered"]);
    assert.equal(await tab.getByLabel("Find").inputValue(), "TIMERS, g");
  }));

  test("shows all again", inTab({ hash: "#kind=io&hide=smol&sort=rayon&find=echo" }, async (tab) => {
    assert.deepEqual(await rows(tab), ["Echo over TCP"]);
    await tab.getByRole("button", { name: "Show all" }).click();
    await tab.waitForFunction(() => location.hash === "");
    assert.equal((await columns(tab)).length, 7);
    assert.match(await counts(tab), /^(\d+) of \1 workloads, 7 of 7 runners shown$/);
  }));

  test("follows an address that changes, and leaves a plain anchor alone", inTab({ hash: "#kind=memory" }, async (tab) => {
    assert.deepEqual(await rows(tab), ["Bytes per idle task"]);
    await tab.evaluate(() => { location.hash = "#hide=rayon"; });
    await tab.waitForFunction(() => document.querySelector(".matrix th[data-runner=rayon]").hidden);
    assert.ok((await rows(tab)).length > 1);
    await tab.evaluate(() => { location.hash = "#table"; });
    await tab.waitForTimeout(100);
    assert.equal(await hash(tab), "#table");
    assert.ok(!(await columns(tab)).includes("rayon"));
  }));

  test("an address that makes no sense changes nothing", inTab({ hash: "#=&kind&sort=%E0%A4%A&hide=nobody&for=x,y,z&theme=__proto__" }, async (tab) => {
    assert.equal((await columns(tab)).length, 7);
    assert.equal((await theme(tab))[0], "auto");
  }));

  test("dims the other runners under the pointer", inTab({}, async (tab) => {
    const opacity = (column) => tab.locator(".matrix tr[data-kind]").first().locator("td").nth(column)
      .evaluate((cell) => Number(getComputedStyle(cell).opacity));
    assert.equal(await opacity(1), 1);
    await tab.locator(".matrix th[data-runner]").first().hover();
    assert.deepEqual([await opacity(0), (await opacity(1)) < 1], [1, true]);
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

describe("the chooser", () => {
  const says = (tab) => tab.locator("#chooser output").textContent();
  const ranks = (tab, place) => tab.locator(`#rank-${place} li`).allTextContents();
  const weights = (tab) => tab.locator("#reasons tbody tr:not([hidden]) td:nth-child(2)").allTextContents();

  test("ranks by what was chosen, and the address keeps it", inTab({}, async (tab) => {
    const all = await ranks(tab, 0);
    await tab.getByLabel("Kind of work").selectOption("memory");
    await tab.getByLabel("Tasks at a time").selectOption("10000");
    await tab.getByLabel("What matters").selectOption("memory");
    assert.equal(await hash(tab), "#for=memory,10000,memory");
    // Made up: 1000 tasks, smol 0.7, async-std 0.8, tokio 1.0, threads 25.
    assert.match(await says(tab), /^Several threads: smol costs least, async-std 1\.1\d times as much\./);
    const found = await ranks(tab, 0);
    assert.notDeepEqual(found, all);
    assert.match(found[0], /^smol: 1\.00×, measured in 1 of 1$/);
    assert.ok(found.includes("rayon: not ranked, measured in 0 of 1"), String(found));
    assert.deepEqual(await weights(tab), ["0.5"], "a factor of ten away");
    await tab.reload();
    assert.deepEqual(await ranks(tab, 0), found);
  }));

  test("never ranks one thread against several", inTab({}, async (tab) => {
    assert.equal((await ranks(tab, 1)).length, 0, "alone in its class: nobody to be ranked with");
    assert.ok(!(await ranks(tab, 0)).join().includes("current-thread"));
    assert.doesNotMatch(await says(tab), /One thread/);
  }));

  test("shows a ratio and a weight for all that counted", inTab({ hash: "#for=io,100,speed" }, async (tab) => {
    await tab.getByText("What counted, and with which weight").click();
    const shown = tab.locator("#reasons tbody tr:visible");
    assert.ok(await shown.count() > 1);
    for (const row of await shown.all()) {
      assert.ok(Number(await row.locator("td").first().textContent()) > 0);
      assert.ok((await row.locator("td").allTextContents()).includes("1.00×"), "the best of its class");
      assert.match(await row.locator("a").getAttribute("href"), /^w\/.*\.html/);
    }
  }));

  test("of a workload only the comparison nearest in size counts", inTab({ site: "sweep" }, async (tab) => {
    const shown = () => tab.locator("#reasons tbody tr:not([hidden]) small").allTextContents();
    assert.equal((await shown()).length, 8, "any size: all share one weight");
    assert.deepEqual(new Set(await weights(tab)), new Set(["0.125"]));
    await tab.getByLabel("Tasks at a time").selectOption("100");
    assert.match((await shown()).join("|"), /^tasks 100(?!\d)[^|]*$/);
    assert.match(await says(tab), /^Several threads: steady costs least, eager 1\.[12]\d times as much\./);
    await tab.getByLabel("Tasks at a time").selectOption("10000");
    assert.match(await says(tab), /^Several threads: a tie within 3 %: /);
    await tab.getByLabel("Tasks at a time").selectOption("100000");
    assert.equal((await shown()).length, 3, "100 000 and more");
    assert.match(await says(tab), /^Several threads: eager costs least/);
  }));

  test("is the geometric mean of the ratios that it shows", inTab({}, async (tab) => {
    const table = await tab.locator("#reasons").evaluate((reasons) => ({
      names: [...reasons.tHead.rows[0].cells].slice(2).map((cell) => cell.textContent),
      rows: [...reasons.tBodies[0].rows].filter((row) => !row.hidden)
        .map((row) => [...row.cells].slice(1).map((cell) => parseFloat(cell.textContent))),
    }));
    for (const text of (await ranks(tab, 0)).filter((text) => text.includes("×"))) {
      const [, name, mean] = text.match(/^(.*): ([\d.]+)×/);
      const at = table.names.indexOf(name) + 1;
      const met = table.rows.filter((row) => row[at]);
      const logs = met.reduce((sum, row) => sum + row[0] * Math.log(row[at]), 0);
      const expected = Math.exp(logs / met.reduce((sum, row) => sum + row[0], 0));
      assert.ok(Math.abs(mean / expected - 1) < 0.01, `${text}, expected ${expected}`);
    }
  }));
});

describe("the keyboard", () => {
  test("reaches and works every control", inTab({}, async (tab) => {
    const wanted = await tab.locator("button:visible, select:visible, input:visible, summary:visible").count();
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

  test("hides a runner and filters without a pointer", inTab({}, async (tab) => {
    await box(tab, "rayon").focus();
    await tab.keyboard.press("Space");
    assert.equal(await hash(tab), "#hide=rayon");
    await tab.getByLabel("Find").focus();
    await tab.keyboard.type("echo");
    assert.deepEqual(await rows(tab), ["Echo over TCP"]);
  }));
});

test("a claim leads to its evidence, and the evidence back to it", inTab({ page: "claims.html" }, async (tab) => {
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

test("names from a hostile file are text, and the controls work with them", inTab({ site: "hostile" }, async (tab) => {
  assert.equal(await tab.locator("img, [onmouseover], [onerror]").count(), 0);
  assert.equal(await tab.evaluate(() => document.scripts.length), 2);
  const before = (await columns(tab)).length;
  const box = tab.locator("#controls input[name=hide]").first();
  await box.uncheck();
  assert.equal((await columns(tab)).length, before - 1);
  await tab.reload();
  assert.equal((await columns(tab)).length, before - 1);
  assert.equal(await box.isChecked(), false);
}));
