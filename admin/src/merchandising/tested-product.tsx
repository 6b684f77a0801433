import { Disclosure, DisclosurePanel, DisclosureTitle } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { ProductImage } from "../catalog/product-image.tsx";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { mutedXs } from "../ui/styles.ts";
import { Explanation } from "./explanation.tsx";
import { EffectBadges, ProductFacts } from "./product-facts.tsx";
import type { ConsideredRule, ListItem } from "./shapes.ts";

const m = messages.merchandising;
const frame = style({
  display: "flex",
  flexDirection: "column",
  gap: 4,
  minWidth: 0,
  borderWidth: 0,
  borderBottomWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-200",
  paddingBottom: 8,
});
const productRow = style({ display: "flex", gap: 12, alignItems: "start", minWidth: 0 });
const texts = style({ display: "flex", flexDirection: "column", gap: 4, minWidth: 0, font: "body-sm", flexGrow: 1 });
const number = style({ font: "ui", color: "neutral-subdued", width: 32, flexShrink: 0, textAlign: "end" });

type Props = { item: ListItem; place: number; rules: readonly ConsideredRule[] };

/** One product of a tested list, its explanation folded away until it is asked for. */
export function TestedProduct({ item, place, rules }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <li className={frame}>
      <div className={productRow}>
        <span className={number}>{place}</span>
        <ProductImage src={item.image} alt="" />
        <div className={texts}>
          <AppLink to={`/catalog/${encodeURIComponent(item.sku)}`}>{item.name}</AppLink>
          <ProductFacts item={item} />
          <EffectBadges effects={item.effects} ownId={null} />
          <span className={mutedXs}>
            {m.explain.score} {formatNumber(item.score, 3)}
          </span>
        </div>
      </div>
      <Disclosure isQuiet size="S" isExpanded={isOpen} onExpandedChange={setOpen}>
        <DisclosureTitle level={3}>{m.products.whyTitle(item.name)}</DisclosureTitle>
        <DisclosurePanel>{isOpen ? <Explanation item={item} rules={rules} /> : null}</DisclosurePanel>
      </Disclosure>
    </li>
  );
}
