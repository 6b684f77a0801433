import { execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import pg from "pg";

export type PostgresServer = {
  readonly url: string;
  /** Ends the server as a crash does, without a last checkpoint, and starts it again on the same port and data. */
  readonly crash: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

const packaged = "/usr/lib/postgresql";
const oldestMajor = 15;
const startLimitMs = 30_000;
const pollMs = 50;

function findBinaries(): string | undefined {
  const majors = existsSync(packaged)
    ? readdirSync(packaged)
        .map(Number)
        .filter((major) => major >= oldestMajor)
    : [];
  const folders = [
    ...majors.sort((a, b) => b - a).map((major) => join(packaged, String(major), "bin")),
    ...(process.env["PATH"] ?? "").split(delimiter),
    "/opt/homebrew/opt/postgresql@17/bin",
    "/usr/local/opt/postgresql@17/bin",
  ];
  return folders.find(
    (folder) => folder !== "" && existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")),
  );
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function requireBinaries(): string {
  const found = findBinaries();
  if (found !== undefined) return found;
  if (isRoot() && existsSync("/usr/bin/apt-get")) {
    // Without a cluster of its own: the tests make theirs.
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    execFileSync("apt-get", ["update", "-qq"], { stdio: "ignore", env });
    execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "postgresql"], {
      stdio: "ignore",
      env,
    });
    const installed = findBinaries();
    if (installed !== undefined) return installed;
  }
  throw new Error(
    `These tests need a PostgreSQL server of version ${oldestMajor} or newer: install the package "postgresql" (initdb and postgres on the PATH).`,
  );
}

/** initdb and postgres refuse to run as root. */
function serverUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (!isRoot()) return undefined;
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith("postgres:"));
  const [, , uid, gid] = (line ?? "").split(":");
  if (uid === undefined || gid === undefined)
    throw new Error('These tests run PostgreSQL as the user "postgres", which this machine does not have.');
  return { uid: Number(uid), gid: Number(gid) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

async function waitUntilReady(url: string, hasEnded: () => string | undefined): Promise<void> {
  const deadline = Date.now() + startLimitMs;
  for (;;) {
    const ended = hasEnded();
    if (ended !== undefined) throw new Error(`PostgreSQL did not start: ${ended}`);
    const client = new pg.Client(url);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }
}

/** A PostgreSQL server of its own on a random port of this machine, in a temporary directory that `stop` removes. */
export async function startPostgresServer(): Promise<PostgresServer> {
  const binaries = requireBinaries();
  const user = serverUser();
  const folder = mkdtempSync(join(tmpdir(), "clientele-postgres-"));
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const options: SpawnOptions = { ...user, cwd: folder };
  execFileSync(
    join(binaries, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "--encoding=UTF8", "--locale=C"],
    {
      ...user,
      cwd: folder,
      stdio: "ignore",
    },
  );
  const port = await freePort();
  const settings = [
    "listen_addresses=127.0.0.1",
    `unix_socket_directories=${folder}`,
    "fsync=off",
    "max_connections=100",
    "shared_buffers=64MB",
  ];
  const args = ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])];
  let server: RunningServer | undefined;
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const start = async () => {
    server = startServer(binaries, args, options);
    await waitUntilReady(url, server.failure);
  };
  const stop = async () => {
    // Fast shutdown: does not wait for connections that a failed test left open.
    await server?.end("SIGINT");
    rmSync(folder, { recursive: true, force: true });
  };
  const crash = async () => {
    await server?.end("SIGQUIT");
    await start();
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, crash, stop };
}

type RunningServer = {
  /** What it said at its end, once it has ended by itself. */
  readonly failure: () => string | undefined;
  readonly end: (signal: "SIGINT" | "SIGQUIT") => Promise<void>;
};

function startServer(binaries: string, args: readonly string[], options: SpawnOptions): RunningServer {
  const child = spawn(join(binaries, "postgres"), args, { ...options, stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    log = `${log}${chunk.toString()}`.slice(-4000);
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const killAtExit = () => child.kill("SIGKILL");
  process.once("exit", killAtExit);
  return {
    failure: () => (child.exitCode === null ? undefined : log),
    end: async (signal) => {
      process.off("exit", killAtExit);
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
    },
  };
}
