// From starting the process to the first answer of the demo whose data directory is filled. Run alone: clientele bench start
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BenchOptions, type BenchRow, row } from "./bench-row.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const limitMs = 300_000;
const pollMs = 10;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address ? address.port : 0;
}

/** Starts the demo, waits until it is ready, ends it. @returns milliseconds until ready */
async function startDemo(dataDir: string): Promise<number> {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    ["--enable-source-maps", join(root, "dist/cli.js"), "demo", "--shoppers", "0"],
    {
      env: { ...process.env, CLIENTELE_PORT: String(port), CLIENTELE_DATA_DIR: dataDir },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const ended = once(child, "exit");
  try {
    for (;;) {
      const ready = await fetch(`http://127.0.0.1:${port}/ready`).then(
        (answer) => answer.ok,
        () => false,
      );
      const ms = performance.now() - startedAt;
      if (ready) return ms;
      if (child.exitCode !== null || ms > limitMs) throw new Error("the demo did not start; is it built?");
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}

/** Runs a script against the build. @returns the milliseconds that it prints */
async function timeScript(script: string, dataDir: string): Promise<readonly number[]> {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: root,
    env: { ...process.env, CLIENTELE_DATA_DIR: dataDir },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString("utf8");
  });
  await once(child, "exit");
  return JSON.parse(output) as readonly number[];
}

const emptyProcess = "process.stdout.write(JSON.stringify([performance.now()]))";
const parts = `
const times = [];
let last = performance.now();
const lap = () => { const now = performance.now(); times.push(now - last); last = now; };
const { createApp } = await import("./dist/compose.js");
const { readConfig } = await import("./dist/config.js");
const { createLogger } = await import("./dist/kernel/index.js");
const { openEngines } = await import("./dist/storage/index.js");
lap();
const config = readConfig(undefined, { demo: true, logLevel: "silent" });
const logger = createLogger("silent");
const engines = await openEngines(config, logger);
lap();
await engines.close();
last = performance.now();
const app = await createApp({ config, logger });
lap();
await app.close();
process.stdout.write(JSON.stringify(times));
process.exit(0);
`;

export async function run({ quick }: BenchOptions): Promise<readonly BenchRow[]> {
  const dataDir = mkdtempSync(join(tmpdir(), "clientele-start-"));
  try {
    const cold = await startDemo(dataDir);
    const warm: number[] = [];
    for (let count = 0; count < (quick ? 1 : 5); count += 1) warm.push(await startDemo(dataDir));
    const [empty = 0] = await timeScript(emptyProcess, dataDir);
    const [modules = 0, engines = 0, app = 0] = await timeScript(parts, dataDir);
    const median = [...warm].sort((a, b) => a - b)[Math.floor(warm.length / 2)]!;
    const note = `median of ${warm.length} (${warm.map((ms) => (ms / 1000).toFixed(2)).join(", ")}); an empty directory, without shoppers, ${(cold / 1000).toFixed(1)} s`;
    return [
      row("start.warm", median / 1000, "s", "≤ 3", note),
      row("start.node", empty, "ms", "", "an empty Node process"),
      row("start.modules", modules, "ms", "", "loading the program's modules"),
      row("start.engines", engines, "ms", "", "opening PGlite and chDB on the directory"),
      row(
        "start.capabilities",
        Math.max(0, app - engines),
        "ms",
        "",
        "migrations looked through, catalog, definitions, audiences, routes",
      ),
    ];
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
