import type { ErrorDetail, JsonValue } from "../../../kernel/index.ts";
import type { UnusableAsset } from "../../assets/index.ts";
import type { BlockContent } from "../block.ts";
import { altPaths } from "./placeholder.ts";

/** Of one text: nobody reads more. */
const maxFaults = 20;

const whyText: Readonly<Record<UnusableAsset["why"], string>> = {
  missing: "is not in the library",
  archived: "is archived",
  expired: "may not be shown any more: its rights have ended",
  notYet: "may not be shown yet",
};

export type PictureCheck = {
  /** Pictures of the library that a text names and that cannot be shown now; absent = pictures are not looked at. */
  readonly unusablePictures?: (text: string) => readonly UnusableAsset[];
  /** Whether the library knows a picture; absent = all are taken as known. */
  readonly hasPicture?: (id: string) => boolean;
};

function textFaults(
  text: string,
  path: string,
  { unusablePictures = () => [], hasPicture = () => true }: PictureCheck,
): readonly ErrorDetail[] {
  const gone = [
    // One whose time comes is shown then.
    ...unusablePictures(text).filter(({ why }) => why !== "notYet"),
    ...altPaths(text).flatMap((id) => (hasPicture(id) ? [] : [{ id, why: "missing" as const }])),
  ];
  return gone
    .slice(0, maxFaults)
    .map(({ id, why }) => ({ path, code: "content.picture", message: `the picture ${id} ${whyText[why]}` }));
}

function jsonFaults(value: JsonValue, path: string, check: PictureCheck): readonly ErrorDetail[] {
  if (typeof value === "string") return textFaults(value, path, check);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    jsonFaults(each, `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`, check),
  );
}

/** Pictures that a content names and that nobody will see, by the field that names them; `path` is a JSON pointer to the content. */
export function pictureFaults(
  { html, json, link, alt }: BlockContent,
  path: string,
  check: PictureCheck,
): readonly ErrorDetail[] {
  const texts = { html, link, alt };
  return [
    ...Object.entries(texts).flatMap(([field, text]) =>
      text === undefined ? [] : textFaults(text, `${path}/${field}`, check),
    ),
    ...(json === undefined ? [] : jsonFaults(json, `${path}/json`, check)),
  ];
}
