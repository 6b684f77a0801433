import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

export type Migration = {
  /** `<capability>/<file>`, the key of what was applied. */
  readonly id: string;
  readonly capability: string;
  readonly name: string;
  readonly engine: "postgres" | "clickhouse";
  /** SHA-256 of the text, hexadecimal. */
  readonly checksum: string;
  readonly text: string;
};

const filePattern = /^\d{4}_[a-z0-9_]+(\.clickhouse)?\.sql$/;

/**
 * Migrations of one folder `…/<capability>/migrations` in order of their numbers; a missing folder has none.
 *
 * @throws {Error} for a file whose name is no `NNNN_name.sql` or `NNNN_name.clickhouse.sql`: it would never be applied
 */
export function readMigrations(folder: string): readonly Migration[] {
  if (!existsSync(folder)) return [];
  const capability = basename(dirname(folder));
  return readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .map((name) => {
      if (!filePattern.test(name))
        throw new Error(`${join(folder, name)} must be named NNNN_name.sql or NNNN_name.clickhouse.sql`);
      const text = readFileSync(join(folder, name), "utf8");
      return {
        id: `${capability}/${name}`,
        capability,
        name,
        engine: name.endsWith(".clickhouse.sql") ? "clickhouse" : "postgres",
        checksum: createHash("sha256").update(text).digest("hex"),
        text,
      };
    });
}
