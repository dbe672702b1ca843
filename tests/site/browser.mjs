// The browser and the sites that it opens.

import { readdirSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

// `run` says where the sites are.
const folder = resolve(process.env.SITES);

/** Every file below a folder whose name has this ending. */
export const files = (below, ending) =>
  readdirSync(below, { recursive: true })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(below, name))
    .sort();

/** The sites by name. */
export const sites = readdirSync(folder)
  .map((name) => ({ name, folder: join(folder, name) }))
  .filter((site) => statSync(site.folder).isDirectory());

/** Every page of every site: its file, its site, and a short name. */
export const pages = sites.flatMap((site) =>
  files(site.folder, ".html").map((file) => ({ file, site, name: relative(folder, file) })));

/** One page of each kind: of the pages in one folder (workloads or runners), the first of each site. */
const inFolder = new Map();
export const kinds = pages.filter(({ name }) => {
  const folder = dirname(name);
  const nth = inFolder.get(folder) ?? 0;
  inFolder.set(folder, nth + 1);
  return !folder.includes("/") || nth < 1;
});

/** A page of a site. */
export const page = (site, name = "index.html") => join(folder, site, name);

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });

/** Opens a file in a new tab; `complaints` collects errors of the page. */
export const open = async (browser, file, options = {}) => {
  const { hash = "", ...rest } = options;
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...rest });
  const tab = await context.newPage();
  const complaints = [];
  tab.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  tab.on("pageerror", (error) => complaints.push(String(error)));
  tab.on("dialog", async (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  const own = pathToFileURL(folder).href;
  tab.on("request", (request) => {
    const address = request.url();
    if (!address.startsWith(own) && !address.startsWith("data:")) complaints.push(`asks for ${address}`);
  });
  await tab.goto(pathToFileURL(file).href + hash);
  return { tab, complaints, close: () => context.close() };
};
