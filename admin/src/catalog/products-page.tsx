import { StatusLight } from "@react-spectrum/s2";
import type { CatalogProduct } from "../api/shapes.ts";
import { formatMoney, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import type { Column } from "../ui/data-table.tsx";
import { ListPage } from "../ui/list-page.tsx";
import { mutedXs, row, stackTight } from "../ui/styles.ts";
import { ProductImage } from "./product-image.tsx";

const m = messages.catalog;

export function StockLight({ product }: { product: Pick<CatalogProduct, "inStock" | "qty"> }) {
  const quantity = product.qty === null ? "" : ` (${formatNumber(product.qty)})`;
  return (
    <StatusLight variant={product.inStock ? "positive" : "negative"}>
      {(product.inStock ? m.inStock : m.outOfStock) + quantity}
    </StatusLight>
  );
}

const columns: readonly Column<CatalogProduct>[] = [
  {
    key: "name",
    label: m.product,
    text: ({ name }) => name,
    render: ({ name, sku, images }) => (
      <div className={row}>
        <ProductImage src={images[0]} alt="" />
        <div className={stackTight}>
          <AppLink to={`/catalog/${encodeURIComponent(sku)}`}>{name}</AppLink>
          <span className={mutedXs}>{sku}</span>
        </div>
      </div>
    ),
  },
  { key: "sku", label: m.sku, isHiddenAtFirst: true, text: ({ sku }) => sku },
  { key: "type", label: m.type, text: ({ type }) => type },
  { key: "price", label: m.price, align: "end", text: ({ finalPrice, price }) => formatMoney(finalPrice ?? price) },
  {
    key: "stock",
    isOneLine: true,
    label: m.stock,
    text: ({ inStock }) => (inStock ? m.inStock : m.outOfStock),
    render: (product) => <StockLight product={product} />,
  },
  { key: "categories", label: m.categories, text: ({ categories }) => categories.at(-1) ?? messages.common.none },
  { key: "brand", label: m.brand, isHiddenAtFirst: true, text: ({ brand }) => brand ?? messages.common.none },
];

export function ProductsPage() {
  return (
    <ListPage<CatalogProduct>
      id="products"
      title={m.title}
      description={m.description}
      path="/v1/catalog/products"
      searchParam="q"
      columns={columns}
      rowKey={({ sku }) => sku}
      searchLabel={m.search}
      empty={{ title: m.emptyTitle, text: m.emptyText, example: <code>{m.example}</code> }}
    />
  );
}
