import type { Json, JsonObject } from "../../api/shapes.ts";

type Member = "text" | "number" | "object";
type Shape = {
  readonly required: Readonly<Record<string, Member>>;
  readonly optional?: Readonly<Record<string, Member>>;
};

const place: Shape = { required: { lat: "number", lon: "number", km: "number" } };

const shapes: Readonly<Record<string, Shape>> = {
  subscription: { required: { group: "text", status: "text" } },
  consent: { required: { category: "text", status: "text" }, optional: { channel: "text" } },
  journey: { required: { id: "text", state: "text" }, optional: { within: "text" } },
  message: {
    required: { event: "text" },
    optional: { template: "text", journey: "text", channel: "text", count: "object", window: "object" },
  },
  bucket: { required: { salt: "text", from: "number", to: "number" } },
  list: { required: { id: "text" } },
  geo: { required: { path: "text", within: "object" } },
};

/** Whether the builder's form of this leaf can show all of it; what it cannot show it must not touch. */
export function fitsForm(name: string, leaf: JsonObject): boolean {
  const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
  if (!shape || !fits(shape, leaf)) return false;
  if (name === "geo") return isObject(leaf["within"]) && fits(place, leaf["within"]);
  if (name === "message") return ["template", "journey", "channel"].filter((by) => leaf[by] !== undefined).length === 1;
  return true;
}

function fits({ required, optional = {} }: Shape, leaf: JsonObject): boolean {
  const known: Readonly<Record<string, Member>> = { ...required, ...optional };
  return (
    Object.keys(required).every((key) => leaf[key] !== undefined) &&
    Object.entries(leaf).every(([key, value]) => Object.hasOwn(known, key) && isMember(value, known[key]))
  );
}

function isMember(value: Json | undefined, member: Member | undefined): boolean {
  if (member === "object") return isObject(value);
  return member === "number" ? typeof value === "number" : typeof value === "string";
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
