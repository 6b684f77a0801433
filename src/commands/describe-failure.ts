import { ClienteleError } from "../kernel/index.ts";
import { UsageError } from "./usage.ts";

type Failure = { readonly text: string; readonly exitCode: 1 | 2 };

/** What a failed command prints: one sentence for what a person can put right, the stack for a fault of the program. */
export function describeFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return { text: String(error), exitCode: 1 };
  if (error instanceof UsageError) return { text: `usage: ${error.message}`, exitCode: 2 };
  if (error instanceof ClienteleError) return { text: `${error.message} (${error.code})`, exitCode: 1 };
  const code = "code" in error ? String(error.code) : "";
  if (code.startsWith("ERR_PARSE_ARGS_")) return { text: `usage: ${error.message}`, exitCode: 2 };
  // A file that a command was given is missing, or may not be read or written.
  if ("syscall" in error) return { text: error.message, exitCode: 1 };
  return { text: error.stack ?? error.message, exitCode: 1 };
}
