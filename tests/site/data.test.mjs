// The data next to the pages, checked by a validator that shares no code with the program.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Ajv from "ajv/dist/2020.js";
import { sites } from "./browser.mjs";

const read = (site, name) => JSON.parse(readFileSync(join(site.folder, name), "utf8"));

// The odd figures cannot come from a file: JSON has neither NaN nor infinity.
// A comparison is a separate document.
for (const site of sites.filter(({ name }) => !["odd", "compared"].includes(name))) {
  test(`${site.name}: data.json is what schema.json says`, () => {
    // `format: uint64` and the like are for people.
    const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true })
      .compile(read(site, "schema.json"));
    const data = read(site, "data.json");
    validate(data);
    assert.deepEqual((validate.errors ?? []).slice(0, 5), []);
    // A schema that allows everything would prove nothing.
    delete data.run;
    assert.equal(validate(data), false);
  });
}
