import { ClienteleError, type ErrorDetail } from "../../kernel/index.ts";
import type { AssetFields } from "./asset.ts";

export const maxNameLength = 200;
export const maxFolderLength = 200;
export const maxTags = 50;
export const maxTagLength = 60;
export const maxAltLength = 500;
export const maxLocales = 50;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u001f\u007f]/;
const locale = /^(?:[a-z]{2,3}(?:[-_][A-Za-z]{2})?)?$/;

/** A folder as it is stored: no slashes at the ends, none doubled, no part that means another folder. */
export function normaliseFolder(path: string): string {
  return path
    .split("/")
    .map((part) => part.trim())
    .filter((part) => part !== "" && part !== "." && part !== "..")
    .join("/");
}

/** Tags as they are stored: each once, lower case. */
export function normaliseTags(tags: readonly string[]): readonly string[] {
  return [...new Set(tags.map((tag) => tag.trim().toLowerCase()).filter((tag) => tag !== ""))];
}

/** @throws {ClienteleError} `assets.invalid` with every fault */
export function assertFields({ name, folder, tags, alt, focalPoint, rights }: AssetFields): void {
  const details: ErrorDetail[] = [];
  const refuse = (path: string, message: string) => details.push({ path, code: "assets.invalid", message });
  if (name === "" || name.length > maxNameLength || control.test(name))
    refuse("/name", `must have 1 to ${maxNameLength} characters`);
  if (folder.length > maxFolderLength || control.test(folder))
    refuse("/folder", `at most ${maxFolderLength} characters`);
  if (tags.length > maxTags) refuse("/tags", `at most ${maxTags}`);
  if (tags.some((tag) => tag.length > maxTagLength || control.test(tag)))
    refuse("/tags", `at most ${maxTagLength} characters each`);
  const texts = Object.entries(alt);
  if (texts.length > maxLocales) refuse("/alt", `at most ${maxLocales} languages`);
  for (const [key, text] of texts) {
    if (!locale.test(key)) refuse("/alt", "a key must be a language such as de or de-AT, or empty for all others");
    if (text.length > maxAltLength) refuse(`/alt/${key.slice(0, 10)}`, `at most ${maxAltLength} characters`);
  }
  const inside = (value: number) => value >= 0 && value <= 1;
  if (focalPoint !== null && !(inside(focalPoint.x) && inside(focalPoint.y)))
    refuse("/focalPoint", "must lie within 0 and 1");
  if (rights.fromMs !== null && rights.untilMs !== null && rights.fromMs >= rights.untilMs)
    refuse("/rights/until", "must be later than from");
  if (details.length > 0)
    throw new ClienteleError("assets.invalid", `${details.length} fields do not fit`, { details });
}
