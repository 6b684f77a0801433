import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

function isBuiltFromSource(): boolean {
  const marker = join(root, "dist", ".built");
  if (!existsSync(marker)) return false;
  const builtAt = statSync(marker).mtimeMs;
  const isOlder = (folder: string): boolean =>
    readdirSync(folder, { withFileTypes: true }).every((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return isOlder(path);
      return entry.name.endsWith(".test.ts") || statSync(path).mtimeMs <= builtAt;
    });
  return isOlder(join(root, "src"));
}

/** The command line as it is built; from source where there is no build, or only an older one. */
const command: readonly string[] = isBuiltFromSource()
  ? [join(root, "dist", "cli.js")]
  : ["--import", "tsx", join(root, "src", "cli.ts")];

/** Compiling the embedded engine once more where it is hot takes a process that lives for seconds a fifth of its work; the demo lives longer. */
const commandFor = (args: readonly string[]): readonly string[] => [
  ...(args[0] === "demo" ? [] : ["--liftoff-only"]),
  ...command,
  ...args,
];

export type ServerProcess = {
  readonly url: string;
  readonly process: ChildProcess;
  /** SIGKILL, then waits for the end. */
  readonly kill: () => Promise<void>;
  /** SIGTERM, then waits for the end. @returns the exit code */
  readonly stop: () => Promise<number | null>;
  readonly output: () => string;
};

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

function environment(dataDir: string, extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, CLIENTELE_DATA_DIR: dataDir, CLIENTELE_LOG_LEVEL: "warn", ...extra };
}

/** Runs a command of the command line to its end. @returns what it printed */
export function runCli(
  dataDir: string,
  args: readonly string[],
  extra: Readonly<Record<string, string>> = {},
  input = "",
): string {
  return execFileSync(process.execPath, commandFor(args), {
    env: environment(dataDir, extra),
    input,
    stdio: "pipe",
    encoding: "utf8",
    cwd: root,
  });
}

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

const endLimitMs = 120_000;

/** Runs a command that is expected to end by itself, whatever its exit code. */
export async function runToEnd(
  dataDir: string,
  args: readonly string[],
  extra: Readonly<Record<string, string>> = {},
  user: { readonly uid?: number; readonly gid?: number } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, commandFor(args), {
    ...user,
    env: environment(dataDir, extra),
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString("utf8");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
  });
  const limit = setTimeout(() => child.kill("SIGKILL"), endLimitMs);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearTimeout(limit);
  return { code, stdout, stderr };
}

/** Beside another program on the same cores, a start takes many times its second. */
const startLimitMs = 120_000;

/** Starts `clientele start`, or another command that serves, as a process of its own and waits until it is ready. */
export async function startServerProcess(
  dataDir: string,
  extra: Readonly<Record<string, string>> = {},
  args: readonly string[] = ["start"],
): Promise<ServerProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, commandFor(args), {
    env: environment(dataDir, { CLIENTELE_PORT: String(port), ...extra }),
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString("utf8")).slice(-20_000);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  // A server that outlives its test takes the machine from the next one.
  const killAtExit = () => child.kill("SIGKILL");
  process.once("exit", killAtExit);
  const ended = new Promise<number | null>((resolve) =>
    child.once("exit", (code) => {
      process.off("exit", killAtExit);
      resolve(code);
    }),
  );
  const url = `http://127.0.0.1:${port}`;
  const limit = Date.now() + startLimitMs;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the server ended at its start: ${output}`);
    const ready = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(10_000) }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) break;
    if (Date.now() > limit) {
      child.kill("SIGKILL");
      await ended;
      throw new Error(`the server was not ready in time: ${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    process: child,
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
    stop: async () => {
      child.kill("SIGTERM");
      return ended;
    },
    output: () => output,
  };
}
