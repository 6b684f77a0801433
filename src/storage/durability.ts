import type { Durability } from "./open-engines.ts";

/** What survives what, in one sentence; the manual and `clientele doctor` say the same. */
export function durabilitySentence(kind: "embedded" | "server", durability: Durability): string {
  if (kind === "server")
    return "an acknowledged event survives what the PostgreSQL server's own settings promise (fsync, synchronous_commit, replication)";
  return durability === "power"
    ? "an acknowledged event survives a killed process and a power cut: each commit and each analytics insert is flushed to the disk first"
    : "an acknowledged event survives a killed process; a power cut or a crash of the operating system may lose the last seconds or damage the data directory (CLIENTELE_DURABILITY=power flushes each commit)";
}
