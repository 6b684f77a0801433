import { join } from "node:path";
import { fileURLToPath } from "node:url";

const shared = fileURLToPath(new URL("../../../shared/", import.meta.url));

/** A path in the folder of case files; may not be there. */
export const inFixtures = (...path: readonly string[]): string =>
  join(process.env["CLIENTELE_FIXTURES"] ?? join(shared, "fixtures"), ...path);

/** A path in the folder of data sets; may not be there. */
export const inData = (...path: readonly string[]): string =>
  join(process.env["CLIENTELE_DATA"] ?? join(shared, "data"), ...path);
