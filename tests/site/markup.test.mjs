// The pages as files: valid, small, and without dead links.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { HtmlValidate } from "html-validate";
import { files, pages, sites } from "./browser.mjs";

const run = promisify(execFile);
const KIB = 1024;

// Messages of the Nu validator that do not apply, and why.
const UNSAID = [
  {
    words: /^Inline script violates Content Security Policy/,
    because: "it judges a script before it has read it, and takes data for a script; that the browser runs "
      + "what the policy allows, behavior.test.mjs shows",
  },
  {
    words: /^Consider using the “h1” element as a top-level heading only/,
    because: "the single page is several pages, each under its own heading",
  },
  {
    words: /^CSS: “(?:x|y|cx|cy|r)”: Property/,
    because: "it does not know that SVG 2 has geometry properties in CSS",
  },
  {
    words: /^This document appears to be written in/,
    because: "it guesses from names that were made up",
  },
];

test("the nu validator has nothing to say", async () => {
  const jar = createRequire(import.meta.url).resolve("vnu-jar/build/dist/vnu.jar");
  const args = ["-jar", jar, "--format", "json", "--exit-zero-always", ...pages.map(({ file }) => file)];
  const { stderr } = await run("java", args, { maxBuffer: 1 << 28 });
  const messages = JSON.parse(stderr).messages.filter(({ message }) =>
    !UNSAID.some(({ words }) => words.test(message)));
  const said = messages.map(({ url, lastLine, message, extract }) =>
    `${decodeURI(url.split("/").slice(-3).join("/"))}:${lastLine}: ${message} ${extract ?? ""}`);
  assert.deepEqual(said, []);
});

test("html-validate has nothing to say", async () => {
  const validator = new HtmlValidate({
    root: true,
    extends: ["html-validate:standard", "html-validate:a11y"],
    rules: {
      // A title contains the text of a workload.
      "long-title": "off",
      // Nothing is submitted: every control takes effect at once.
      "wcag/h32": "off",
    },
  });
  const { results } = await validator.validateMultipleFiles(pages.map(({ file }) => file));
  const said = results.flatMap(({ filePath, messages }) => messages.map(({ line, ruleId, message }) =>
    `${filePath.split("/").slice(-3).join("/")}:${line}: ${ruleId}: ${message}`));
  assert.deepEqual([...new Set(said)], []);
});

/** The targets of a page's links, and the anchors in it. */
const attributes = (html, name) =>
  [...html.matchAll(new RegExp(`\\s${name}="([^"]*)"`, "g"))].map(([, value]) => value.replaceAll("&amp;", "&"));

test("every link leads to a file, and to a place in it", () => {
  const ids = new Map();
  const idsOf = (file) => {
    if (!ids.has(file)) ids.set(file, new Set(attributes(readFileSync(file, "utf8"), "id")));
    return ids.get(file);
  };
  const dead = pages.flatMap(({ file, site, name }) =>
    [...attributes(readFileSync(file, "utf8"), "href"), ...attributes(readFileSync(file, "utf8"), "src")]
      .filter((link) => !link.startsWith("data:"))
      .filter((link) => {
        const [path, id] = decodeURI(link).split("#");
        const target = path ? join(dirname(file), path) : file;
        if (relative(site.folder, target).startsWith("..") || !existsSync(target)) return true;
        return id !== undefined && !idsOf(target).has(id);
      })
      .map((link) => `${name}: ${link}`));
  assert.deepEqual([...new Set(dead)], []);
});

test("no page is large, the script is small", (context) => {
  const large = [];
  for (const { file, name } of pages) {
    const html = readFileSync(file, "utf8");
    const scripts = [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, text]) => Buffer.byteLength(text));
    const data = [...html.matchAll(/<script [^>]*>(.*?)<\/script>/gs)].map(([, text]) => Buffer.byteLength(text));
    const size = statSync(file).size;
    const most = name.includes("single") ? 1024 * KIB : 150 * KIB;
    const line = `${name}: ${(size / KIB).toFixed(1)} KiB, script ${scripts.join(" + ") || 0} B, data ${data.join(" + ") || 0} B`;
    context.diagnostic(line);
    // Endless names make endless pages.
    const exempt = name.startsWith("hostile");
    if ((size > most && !exempt) || scripts.length > 1 || scripts[0] > 10 * KIB || data.some((bytes) => bytes > 40 * KIB)) large.push(line);
  }
  assert.deepEqual(large, []);
});

const meta = (html, name) =>
  html.match(new RegExp(`<meta (?:property|name)="${name}" content="([^"]*)"`))?.[1];

test("a link to a page shows a picture of the size that it states", () => {
  const bad = pages.filter(({ file }) => {
    const html = readFileSync(file, "utf8");
    const picture = readFileSync(join(dirname(file), meta(html, "og:image")));
    const [width, height] = [16, 20].map((at) => String(picture.readUInt32BE(at)));
    return picture.toString("latin1", 1, 4) !== "PNG" || picture.length > 120 * KIB
      || width !== "1200" || height !== "630"
      || width !== meta(html, "og:image:width") || height !== meta(html, "og:image:height")
      || !meta(html, "og:image:alt") || meta(html, "twitter:card") !== "summary_large_image";
  });
  assert.deepEqual(bad.map(({ name }) => name), []);
});

test("nothing is left over in a site: each file is a page or is linked to", () => {
  for (const site of sites) {
    const linked = new Set(pages.filter((page) => page.site === site).flatMap(({ file }) =>
      [...attributes(readFileSync(file, "utf8"), "href"), meta(readFileSync(file, "utf8"), "og:image")].map((link) => join(dirname(file), decodeURI(link.split("#")[0])))));
    const loose = files(site.folder, "").filter((file) => statSync(file).isFile() && !linked.has(file));
    assert.deepEqual(loose.filter((file) => !/index\.html$|\/\.[^/]*$/.test(file)), [], site.name);
  }
});
