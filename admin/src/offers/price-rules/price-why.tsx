import { ExplanationTree } from "../../audiences/explanation-tree.tsx";
import { formatMoney } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { Facts } from "../../ui/facts.tsx";
import { body as bodyText, muted, plainList, stack } from "../../ui/styles.ts";
import type { CatalogTrial } from "./shapes.ts";

const m = messages.priceRules.catalog;

type Props = { asked: NonNullable<CatalogTrial["asked"]>; ownKey: string };

/** The way of one product from its list price to its final price. */
export function PriceWhy({ asked, ownKey }: Props) {
  const nameOf = (key: string, name: string) => (key === ownKey ? messages.priceRules.thisKind : name);
  return (
    <section className={stack} aria-label={asked.name || asked.sku}>
      <Facts
        facts={[
          { label: m.listPrice, value: formatMoney(asked.listPrice) },
          ...(asked.tierPrice ? [{ label: m.tierPrice, value: formatMoney(asked.tierPrice) }] : []),
          ...(asked.specialPrice ? [{ label: m.specialPrice, value: formatMoney(asked.specialPrice) }] : []),
          ...(asked.optionsPrice ? [{ label: m.optionsPrice, value: formatMoney(asked.optionsPrice) }] : []),
          { label: m.finalPrice, value: <strong>{formatMoney(asked.after)}</strong> },
        ]}
      />
      <ol className={plainList}>
        {asked.rules.map(({ key, name, isApplied, before, after, reasonText }) => (
          <li key={key} className={isApplied ? bodyText : muted}>
            {isApplied
              ? m.outcome(nameOf(key, name), formatMoney(before), formatMoney(after))
              : m.outcomeNot(nameOf(key, name), reasonText ?? "")}
          </li>
        ))}
      </ol>
      {asked.after ? (
        <p className={bodyText}>{m.lowest(m.sources[asked.source as keyof typeof m.sources] ?? asked.source)}</p>
      ) : (
        <p className={muted}>{m.noPrice}</p>
      )}
      <p className={muted}>{m.conditionsOf}</p>
      <ExplanationTree answer={asked.conditions} />
    </section>
  );
}
