import { useEffect } from "react";
import { Breadcrumbs } from "../components/breadcrumbs.tsx";
import { ProductForm } from "../components/product-form.tsx";
import { RatingLine, Stars } from "../components/rating.tsx";
import { FaultNote, LoadingNote } from "../components/states.tsx";
import { Unit } from "../components/unit.tsx";
import { useLoaded } from "../components/use-loaded.ts";
import { usePageView } from "../components/use-page-view.ts";
import { useDecisions } from "../personalisation/use-decisions.ts";
import { ShopFault, shopApi } from "../shop-api.ts";
import { trailTo, useCategories } from "../state/categories.ts";
import { useShop } from "../state/shop.ts";
import type { Product } from "../types.ts";
import { NotFoundPage } from "./not-found-page.tsx";

const placements = ["product.bought-together", "product.related", "product.upsell", "product.viewed-also-viewed"];

/** The catalog's text marks list entries with a dash at the beginning of a line or after a full stop. */
function Description({ text }: { readonly text: string }) {
  const [lead = "", ...rest] = text.split(/(?:^|\n)\s*[-•]\s+/);
  const points = rest
    .flatMap((part) => part.split(/(?<=\.)\s+-\s+/))
    .map((part) => part.trim())
    .filter((part) => part !== "");
  return (
    <>
      <p>{lead.trim()}</p>
      {points.length > 0 && (
        <ul>
          {points.map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Reviews({ product }: { readonly product: Product }) {
  const { reviews, rating } = product;
  if (!rating || reviews.length === 0) return null;
  return (
    <section aria-labelledby="reviews" className="reviews">
      <h2 id="reviews">Reviews</h2>
      <p className="reviews-average">
        <strong>{rating.average}</strong> <Stars value={rating.average} /> from {rating.count}{" "}
        {rating.count === 1 ? "review" : "reviews"}
      </p>
      <ul>
        {reviews.map((review) => (
          <li key={`${review.reviewer} ${review.title}`}>
            <Stars value={review.rating} />
            <h3>{review.title}</h3>
            <p>{review.text}</p>
            <p className="review-by">{review.reviewer}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Details({ product }: { readonly product: Product }) {
  if (product.attributes.length === 0) return null;
  return (
    <dl className="attributes">
      {product.attributes.map(({ code, label, values }) => (
        <div key={code}>
          <dt>{label}</dt>
          <dd>{values.join(", ")}</dd>
        </div>
      ))}
    </dl>
  );
}

function ProductDetails({ product }: { readonly product: Product }) {
  const shop = useShop();
  const categories = useCategories();
  usePageView("product", product.name, product.sku);
  useEffect(() => {
    shop.tracking.productPageView(product);
  }, [shop, product]);
  // After the view above, so that it rides along and counts.
  const decisions = useDecisions(placements, { sku: product.sku });
  const trail = trailTo(categories, product.categories[0] ?? "");
  return (
    <div className="stack">
      <Breadcrumbs trail={trail} current={product.name} />
      <ProductForm product={product}>
        <RatingLine rating={product.rating} />
      </ProductForm>
      <section className="product-text">
        <div>
          <h2>About this product</h2>
          <Description text={product.description} />
        </div>
        <Details product={product} />
      </section>
      <Unit placement="product.bought-together" decisions={decisions} />
      <Unit placement="product.related" decisions={decisions} />
      <Unit placement="product.upsell" decisions={decisions} />
      <Unit placement="product.viewed-also-viewed" decisions={decisions} />
      <Reviews product={product} />
    </div>
  );
}

export function ProductPage({ sku }: { readonly sku: string }) {
  const { client } = useShop();
  const query = new URLSearchParams({ anonymousId: client.anonymousId });
  const loaded = useLoaded(sku, (signal) =>
    shopApi.get<Product>(`/products/${encodeURIComponent(sku)}?${query}`, signal),
  );
  if (loaded.status === "failed") {
    return loaded.fault instanceof ShopFault && loaded.fault.status === 404 ? (
      <NotFoundPage what="This product" />
    ) : (
      <FaultNote fault={loaded.fault} onRetry={loaded.reload} />
    );
  }
  // The product of the page before is nothing to look at.
  if (loaded.status === "loading") return <LoadingNote />;
  return <ProductDetails key={loaded.value.sku} product={loaded.value} />;
}
