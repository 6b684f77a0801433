// Identifiers of a message (profiles-and-journeys A.1), raw: they are normalised and checked where the event is built.
import { type Identifier, namespaceOfWireName } from "../../collect/index.ts";
import { isObject, type JsonObject } from "../../kernel/index.ts";
import { objectOf, textOf } from "./values.ts";

const maxExternalIds = 20;

/** Platform of a phone or tablet as our namespaces name it. */
function platformOf(context: JsonObject): string | undefined {
  const type = textOf(objectOf(context["device"])["type"]) ?? textOf(objectOf(context["os"])["name"]) ?? "";
  const name = type.toLowerCase();
  if (name === "android") return "android";
  return ["ios", "ipados", "iphone os"].includes(name) ? "ios" : undefined;
}

function readDeviceIds(context: JsonObject): readonly Identifier[] {
  const platform = platformOf(context);
  if (platform === undefined) return [];
  const device = objectOf(context["device"]);
  const id = textOf(device["id"]);
  const token = textOf(device["token"]);
  return [
    ...(id === undefined ? [] : [{ namespace: `device:${platform}`, value: id }]),
    ...(token === undefined ? [] : [{ namespace: `push_token:${platform}`, value: token }]),
  ];
}

/** Those of persons, complete and unencoded; companies are not persons. */
function readExternalIds(context: JsonObject): readonly Identifier[] {
  const { externalIds } = context;
  if (!Array.isArray(externalIds)) return [];
  return externalIds.slice(0, maxExternalIds).flatMap((entry): readonly Identifier[] => {
    if (!isObject(entry) || entry["collection"] !== "users" || entry["encoding"] !== "none") return [];
    const id = textOf(entry["id"]);
    const type = textOf(entry["type"]);
    // What an alias leaves behind is not for clients to claim.
    if (id === undefined || type === undefined || type.toLowerCase().startsWith("user_id:")) return [];
    return [{ namespace: namespaceOfWireName(type), value: id }];
  });
}

export type Who = {
  readonly userId: string | undefined;
  readonly anonymousId: string | undefined;
  /** Traits of the person: an identify call's own, or what the context repeats of an earlier one. */
  readonly traits: JsonObject;
  readonly context: JsonObject;
  /** Typed into a checkout; undefined for events that are no orders. */
  readonly orderEmail: unknown;
};

/** All identifiers of a call about a person, and the country that its phone number is read in. */
export function readIdentifiers(who: Who): { identifiers: readonly Identifier[]; country: string | undefined } {
  const { traits, context } = who;
  const found: Identifier[] = [];
  const add = (namespace: string, value: string | undefined): void => {
    if (value !== undefined) found.push({ namespace, value });
  };
  add("user_id", who.userId);
  add("loyalty_id", textOf(traits["loyaltyId"]) ?? textOf(traits["loyalty_id"]));
  add("email", textOf(traits["email"]) ?? textOf(who.orderEmail));
  add("phone", textOf(traits["phone"]));
  add("anonymous_id", who.anonymousId);
  found.push(...readDeviceIds(context), ...readExternalIds(context));
  return { identifiers: found, country: textOf(objectOf(traits["address"])["country"]) };
}
