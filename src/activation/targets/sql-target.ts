import type { SecretMap } from "../../connectors/index.ts";
import type { SqlSync } from "../syncs/sync.ts";
import { openMysqlTable } from "./mysql-table.ts";
import { openPostgresTable } from "./postgres-table.ts";
import { judgeSqlFailure } from "./sql-errors.ts";
import type { Target, ToldChange } from "./target.ts";

/** An open table. Functions throw the errors of the database. */
export type SqlTable = {
  /** Both in one transaction: exits deleted by their key, entries written over what is there. */
  readonly write: (
    entered: readonly ToldChange[],
    exited: readonly ToldChange[],
    audience: string,
    at: number,
  ) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** One row an identifier; only rows that this sync told are ever deleted. Several syncs may share a table. */
export function createSqlTarget(config: SqlSync, secrets: SecretMap): Target {
  let opened: Promise<SqlTable> | undefined;
  const open = () => {
    opened ??= config.engine === "postgres" ? openPostgresTable(config, secrets) : openMysqlTable(config, secrets);
    return opened;
  };
  const close = async (): Promise<void> => {
    const table = opened;
    opened = undefined;
    // One that could not be opened or breaks while it closes is as closed as it can be.
    await table?.then((one) => one.close()).catch(() => undefined);
  };
  return {
    send: async (changes, { audience, at }) => {
      try {
        const table = await open();
        await table.write(
          changes.filter(({ op }) => op === "entered"),
          changes.filter(({ op }) => op === "exited"),
          audience.key,
          at,
        );
        return { kind: "done" };
      } catch (error) {
        const result = judgeSqlFailure(error, config.host);
        if (result.kind === "down") await close();
        return result;
      }
    },
    finish: async () => ({ kind: "done" }),
    close,
  };
}
