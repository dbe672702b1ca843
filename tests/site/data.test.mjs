// The data beside the pages, judged by a validator that shares no code with the program.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Ajv from "ajv/dist/2020.js";
import { sites } from "./browser.mjs";

const read = (site, name) => JSON.parse(readFileSync(join(site.folder, name), "utf8"));

// The odd figures can come from no file: JSON knows neither NaN nor infinity.
// A comparison has a document of its own.
for (const site of sites.filter(({ name }) => !["odd", "compared"].includes(name))) {
  test(`${site.name}: data.json is what schema.json says`, () => {
    // `format: uint64` and the like are for people.
    const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true })
      .compile(read(site, "schema.json"));
    const data = read(site, "data.json");
    validate(data);
    assert.deepEqual((validate.errors ?? []).slice(0, 5), []);
    // A schema that allows everything would show nothing.
    delete data.run;
    assert.equal(validate(data), false);
  });
}
