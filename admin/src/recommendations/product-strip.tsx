import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { RecommendedItem } from "../api/shapes.ts";
import { ProductImage } from "../catalog/product-image.tsx";
import { formatMoney, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { muted, mutedXs } from "../ui/styles.ts";

const list = style({ listStyleType: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", gap: 12 });
const item = style({ display: "flex", gap: 12, alignItems: "start", minWidth: 0 });
const texts = style({ display: "flex", flexDirection: "column", gap: 2, minWidth: 0, font: "body-sm", color: "body" });

/** Recommended products in rank order, each with its score and the reasons for it. */
export function ProductStrip({ items }: { items: readonly RecommendedItem[] }) {
  if (items.length === 0) return <p className={muted}>{messages.units.nothing}</p>;
  return (
    <ol className={list}>
      {items.map((product) => (
        <li key={product.sku} className={item}>
          <ProductImage src={product.image} alt="" />
          <div className={texts}>
            <AppLink to={`/catalog/${encodeURIComponent(product.sku)}`}>{product.name ?? product.sku}</AppLink>
            <span>{formatMoney(product.finalPrice ?? product.price)}</span>
            <span className={mutedXs}>
              {product.score === undefined ? product.sku : messages.units.score(formatNumber(product.score, 3))}
            </span>
            {product.isFallback ? <span className={mutedXs}>{messages.units.filledUp}</span> : null}
            {(product.reasons ?? []).map((reason) => (
              <span key={reason.code + (reason.text ?? "")} className={mutedXs}>
                {reason.text ?? reason.code}
              </span>
            ))}
          </div>
        </li>
      ))}
    </ol>
  );
}
