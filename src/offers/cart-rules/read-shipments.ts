// The shipments of a call: which lines go to which address.
import { type Static, Type } from "typebox";
import type { CartAddress, CartLineInput, CartShipment, CartShipping } from "./price-cart.ts";

const mostMinor = 100_000_000_000;
const mostShipments = 50;
/** As many as a cart has. */
const mostLines = 200;

const Id = Type.String({ minLength: 1, maxLength: 100 });
const Word = Type.Optional(Type.String({ maxLength: 200 }));

export const addressFields = { country: Word, region: Word, regionId: Word, postcode: Word };

const shippingFields = {
  method: Word,
  pricing: Type.Optional(Type.Union([Type.Literal("per_order"), Type.Literal("per_item")])),
  rate: Type.Object(
    {
      minor: Type.Integer({ minimum: 0, maximum: mostMinor }),
      currency: Type.String({ pattern: "^[A-Z]{3}$" }),
    },
    { description: "Before free shipping: for the shipment, or with per_item for each of its units" },
  ),
  ...addressFields,
};

export const shippingSchema = Type.Object(shippingFields, { description: "All lines to one address" });

export const shipmentsSchema = Type.Array(
  Type.Object({
    id: Id,
    lines: Type.Array(Id, {
      minItems: 1,
      maxItems: mostLines,
      description: "Ids of lines, each in one shipment at most; a line that is in none is not shipped",
    }),
    ...shippingFields,
  }),
  {
    minItems: 1,
    maxItems: mostShipments,
    description:
      "Instead of shipping: lines to several addresses. Lines are judged as one cart; each shipment is charged by its own rate; conditions on the address hold when it holds for one of them",
  },
);

type ShippingBody = Static<typeof shippingSchema>;
type ShipmentBodies = Static<typeof shipmentsSchema>;
type AddFault = (path: string, code: string, message: string) => void;

export function addressOf({ country, region, regionId, postcode }: CartAddress): CartAddress {
  return { country, region, regionId, postcode };
}

export function readShipping(body: ShippingBody, path: string, currency: string, add: AddFault): CartShipping {
  if (body.rate.currency !== currency) add(`${path}/rate/currency`, "currency", `the cart is in ${currency}`);
  return {
    ...addressOf(body),
    method: body.method || undefined,
    pricing: body.pricing ?? "per_order",
    rate: BigInt(body.rate.minor),
  };
}

/** Reads shipments, each fault with its place; `lines` are those of the cart. */
export function readShipments(
  bodies: ShipmentBodies,
  lines: readonly CartLineInput[],
  currency: string,
  add: AddFault,
): readonly CartShipment[] {
  const isLine = new Set(lines.map(({ id }) => id));
  const lineOfPart = new Map(lines.flatMap(({ id, children = [] }) => children.map((part) => [part.id, id] as const)));
  const shipmentOf = new Map<string, string>();
  const ids = new Set<string>();
  const short = (id: string): string => id.slice(0, 40);
  const checkLine = (id: string, shipment: string, path: string): void => {
    const before = shipmentOf.get(id);
    const bundle = lineOfPart.get(id);
    if (before !== undefined)
      add(
        path,
        "duplicate",
        `line ${short(id)} is in shipment ${short(before)} already: name it once, and send what goes to another address as a line of its own`,
      );
    else if (bundle !== undefined && !isLine.has(id))
      add(path, "part", `${short(id)} is a part of line ${short(bundle)}: name that line, its parts go with it`);
    else if (!isLine.has(id))
      add(path, "unknownLine", `the cart has no line ${short(id)}: name lines by their id, or by their number from 1`);
    shipmentOf.set(id, shipment);
  };
  return bodies.map((body, index) => {
    const path = `/shipments/${index}`;
    if (ids.has(body.id))
      add(`${path}/id`, "duplicate", `two shipments have the id ${short(body.id)}: give each its own`);
    ids.add(body.id);
    for (const [place, id] of body.lines.entries()) checkLine(id, body.id, `${path}/lines/${place}`);
    return { id: body.id, lines: body.lines, ...readShipping(body, path, currency, add) };
  });
}
