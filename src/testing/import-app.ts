import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AcceptRequest, AcceptResult } from "../collect/index.ts";
import { createImportRoutes, createImports, type Imports, type ImportsDeps } from "../connectors/index.ts";
import { createHttpServer, type HttpServer } from "../http/index.ts";
import { createLogger, systemClock } from "../kernel/index.ts";
import { migrate } from "../storage/index.ts";
import { startTestApp, type TestApp } from "./start-test-app.ts";

const migrations = fileURLToPath(new URL("../connectors/migrations", import.meta.url));

export type ImportApp = {
  readonly app: TestApp;
  readonly imports: Imports;
  /** The HTTP API of imports. */
  readonly server: HttpServer;
  /** Writes a file into a folder that goes with the app. @returns its path */
  readonly write: (name: string, content: string | Buffer) => string;
  readonly close: () => Promise<void>;
};

/** The whole program on embedded engines with imports; `accept` may stand between them and the event path. */
export async function startImportApp(
  options: {
    readonly dataDir?: string;
    readonly accept?: (
      request: AcceptRequest,
      accept: (request: AcceptRequest) => Promise<AcceptResult>,
    ) => Promise<AcceptResult>;
    readonly deps?: Partial<ImportsDeps>;
  } = {},
): Promise<ImportApp> {
  const app = await startTestApp(options.dataDir === undefined ? {} : { dataDir: options.dataDir });
  await migrate(app.engines, [migrations]);
  const { accept } = options;
  const logger = createLogger("silent");
  const imports = createImports({
    postgres: app.engines.postgres,
    clickhouse: app.engines.clickhouse,
    accept: accept ? (request) => accept(request, app.collect.accept) : app.collect.accept,
    waiting: async () => (await app.collect.counts()).pending,
    acceptedSoFar: app.collect.acceptedSoFar,
    catalog: app.catalog,
    clock: systemClock,
    logger,
    dataDir: app.dataDir,
    defaultCurrency: "USD",
    defaultStoreView: "default",
    ...options.deps,
  });
  const server = createHttpServer({
    config: { publicUrl: "http://localhost", openDiscovery: false },
    logger,
    clock: systemClock,
    authenticate: app.access.authenticate,
  });
  await server.register(createImportRoutes({ imports }));
  await server.ready();
  const folder = mkdtempSync(join(tmpdir(), "clientele-import-"));
  return {
    app,
    imports,
    server,
    write: (name, content) => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
    close: async () => {
      await imports.stop();
      await server.close();
      await app.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
