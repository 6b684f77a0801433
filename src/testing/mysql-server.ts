import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createConnection } from "mysql2/promise";

export type MysqlServer = { readonly host: string; readonly port: number; readonly stop: () => Promise<void> };

const startLimitMs = 30_000;
const pollMs = 100;
const serverNames = ["mariadbd", "mysqld"];
const installNames = ["mariadb-install-db", "mysql_install_db"];

function find(names: readonly string[]): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/bin"];
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
}

const isRoot = () => process.getuid?.() === 0;

function requireBinaries(): { readonly server: string; readonly install: string } {
  const look = () => {
    const [server, install] = [find(serverNames), find(installNames)];
    return server && install ? { server, install } : undefined;
  };
  const found = look();
  if (found) return found;
  if (isRoot() && existsSync("/usr/bin/apt-get")) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    execFileSync("apt-get", ["update", "-qq"], { stdio: "ignore", env });
    execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "mariadb-server"], {
      stdio: "ignore",
      env,
    });
    const installed = look();
    if (installed) return installed;
  }
  throw new Error('These tests need a MySQL-like server: install the package "mariadb-server".');
}

/** The server refuses to run as root. */
function serverUser(): { readonly uid: number; readonly gid: number; readonly name: string } | undefined {
  if (!isRoot()) return undefined;
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith("mysql:"));
  const [name, , uid, gid] = (line ?? "").split(":");
  if (name === undefined || uid === undefined || gid === undefined)
    throw new Error('These tests run MariaDB as the user "mysql", which this machine does not have.');
  return { name, uid: Number(uid), gid: Number(gid) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

/**
 * A MariaDB of its own on a random port of this machine, with a database `shop`: `root` needs no
 * password, `reader` with `reader-secret` may select.
 */
export async function startMysqlServer(): Promise<MysqlServer> {
  const { server, install } = requireBinaries();
  const user = serverUser();
  const folder = mkdtempSync(join(tmpdir(), "clientele-mysql-"));
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const asUser = user ? { uid: user.uid, gid: user.gid } : {};
  execFileSync(
    install,
    ["--no-defaults", `--datadir=${data}`, "--auth-root-authentication-method=normal", "--skip-test-db"],
    { stdio: "ignore", cwd: folder, ...asUser },
  );
  const port = await freePort();
  const child = spawn(
    server,
    [
      "--no-defaults",
      `--datadir=${data}`,
      `--port=${port}`,
      "--bind-address=127.0.0.1",
      `--socket=${join(folder, "mysql.sock")}`,
      `--pid-file=${join(folder, "mysql.pid")}`,
      "--skip-log-bin",
      "--innodb-buffer-pool-size=32M",
      "--innodb-flush-log-at-trx-commit=0",
    ],
    { stdio: ["ignore", "ignore", "pipe"], cwd: folder, ...asUser },
  );
  let log = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    log = `${log}${chunk.toString()}`.slice(-4000);
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const killAtExit = () => child.kill("SIGKILL");
  process.once("exit", killAtExit);
  const stop = async () => {
    process.off("exit", killAtExit);
    if (child.exitCode === null) child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + startLimitMs;
  for (;;) {
    try {
      const connection = await createConnection({ host: "127.0.0.1", port, user: "root" });
      await connection.query("create database shop character set utf8mb4");
      // At both names of this machine: an anonymous user of a fresh installation would win over one at any host.
      for (const at of ["localhost", "127.0.0.1"]) {
        await connection.query(`create user reader@'${at}' identified by 'reader-secret'`);
        await connection.query(`grant select on shop.* to reader@'${at}'`);
      }
      await connection.end();
      return { host: "127.0.0.1", port, stop };
    } catch (error) {
      if (child.exitCode !== null || Date.now() > deadline) {
        await stop();
        throw new Error(`MariaDB did not start: ${log}`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }
}
