import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { get } from "../api/client.ts";
import type { CatalogProduct, Json } from "../api/shapes.ts";
import { formatMoney, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { type Fact, Facts } from "../ui/facts.tsx";
import { Page, Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { body, halves, muted } from "../ui/styles.ts";
import { ProductImage } from "./product-image.tsx";
import { StockLight } from "./products-page.tsx";

const m = messages.catalog;
const head = style({ display: "flex", flexWrap: "wrap", gap: 24 });

export function ProductPage() {
  const { sku = "" } = useParams({ strict: false }) as { sku?: string };
  const query = useQuery({
    queryKey: ["product", sku],
    queryFn: ({ signal }) => get<CatalogProduct>(`/v1/catalog/products/${encodeURIComponent(sku)}`, {}, { signal }),
  });
  return <Loaded query={query}>{(product) => <Detail product={product} />}</Loaded>;
}

function Detail({ product }: { product: CatalogProduct }) {
  const attributes = Object.entries({ ...product.attributes, ...product.options });
  return (
    <Page
      title={product.name}
      description={product.sku}
      badge={<StockLight product={product} />}
      parent={{ label: m.title, to: "/catalog" }}
    >
      <div className={head}>
        <ProductImage size="large" src={product.images[0]} alt={product.name} />
        <Facts facts={factsOf(product)} />
      </div>
      <div className={halves}>
        <Panel title={m.attributes}>
          {attributes.length === 0 ? <p className={muted}>{m.noAttributes}</p> : null}
          <Facts facts={attributes.map(([label, value]) => ({ label, value: toText(value) }))} />
        </Panel>
        <Panel title={m.descriptionTitle}>
          <p className={body}>{product.description ? plainText(product.description) : m.noDescription}</p>
        </Panel>
      </div>
      <Variants product={product} />
    </Page>
  );
}

function factsOf(product: CatalogProduct): readonly Fact[] {
  const parent = product.parentSku;
  return [
    { label: m.price, value: formatMoney(product.finalPrice ?? product.price) },
    ...(product.specialPrice ? [{ label: m.regularPrice, value: formatMoney(product.price) }] : []),
    { label: m.type, value: product.type },
    { label: m.brand, value: product.brand ?? messages.common.none },
    { label: m.categories, value: product.categories.join(", ") || messages.common.none },
    ...(parent
      ? [{ label: m.parent, value: <AppLink to={`/catalog/${encodeURIComponent(parent)}`}>{parent}</AppLink> }]
      : []),
    ...(product.rating
      ? [
          {
            label: m.rating,
            value: m.ratingOf(formatNumber(product.rating.average, 1), formatNumber(product.rating.count)),
          },
        ]
      : []),
    ...(product.visibility ? [{ label: m.visibility, value: product.visibility }] : []),
  ];
}

function Variants({ product }: { product: CatalogProduct }) {
  const variants = (product.variants ?? []).map((variant) =>
    typeof variant === "string" ? { sku: variant, name: variant } : variant,
  );
  if (variants.length === 0) return null;
  return (
    <Panel title={m.variants(formatNumber(variants.length))}>
      <DataTable<Partial<CatalogProduct> & { sku: string }>
        label={m.variantsLabel}
        rows={variants}
        rowKey={({ sku }) => sku}
        columns={[
          {
            key: "sku",
            label: m.sku,
            text: ({ sku }) => sku,
            render: ({ sku }) => <AppLink to={`/catalog/${encodeURIComponent(sku)}`}>{sku}</AppLink>,
          },
          { key: "options", label: m.options, text: ({ options }) => Object.values(options ?? {}).join(" / ") },
          {
            key: "price",
            label: m.price,
            align: "end",
            text: ({ finalPrice, price }) => formatMoney(finalPrice ?? price),
          },
          {
            key: "stock",
            label: m.stock,
            text: ({ inStock }) => (inStock === undefined ? messages.common.none : inStock ? m.inStock : m.outOfStock),
          },
        ]}
      />
    </Panel>
  );
}

function toText(value: Json): string {
  if (Array.isArray(value)) return value.map(toText).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Descriptions come as HTML; here only their words matter. */
function plainText(html: string): string {
  return new DOMParser().parseFromString(html, "text/html").body.textContent ?? "";
}
