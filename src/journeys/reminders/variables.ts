import type { RuleSubject } from "../../kernel/rules/index.ts";
import type { Person } from "./person.ts";
import type { IssuedCode, ProductFacts, Promotion, ReminderVariables } from "./ports.ts";
import { textsOf } from "./reminder-body.ts";
import type { LiveReminder } from "./reminder-set.ts";
import type { StoreFacts } from "./settings.ts";

const maxLines = 50;

export type VariableParts = {
  readonly reminder: Pick<LiveReminder, "body">;
  readonly person: Person;
  readonly subject: RuleSubject;
  readonly storeView: string;
  readonly store: StoreFacts;
  readonly promotion: Promotion | undefined;
  readonly code: IssuedCode | undefined;
  /** SKUs that the rule is about. */
  readonly products: readonly string[];
  readonly productOf: ProductFacts;
  readonly recoveryUrl: string;
  readonly recommendations: readonly string[];
};

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Variables of one mail. */
export function variablesOf(parts: VariableParts): ReminderVariables {
  const { reminder, person, subject, store, promotion, code, productOf } = parts;
  const texts = textsOf(reminder.body, parts.storeView);
  const [firstName, lastName] = [textOf(subject.profile?.["first_name"]), textOf(subject.profile?.["last_name"])];
  const lines = person.state.cart?.items.slice(0, maxLines) ?? [];
  return {
    customer_name: [firstName, lastName].filter((part) => part !== "").join(" "),
    first_name: firstName,
    last_name: lastName,
    promotion_name: texts.title || (promotion?.name ?? ""),
    promotion_description: texts.promotionText,
    coupon_code: code?.code ?? "",
    coupon_expires: code?.expires ?? "",
    usage_limit: promotion?.usesPerCoupon ?? null,
    per_customer_limit: promotion?.usesPerCustomer ?? null,
    account_url: store.accountUrl ?? "",
    store_name: store.name ?? "",
    store_url: store.url ?? "",
    logo_url: store.logoUrl ?? "",
    cart_items: lines.map(({ sku, parentSku, name, qty, lineTotal }) => {
      const facts = productOf(sku) ?? (parentSku === undefined ? undefined : productOf(parentSku));
      return { sku, qty, lineTotal, name: name ?? facts?.name ?? sku, imageUrl: facts?.imageUrl ?? null };
    }),
    products: parts.products.slice(0, maxLines).map((sku) => {
      const facts = productOf(sku);
      return { sku, name: facts?.name ?? sku, imageUrl: facts?.imageUrl ?? null };
    }),
    wishlist_skus: person.state.wishlist.slice(0, maxLines),
    recovery_url: parts.recoveryUrl,
    recommendations: parts.recommendations,
  };
}
