import { messages } from "../../messages.data.ts";

const m = messages.builder;
export const maxPatternLength = 200;

/** Why a pattern will be refused, or null. The server judges more strictly; this tells what can be told while typing. */
export function patternFault(pattern: string): string | null {
  if (pattern.length > maxPatternLength) return m.patternLong(pattern.length);
  if (/\\[1-9]|\\k<|\(\?(?!:)/.test(pattern.replace(/\\\\/g, ""))) return m.patternUnsafe;
  try {
    new RegExp(pattern, "u");
    return null;
  } catch (error) {
    return m.patternWrong(error instanceof Error ? error.message.replace(/^Invalid regular expression: /, "") : "");
  }
}
