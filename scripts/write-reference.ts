// Writes docs/openapi.json, docs/errors.md and docs/faces.md from the code; tests compare them with what is committed.
import { writeFileSync } from "node:fs";
import { errorsPage, facesPage, openApiText } from "../src/testing/reference.ts";

writeFileSync(new URL("../docs/openapi.json", import.meta.url), await openApiText());
writeFileSync(new URL("../docs/errors.md", import.meta.url), errorsPage());
writeFileSync(new URL("../docs/faces.md", import.meta.url), facesPage());
process.exit(0);
