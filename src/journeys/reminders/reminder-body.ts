import { type Static, Type } from "typebox";
import type { Channel } from "./channels.ts";

const Duration = (description: string) =>
  Type.String({ maxLength: 10, pattern: "^[0-9]{1,9}[mhdw]$", description: `${description}, e.g. 7d` });
const where = Type.Optional(Type.Unknown({ description: "A condition of the rule language" }));
const closed = { additionalProperties: false } as const;

const triggerSchema = Type.Union([
  Type.Object({ kind: Type.Literal("cart"), after: Duration("How long the cart was not touched"), where }, closed),
  Type.Object(
    { kind: Type.Literal("wishlist"), after: Duration("How long the wish list was not touched"), where },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal("browse"),
      after: Duration("How long no product was looked at"),
      within: Duration("How long ago it may be at most"),
      where,
    },
    {
      ...closed,
      description: "Looked at products, put none into the cart, bought nothing. `where` is about the product",
    },
  ),
  Type.Object(
    {
      kind: Type.Literal("replenishment"),
      after: Duration("How long ago the product was bought"),
      within: Duration("How long ago it may be at most"),
      where,
    },
    { ...closed, description: "A product was bought and not again since. `where` is about the product" },
  ),
  Type.Object(
    {
      kind: Type.Literal("price_drop"),
      percent: Type.Integer({ minimum: 1, maximum: 99, description: "By so much at least" }),
      where,
    },
    {
      ...closed,
      description: "A product in the cart costs less than when it was put there. `where` is about the product",
    },
  ),
  Type.Object(
    {
      kind: Type.Literal("back_in_stock"),
      within: Duration("How long ago it may have come back at most"),
      of: Type.Optional(
        Type.Array(Type.Union([Type.Literal("viewed"), Type.Literal("wishlist"), Type.Literal("cart")]), {
          minItems: 1,
          maxItems: 3,
          uniqueItems: true,
          description: "Where the customer met it while it was out of stock; default: anywhere",
        }),
      ),
      where,
    },
    {
      ...closed,
      description:
        "A product that the customer looked at while it was out of stock, or that was on the wish list or in the cart then, is in stock again. `where` is about the product",
    },
  ),
]);

const templateSchema = Type.Union([Type.String({ minLength: 1, maxLength: 100 }), Type.Null()], {
  description: "Key of the template; null = not selected: nothing is sent on this channel",
});

const channelSchema = Type.Union([Type.Literal("email"), Type.Literal("sms"), Type.Literal("push")]);
const templatesSchema = Type.Object(
  { sms: Type.Optional(templateSchema), push: Type.Optional(templateSchema) },
  {
    ...closed,
    description:
      "Templates of text messages and push messages, as `template` is that of mails. Default: not selected; of a store view, as for all",
  },
);
const senderSchema = Type.String({ maxLength: 100, description: "Default: as in the settings" });

/** What an author of an e-mail reminder rule writes. */
export const reminderBodySchema = Type.Object(
  {
    description: Type.Optional(Type.String({ maxLength: 2000 })),
    promotion: Type.Optional(
      Type.Object(
        {
          cartPriceRule: Type.String({ minLength: 1, maxLength: 100, description: "Key of the cart price rule" }),
          codeLasts: Type.Optional(
            Duration("A generated code ends so long after the mail that first carries it; default: with its rule"),
          ),
        },
        closed,
      ),
    ),
    join: Type.Union([Type.Literal("all"), Type.Literal("any")], { description: "Of the triggers" }),
    triggers: Type.Array(triggerSchema, { minItems: 1, maxItems: 10 }),
    rule: Type.Optional(Type.Unknown({ description: "A condition of the rule language that holds besides" })),
    repeat: Type.Optional(
      Type.String({ maxLength: 100, description: "Days after the first match, e.g. 7,14; default: one mail only" }),
    ),
    channels: Type.Optional(
      Type.Array(channelSchema, {
        minItems: 1,
        maxItems: 3,
        uniqueItems: true,
        description: "In order of preference: the first that reaches the customer is taken; default: e-mail",
      }),
    ),
    template: templateSchema,
    templates: Type.Optional(templatesSchema),
    title: Type.Optional(Type.String({ maxLength: 255, description: "Template variable promotion_name" })),
    promotionText: Type.Optional(
      Type.String({ maxLength: 2000, description: "Template variable promotion_description" }),
    ),
    byStoreView: Type.Optional(
      Type.Record(
        Type.String({ maxLength: 64 }),
        Type.Object(
          {
            template: Type.Optional(templateSchema),
            templates: Type.Optional(templatesSchema),
            title: Type.Optional(Type.String({ maxLength: 255 })),
            promotionText: Type.Optional(Type.String({ maxLength: 2000 })),
            sender: Type.Optional(senderSchema),
          },
          closed,
        ),
        {
          description:
            "Of customers who were seen last in a store view: a template for each channel (null = nothing on this channel), title, text and sender; what is absent is as for all",
        },
      ),
    ),
    sender: Type.Optional(senderSchema),
    repeatable: Type.Optional(
      Type.Boolean({ description: "It may fire again once the occasion stopped to hold and holds anew; default true" }),
    ),
    quietPeriod: Type.Optional(Duration("After the last mail it does not fire again for so long; default 7d")),
    guests: Type.Optional(Type.Boolean({ description: "Also those without an account whose address is known" })),
    controlShare: Type.Optional(
      Type.Number({ minimum: 0, maximum: 0.5, description: "Share of customers who get nothing, for comparison" }),
    ),
    timezone: Type.Optional(Type.String({ maxLength: 60, description: "IANA zone of the dates; default the shop's" })),
  },
  closed,
);

export type ReminderBody = Static<typeof reminderBodySchema>;
export type ReminderTrigger = Static<typeof triggerSchema>;
export type TriggerKind = ReminderTrigger["kind"];

export type BackInStockSource = NonNullable<Extract<ReminderTrigger, { kind: "back_in_stock" }>["of"]>[number];

/** Ways that the rule may take, in order of preference. */
export function channelsOf({ channels }: Pick<ReminderBody, "channels">): readonly Channel[] {
  return channels ?? ["email"];
}

/** Template and texts of a customer of this store view; a template of null means no message. */
export function textsOf(
  body: ReminderBody,
  storeView: string,
  channel: Channel = "email",
): {
  readonly template: string | null;
  readonly title: string;
  readonly promotionText: string;
  readonly sender: string | undefined;
} {
  const views = body.byStoreView ?? {};
  const own = Object.hasOwn(views, storeView) ? views[storeView] : undefined;
  const templateIn = (texts: Pick<ReminderBody, "templates"> & { readonly template?: string | null | undefined }) =>
    channel === "email" ? texts.template : texts.templates?.[channel];
  const ofView = own && templateIn(own);
  return {
    template: (ofView === undefined ? templateIn(body) : ofView) ?? null,
    title: own?.title ?? body.title ?? "",
    promotionText: own?.promotionText ?? body.promotionText ?? "",
    sender: own?.sender ?? body.sender,
  };
}
