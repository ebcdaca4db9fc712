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
for (const name of ["x-personal", "x-merx-prefix", "x-merx-codes", ...Object.keys(api)]) ajv.addKeyword(name);
ajv.addSchema({ ...api, $id: "api" }, "api", false, false);
function sound(pointer) {
  try {
    ajv.compile({ $ref: "api#" + pointer });
    passed++;
  } catch (error) {
    expect(false, "schema at " + pointer + ": " + error.message);
  }
}

// All references and all schemas, wherever they stand.
function walk(value, pointer) {
  if (typeof value !== "object" || value === null) return;
  if (typeof value.$ref === "string") {
    let target = value.$ref.startsWith("#/") ? api : undefined;
    for (const step of value.$ref.slice(2).split("/")) target = target?.[step.replaceAll("~1", "/").replaceAll("~0", "~")];
    expect(target !== undefined, "a reference at " + pointer + " leads nowhere: " + value.$ref);
  }
  for (const [name, inner] of Object.entries(value)) {
    const at = pointer + "/" + name.replaceAll("~", "~0").replaceAll("/", "~1");
    if (name === "schema" || pointer === "/components/schemas") sound(at);
    walk(inner, at);
  }
}
walk(api, "");

console.log(passed + " passed, " + failed + " failed");
process.exit(failed ? 1 : 0);
