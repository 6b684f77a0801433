import { randomInt } from "node:crypto";
import type { ErrorDetail } from "../kernel/index.ts";

const keyPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/;
const maxDerivedLength = 80;

/** A key names a definition in paths, files and references; it never changes. */
export function keyFaults(key: string): readonly ErrorDetail[] {
  if (keyPattern.test(key)) return [];
  return [
    {
      path: "/key",
      code: "pattern",
      message: "must have 1 to 120 letters, digits, dots, hyphens or underscores, a letter or digit first",
    },
  ];
}

/** A key made from a name: `Spring sale – hero` is `spring-sale-hero`; numbered when it is taken. */
export async function freeKey(name: string, isFree: (key: string) => Promise<boolean>): Promise<string> {
  const ascii = name
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase();
  const base =
    ascii
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, maxDerivedLength)
      .replace(/-+$/, "") || "definition";
  if (await isFree(base)) return base;
  for (let number = 2; number <= 20; number += 1) {
    if (await isFree(`${base}-${number}`)) return `${base}-${number}`;
  }
  return `${base}-${randomInt(1_000_000_000)}`;
}
