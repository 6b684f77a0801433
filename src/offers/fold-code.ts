import { foldText } from "../kernel/rules/index.ts";

/** Codes of websites and customer groups ignore case and outer blanks. */
export function foldCode(code: string): string {
  return foldText(code.trim());
}
