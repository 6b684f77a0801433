import { Badge } from "@react-spectrum/s2";
import { formatMoney, formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { mutedXs, row } from "../ui/styles.ts";
import type { ListItem, RuleEffect } from "./shapes.ts";

const m = messages.merchandising.products;
/** Fewer than these are told apart: they may be gone before the list is looked at again. */
const lowStock = 5;

/** Price, stock and margin of one product of a list. */
export function ProductFacts({ item }: { item: ListItem }) {
  const { price, finalPrice, margin } = item;
  return (
    <>
      <span className={mutedXs}>
        {item.sku} · {formatMoney(finalPrice ?? price)}
      </span>
      <span className={row}>
        <Stock item={item} />
        {margin === null ? null : <span className={mutedXs}>{m.margin(formatShare(margin))}</span>}
      </span>
    </>
  );
}

function Stock({ item: { inStock, qty } }: { item: ListItem }) {
  if (!inStock) {
    return (
      <Badge size="S" variant="negative" fillStyle="subtle">
        {m.out}
      </Badge>
    );
  }
  if (qty !== null && qty <= lowStock) {
    return (
      <Badge size="S" variant="notice" fillStyle="subtle">
        {m.low(formatNumber(qty))}
      </Badge>
    );
  }
  return <span className={mutedXs}>{qty === null ? m.inStock : m.stock(formatNumber(qty))}</span>;
}

/** What rules did with a product; of other rules with their names. */
export function EffectBadges({ effects, ownId }: { effects: readonly RuleEffect[]; ownId: string | null }) {
  const shown = effects.filter(({ action, ruleId }) => action !== "rank" && ruleId !== "");
  if (shown.length === 0) return null;
  return (
    <span className={row}>
      {shown.map((effect) => (
        <Badge
          key={effect.action + effect.ruleId}
          size="S"
          variant={effect.ruleId === ownId ? "accent" : "neutral"}
          fillStyle="subtle"
          overflowMode="truncate"
        >
          {effect.ruleId === ownId ? effectText(effect) : m.byOther(effectText(effect), effect.ruleName)}
        </Badge>
      ))}
    </span>
  );
}

function effectText({ action, factor }: RuleEffect): string {
  if (action === "pin") return m.effects.pin;
  return action === "bury" ? m.effects.bury(formatNumber(factor, 3)) : m.effects.boost(formatNumber(factor, 2));
}
