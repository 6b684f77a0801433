import { Badge, Disclosure, DisclosurePanel, DisclosureTitle } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { ProductImage } from "../catalog/product-image.tsx";
import { formatMoney, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { mutedXs, plainList, row } from "../ui/styles.ts";
import type { PreviewedItem } from "./shapes.ts";
import { strategyTexts } from "./strategies.ts";

const m = messages.units;
const item = style({ display: "flex", gap: 12, alignItems: "start", minWidth: 0 });
const texts = style({
  display: "flex",
  flexDirection: "column",
  gap: 4,
  flexGrow: 1,
  minWidth: 0,
  font: "body-sm",
  color: "body",
});

/** The products of a unit in their order: who put each there, and why. */
export function PreviewedProducts({ items }: { items: readonly PreviewedItem[] }) {
  return (
    <ol className={plainList}>
      {items.map((product) => (
        <li key={product.sku} className={item}>
          <ProductImage src={product.image} alt="" />
          <div className={texts}>
            <AppLink to={`/catalog/${encodeURIComponent(product.sku)}`}>{product.name ?? product.sku}</AppLink>
            <span className={row}>
              {formatMoney(product.finalPrice ?? product.price)}
              <Badge size="S" variant={product.isFallback ? "notice" : "informative"}>
                {product.isFallback ? m.backup : m.primary}
              </Badge>
            </span>
            <Why product={product} />
          </div>
        </li>
      ))}
    </ol>
  );
}

function Why({ product }: { product: PreviewedItem }) {
  const { strategy, score, reasons = [] } = product;
  return (
    <Disclosure size="S" isQuiet>
      <DisclosureTitle level={3}>{m.why}</DisclosureTitle>
      <DisclosurePanel>
        <ul className={plainList}>
          {reasons.map(({ code, text }) => (
            <li key={`${code} ${text}`} className={mutedXs}>
              {text ?? code}
            </li>
          ))}
          {strategy === undefined ? null : <li className={mutedXs}>{m.proposedBy(strategyTexts(strategy).label)}</li>}
          {score === undefined ? null : <li className={mutedXs}>{m.score(formatNumber(score, 3))}</li>}
        </ul>
      </DisclosurePanel>
    </Disclosure>
  );
}
