// `activation:pull`: the audiences of the shopper. The Commerce collector writes them into a cookie, and so tells the shop.
import { type JsonObject, sha256Hex } from "../../kernel/index.ts";
import type { Profile } from "../../profiles/index.ts";
import { compact } from "./values.ts";

export type Activation = {
  /** Source whose destination this is. */
  readonly sourceId: string;
  readonly audienceKeys: readonly string[];
  /** Signs the keys; it travels as one segment more, the only thing that reaches the cookie as it is. */
  readonly signature?: string | undefined;
  /** Attributes of the profile: only for callers who may read persons. */
  readonly attributes?: JsonObject;
};

/** A stable UUID of a text. */
function uuidOf(text: string): string {
  const hex = sha256Hex(text);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function activationPayload({ sourceId, audienceKeys, signature, attributes }: Activation): JsonObject {
  const id = uuidOf(`activation:${sourceId}`);
  return {
    type: "profileLookup",
    id,
    destinationId: id,
    alias: "clientele",
    segments: [...audienceKeys, ...(signature === undefined ? [] : [signature])].map((key) => ({ id: key })),
    ...(attributes === undefined ? {} : { attributes }),
  };
}

const maxAttributes = 200;

/** Written attributes of a profile in the form of the protocol: `{name: {value}}`. */
export function attributesOf(profile: Profile): JsonObject {
  const entries = Object.entries(profile.state.attributes).slice(0, maxAttributes);
  return compact(Object.fromEntries(entries.map(([name, { value }]) => [name, { value }])));
}
