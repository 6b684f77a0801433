import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { type App, createApp } from "../app.ts";
import { maskConfig, readConfig } from "../config.ts";
import type { DefinitionFile } from "../definitions/index.ts";
import { createLogger, maxPageSize } from "../kernel/index.ts";
import { checkEngines } from "../storage/index.ts";
import { UsageError } from "./usage.ts";

const manager = { actor: "command line", via: "cli" } as const;

/** Runs work on an app without HTTP and background jobs. */
async function withApp<T>(work: (app: App) => Promise<T>): Promise<T> {
  const app = await createApp({
    config: readConfig(undefined, { roles: [], demo: false }),
    logger: createLogger("warn"),
    withoutJobs: true,
  });
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

function print(value: unknown): void {
  process.stdout.write(`${typeof value === "string" ? value : JSON.stringify(value, null, 2)}\n`);
}

/** `clientele migrate`: applies what is missing. */
export async function migrateCommand(): Promise<number> {
  await withApp(async () => print("migrated"));
  return 0;
}

/** `clientele doctor`: engines, disk, durability. @returns 1 when a check failed */
export async function doctorCommand(): Promise<number> {
  const config = readConfig();
  return withApp(async (app) => {
    const checks = await checkEngines(app.engines, config.dataDir, config.durability);
    for (const { name, ok, detail } of checks) print(`${ok ? "ok  " : "FAIL"} ${name}: ${detail}`);
    return checks.every((check) => check.ok) ? 0 : 1;
  });
}

export function printConfigCommand(): number {
  print(maskConfig(readConfig()));
  return 0;
}

function sourceTypeOf(text: string): "browser" | "server" {
  if (text === "browser" || text === "server") return text;
  throw new UsageError("--type is browser or server");
}

/** `clientele keys create|list|revoke`. */
export async function keysCommand(args: readonly string[]): Promise<number> {
  const usage =
    "clientele keys list | create write|token <name> [--source id] [--type browser|server] [--scopes read,edit] [--origins https://shop.example] | revoke <id…>";
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      source: { type: "string" },
      type: { type: "string" },
      scopes: { type: "string" },
      origins: { type: "string" },
    },
  });
  const [action, first, name] = positionals;
  return withApp(async (app) => {
    if (action === "list") print((await app.access.listKeys(null, maxPageSize)).items);
    else if (action === "revoke" && first) {
      for (const id of positionals.slice(1)) print(await app.access.revokeKey(id, manager));
    } else if (action === "create" && name && (first === "write" || first === "token")) {
      print(
        await app.access.createKey(
          {
            kind: first,
            name,
            ...(values.source === undefined ? {} : { sourceId: values.source }),
            ...(values.type === undefined ? {} : { sourceType: sourceTypeOf(values.type) }),
            ...(values.scopes === undefined ? {} : { scopes: values.scopes.split(",") }),
            ...(values.origins === undefined ? {} : { origins: values.origins.split(",") }),
          } as Parameters<typeof app.access.createKey>[0],
          manager,
        ),
      );
    } else throw new UsageError(usage);
    return 0;
  });
}

/** `clientele users add <email> --role …`; the password is read from standard input. */
export async function usersCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      role: { type: "string", default: "viewer" },
      name: { type: "string" },
      "personal-data": { type: "boolean", default: false },
    },
  });
  const [action, email] = positionals;
  if (action === "disable" && email) return disableUser(email);
  const role = (["viewer", "editor", "approver", "administrator"] as const).find((known) => known === values.role);
  if (action !== "add" || !email || !role)
    throw new UsageError(
      "clientele users add <email> [--role viewer|editor|approver|administrator] [--name text] [--personal-data] | disable <email>   (password on standard input)",
    );
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const password = await reader.question("Password: ");
  reader.close();
  return withApp(async (app) => {
    const user = await app.access.addUser(
      { email, password, role, name: values.name ?? email, personalData: values["personal-data"] },
      manager,
    );
    print({ id: user.id, email: user.email, role: user.role });
    return 0;
  });
}

function disableUser(email: string): Promise<number> {
  return withApp(async (app) => {
    const { items } = await app.access.listUsers(null, maxPageSize);
    const user = items.find((candidate) => candidate.email === email.toLowerCase());
    if (!user) throw new UsageError(`there is no user ${email}`);
    await app.access.changeUser(user.id, { disabled: true }, manager);
    print(`${email} can no longer sign in`);
    return 0;
  });
}

/** `clientele definitions export <file> | import <file> [--publish]`. */
export async function definitionsCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { publish: { type: "boolean", default: false } },
  });
  const [action, file] = positionals;
  if (!file || (action !== "export" && action !== "import"))
    throw new UsageError("clientele definitions export <file> | import <file> [--publish]");
  return withApp(async (app) => {
    if (action === "export") {
      const files = await app.definitions.exportDefinitions();
      writeFileSync(file, `${JSON.stringify(files, null, 2)}\n`);
      print(`${files.length} definitions written to ${file}`);
      return 0;
    }
    // Checked by the import itself, fault by fault.
    const files = JSON.parse(readFileSync(file, "utf8")) as readonly DefinitionFile[];
    print(
      await app.definitions.importDefinitions(files, {
        caller: { ...manager, storeViews: null },
        publish: values.publish,
      }),
    );
    return 0;
  });
}
