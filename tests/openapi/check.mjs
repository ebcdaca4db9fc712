// check.mjs FILE: is it a valid OpenAPI 3.1 document, do all its references lead somewhere, is every schema in it sound?
// Prints each fault on a line of its own, then "N passed, M failed".
import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import Ajv2020 from "ajv/dist/2020.js";

const text = readFileSync(process.argv[2], "utf8");
const api = JSON.parse(text);
let passed = 0;
let failed = 0;

function expect(good, what) {
  if (good) passed++;
  else {
    failed++;
    console.log("fault: " + what);
  }
}

const validator = new Validator();
const result = await validator.validate(JSON.parse(text));
expect(validator.version === "3.1", "it is not OpenAPI 3.1 but " + validator.version);
expect(result.valid, "it is no valid OpenAPI document: " + JSON.stringify(result.errors, null, 1));

// Every schema by itself, strictly: an unknown keyword, a wrong bound or a broken pattern is a fault.
const ajv = new Ajv2020({ strict: true, strictTypes: true, allowUnionTypes: true, strictRequired: true });
for (const name of ["id", "money-minor", "quantity-thousandths", "parts-per-million", "unix-ms", "password"]) ajv.addFormat(name, true);
for (const name of ["x-personal", "x-merx-prefix", "x-merx-codes", "components"]) ajv.addKeyword(name);
ajv.addSchema({ $id: "api", components: api.components });
for (const name of Object.keys(api.components.schemas)) {
  try {
    ajv.compile({ $ref: "api#/components/schemas/" + name });
    passed++;
  } catch (error) {
    expect(false, "schema " + name + ": " + error.message);
  }
}

console.log(passed + " passed, " + failed + " failed");
process.exit(failed ? 1 : 0);
