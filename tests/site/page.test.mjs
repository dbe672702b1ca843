// Every page of every site: what must hold of each, in both themes and two widths.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { judge } from "./accessible.mjs";
import { launch, open, pages } from "./browser.mjs";
import { faintTexts } from "./contrast.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [1280, 320];
const THEMES = ["light", "dark"];

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
  .filter((element) => !element.closest("svg") && element.scrollWidth > element.clientWidth + 1)
  .map((element) => `${element.tagName} ${element.className} ${element.scrollWidth} > ${element.clientWidth}`);

const openDetails = () =>
  document.querySelectorAll("details").forEach((part) => { part.open = true; });

// What folds is laid out a frame after the medium has changed.
const painted = () =>
  new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); });

// Each once: what axe finds depends little on both together.
const AXE = ["light 1280", "dark 320"];

for (const { file, name } of pages) {
  describe(name, () => {
    test("in every look: quiet, fits, accessible, legible", async () => {
      const { tab, complaints, close } = await open(browser, file);
      await tab.evaluate(openDetails);
      const found = [];
      for (const colorScheme of THEMES) {
        for (const width of WIDTHS) {
          const look = `${colorScheme} ${width}`;
          await tab.emulateMedia({ colorScheme });
          await tab.setViewportSize({ width, height: 900 });
          const wide = await tab.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
          if (wide > 0) found.push(`${look}: the page scrolls sideways by ${wide} px`);
          found.push(...(await tab.evaluate(faintTexts)).map((text) => `${look}: ${text}`));
          if (AXE.includes(look)) found.push(...(await judge(tab, axe)).map((fault) => `${look}: ${fault}`));
        }
      }
      assert.deepEqual([...found, ...complaints], []);
      await close();
    });

    test("scripts off: every figure, no dead control", async () => {
      const { tab, complaints, close } = await open(browser, file, { javaScriptEnabled: false });
      // evaluate() works all the same: only the page's own scripts are off.
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
}
