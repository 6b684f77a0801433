// Small pieces that every script needs; plain JavaScript, because they run before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Runs a command with inherited output and stops the script when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (result.error) fail(`cannot run ${command}: ${result.error.message}`);
  if (result.status !== 0) fail(`${command} ${args.join(" ")} ended with code ${result.status ?? result.signal}`);
}

export function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    fail(`Clientele needs Node 20.19 or newer; this is ${process.versions.node}`);
}

/** Installs the packages when they are missing or older than the lock file. */
export function ensureInstalled() {
  const marker = join(root, "node_modules", ".package-lock.json");
  const lock = join(root, "package-lock.json");
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(lock).mtimeMs) return;
  const before = readFileSync(lock, "utf8");
  console.log("Installing packages …");
  run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (readFileSync(lock, "utf8") !== before)
    fail("npm install changed package-lock.json; commit the lock file that fits package.json");
}

/** Time of the newest file below the given paths; files named in `skip` do not count. */
export function newestMtime(paths, skip = /node_modules|dist/) {
  let newest = 0;
  const visit = (path) => {
    if (!existsSync(path) || skip.test(path.slice(root.length))) return;
    const stat = statSync(path);
    if (stat.isDirectory()) for (const name of readdirSync(path)) visit(join(path, name));
    else newest = Math.max(newest, stat.mtimeMs);
  };
  for (const path of paths) visit(join(root, path));
  return newest;
}

/** Runs a long-lived child and passes signals and its end on. */
export function runForeground(command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, stdio: "inherit", ...options });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}
