// Every page of every site: what must hold for each, in both themes and at two widths.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { after, before, describe, test } from "node:test";
import { judge } from "./accessible.mjs";
import { kinds, launch, open, pages } from "./browser.mjs";
import { faintTexts } from "./contrast.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LOOKS = [["light", 1280], ["dark", 320]];

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** A control that shows but does nothing, or a figure that does not show. */
const dead = () => [...document.querySelectorAll("button, input, select, textarea, output")]
  .filter((control) => control.checkVisibility())
  .map((control) => control.outerHTML.slice(0, 120));

const hiddenFigures = () => [...document.querySelectorAll("table, svg.chart")]
  .filter((figure) => !figure.closest("[data-scripted]"))
  .filter((figure) => !figure.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }))
  .map((figure) => figure.outerHTML.slice(0, 120));

const clipped = () => [...document.querySelectorAll("*")]
  .filter((element) => element.checkVisibility() && !["visible", ""].includes(getComputedStyle(element).overflowX))
  // Text for screen readers only is one pixel wide.
  .filter((element) => !element.closest("svg") && element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1)
  .map((element) => `${element.tagName} ${element.className} ${element.scrollWidth} > ${element.clientWidth}`);

const openDetails = () =>
  document.querySelectorAll("details").forEach((part) => { part.open = true; });

// Folded parts are laid out one frame after the medium changes.
const painted = () =>
  new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); });

const FIRST = pages.filter(({ name }) => name === "answers/index.html");
/** How many of the elements lie entirely within the window. */
const visible = (tab, selector) => tab.locator(selector).evaluateAll((parts) => parts.filter((part) => {
  const { top, bottom, height } = part.getBoundingClientRect();
  return height > 0 && top >= 0 && bottom <= innerHeight;
}).length);

for (const { file, name } of FIRST) {
  test(`${name}: the first screen holds the answers and the first rows`, async () => {
    for (const [width, height, rows] of [[1280, 800, 10], [390, 844, 1]]) {
      const { tab, close } = await open(browser, file, { viewport: { width, height } });
      const answers = await tab.locator(".answer").count();
      assert.ok(answers >= 4 && answers <= 6, `${answers} answers`);
      assert.equal(await visible(tab, ".answer"), answers, `answers at ${width}`);
      const all = await tab.locator(".matrix tr[data-row]").count();
      const shown = await visible(tab, ".matrix tr[data-row]");
      assert.ok(shown >= Math.min(rows, all), `${shown} rows at ${width}`);
      await close();
    }
  });

  test(`${name}: the keyboard stops at most 60 times`, async () => {
    const { tab, close } = await open(browser, file);
    const stops = await tab.evaluate(() => [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex]")]
      .filter((part) => part.tabIndex >= 0 && part.checkVisibility()).length);
    assert.ok(stops <= 60, `${stops} stops`);
    await close();
  });

  test(`${name}: a screen reader hears the runner before each result`, async () => {
    const { tab, close } = await open(browser, file);
    const texts = await tab.locator(".matrix tr[data-row]").first().locator("td:visible").allTextContents();
    const names = await tab.locator(".matrix thead th[data-runner]:visible").evaluateAll((heads) =>
      heads.map((head) => head.dataset.runner));
    texts.forEach((text, place) => assert.ok(text.startsWith(`${names[place]} `), text));
    await close();
  });

  test(`${name}: paper holds the whole table on few pages`, async () => {
    const { tab, close } = await open(browser, file);
    const pdf = (await tab.pdf({ format: "A4" })).toString("latin1");
    const count = pdf.match(/\/Type\s*\/Page\b/g).length;
    assert.ok(count <= 3, `${count} pages`);
    await close();
  });
}

describe("each page", { concurrency: availableParallelism() }, () => kinds.forEach(({ file, name }) => {
  describe(name, () => {
    test("in every look: quiet, fits, accessible, legible", async () => {
      const { tab, complaints, close } = await open(browser, file);
      await tab.evaluate(openDetails);
      const found = [];
      // Each theme and width once: faults depend little on both together.
      for (const [colorScheme, width] of LOOKS) {
        const look = `${colorScheme} ${width}`;
        await tab.emulateMedia({ colorScheme });
        await tab.setViewportSize({ width, height: 900 });
        const wide = await tab.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
        if (wide > 0) found.push(`${look}: the page scrolls sideways by ${wide} px`);
        found.push(...(await tab.evaluate(faintTexts)).map((text) => `${look}: ${text}`));
        found.push(...(await judge(tab, axe)).map((fault) => `${look}: ${fault}`));
      }
      assert.deepEqual([...found, ...complaints], []);
      await close();
    });

    test("scripts off: every figure, no dead control", async () => {
      const { tab, complaints, close } = await open(browser, file, { javaScriptEnabled: false });
      // evaluate() still works: only the page's own scripts are off.
      await tab.evaluate(openDetails);
      assert.deepEqual(await tab.evaluate(dead), []);
      assert.deepEqual(await tab.evaluate(hiddenFigures), []);
      assert.deepEqual(complaints, []);
      await close();
    });

    test("on paper: every figure, nothing cut", async () => {
      const { tab, close } = await open(browser, file, { viewport: { width: 718, height: 1000 } });
      await tab.emulateMedia({ media: "print" });
      await tab.evaluate(painted);
      assert.deepEqual(await tab.evaluate(hiddenFigures), []);
      assert.deepEqual(await tab.evaluate(clipped), []);
      await close();
    });
  });
}));
