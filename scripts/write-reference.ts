// Writes docs/openapi.json and docs/errors.md from the code; tests compare them with what is committed.
import { writeFileSync } from "node:fs";
import { errorsPage, openApiText } from "../src/testing/reference.ts";

writeFileSync(new URL("../docs/openapi.json", import.meta.url), await openApiText());
writeFileSync(new URL("../docs/errors.md", import.meta.url), errorsPage());
process.exit(0);
