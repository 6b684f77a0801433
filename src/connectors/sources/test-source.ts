import { ClienteleError } from "../../kernel/index.ts";
import { createNameFilter } from "../files/drop-place.ts";
import { type FilesDeps, placeOf } from "../files/run-files.ts";
import type { SecretMap } from "../secrets/secret-box.ts";
import { openSqlReader } from "../sql/open-sql-reader.ts";
import type { SourceConfig, SqlSource } from "./source.ts";

export type TestResult = { readonly ok: boolean; readonly message: string; readonly columns?: readonly string[] };

const limitMs = 20_000;
const filesLooked = 100;

async function testSql(config: SqlSource, secrets: SecretMap): Promise<TestResult> {
  const reader = await openSqlReader(
    { ...config, statementTimeoutMs: Math.min(config.statementTimeoutMs, limitMs) },
    secrets,
  );
  try {
    if (config.mode === "cursor") {
      const [first] = await reader.page(null, 1);
      return {
        ok: true,
        message: first ? "the query yields rows" : "the query yields no row now",
        columns: Object.keys(first?.row ?? {}),
      };
    }
    for await (const rows of reader.scan(1))
      return { ok: true, message: "the query yields rows", columns: Object.keys(rows[0] ?? {}) };
    return { ok: true, message: "the query yields no row now", columns: [] };
  } finally {
    await reader.close();
  }
}

/** Looks whether a source can be reached, without taking anything. Never throws for what is wrong there. */
export async function testSource(
  config: SourceConfig,
  secrets: SecretMap,
  deps: Pick<FilesDeps, "http" | "dropDir" | "clock">,
): Promise<TestResult> {
  try {
    switch (config.type) {
      case "webhook":
        return { ok: true, message: "webhooks are tested from the other side: send one" };
      case "files": {
        const signal = AbortSignal.timeout(limitMs);
        const files = await placeOf(config, secrets, deps).list(createNameFilter(config.pattern), filesLooked, signal);
        return {
          ok: true,
          message: `${files.length}${files.length === filesLooked ? " or more" : ""} files fit the pattern`,
        };
      }
      case "sql":
        return await testSql(config, secrets);
    }
  } catch (error) {
    if (error instanceof ClienteleError) return { ok: false, message: error.message };
    throw error;
  }
}
