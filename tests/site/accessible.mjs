// Runs axe on a page. A rule that it cannot judge is accepted only for a known reason.

/** Rules that are not run, because another test covers them. */
const ELSEWHERE = {
  // contrast.mjs computes it for every text, also inside SVG and over shaded cells.
  "color-contrast": { enabled: false },
};

/** Rules that may end without a judgment, and why that is not a fault. */
const UNJUDGED = {
  "th-has-data-cells": "axe knows no scope=rowgroup: a kind heads the rows of its tbody",
};

/** The findings of axe, one per line: violations, and rules that it could not judge for no known reason. */
export const judge = async (tab, axe) => {
  if (!await tab.evaluate(() => "axe" in globalThis)) await tab.evaluate(axe);
  const { violations, incomplete } = await tab.evaluate((rules) =>
    globalThis.axe.run(document, { resultTypes: ["violations", "incomplete"], rules }), ELSEWHERE);
  const open = incomplete.filter((rule) => !(rule.id in UNJUDGED));
  const line = (rule) =>
    `${rule.id}: ${rule.help}: ${rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`;
  return [...violations, ...open].map(line);
};
