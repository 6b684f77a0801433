import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";

/** A third of what a thread of requests gets of a core that both want: at 10, work beside a busy machine hardly goes on. */
const niceness = 5;

/**
 * Lets everything else on the machine go before this thread: for long work in a thread of ours that nobody waits for. Does nothing where threads have no priority of their own (only Linux does).
 */
export function stepBack(): void {
  try {
    // `<process>/task/<thread>`; what sets the priority of a process by its number sets that of a thread by the thread's.
    const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    if (Number.isInteger(thread) && thread > 0) setPriority(thread, niceness);
  } catch {
    // Not Linux, or not allowed to: the work is the same, only less polite.
  }
}
