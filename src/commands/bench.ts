import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "./usage.ts";

// Beside src/ and dist/ alike.
const root = fileURLToPath(new URL("../../", import.meta.url));

/** `clientele bench [name…]`: runs the benchmarks of a checkout against the build. @returns their exit code */
export async function benchCommand(args: readonly string[]): Promise<number> {
  const main = join(root, "bench", "main.ts");
  if (!existsSync(main)) throw new UsageError("clientele bench runs in a checkout of the sources only");
  const child = spawn(process.execPath, ["--import", "tsx", main, ...args], { cwd: root, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
