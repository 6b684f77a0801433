import { createS3, type HttpClient, type SecretMap } from "../../connectors/index.ts";
import { assertNever } from "../../kernel/index.ts";
import type { SyncConfig } from "../syncs/sync.ts";
import { createFileTarget } from "./file-target.ts";
import { createFolderFiles } from "./folder-files.ts";
import { createSqlTarget } from "./sql-target.ts";
import type { Target } from "./target.ts";
import { createWebhookTarget } from "./webhook-target.ts";

export type TargetDeps = { readonly http: HttpClient; readonly now: () => number; readonly dropDir: string };

/** The target of a sync's type. */
export function createTarget(config: SyncConfig, secrets: SecretMap, deps: TargetDeps): Target {
  switch (config.type) {
    case "webhook":
      return createWebhookTarget(config, secrets, deps);
    case "s3": {
      const { accessKeyId = "", secretAccessKey = "", sessionToken } = secrets;
      const s3 = createS3({ ...config, accessKeyId, secretAccessKey, sessionToken }, deps.http, deps.now);
      return createFileTarget(config.format, (name, body, type, signal) =>
        s3.put(`${config.prefix}${name}`, body, type, signal),
      );
    }
    case "folder":
      return createFileTarget(config.format, createFolderFiles(deps.dropDir, config.path));
    case "sql":
      return createSqlTarget(config, secrets);
    default:
      return assertNever(config);
  }
}
