import type { Money } from "@clientele/browser";

const formats = new Map<string, Intl.NumberFormat>();

export function formatMoney({ minor, currency }: Money): string {
  const format = formats.get(currency) ?? new Intl.NumberFormat("en-US", { style: "currency", currency });
  formats.set(currency, format);
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

type PriceProps = {
  readonly price: Money | null;
  readonly regularPrice?: Money | null;
  readonly isFrom?: boolean | undefined;
};

/** The price; a former higher one is struck through and said in words to screen readers. */
export function Price({ price, regularPrice, isFrom }: PriceProps) {
  if (!price) return null;
  const isReduced = regularPrice && regularPrice.minor > price.minor;
  return (
    <span className={isReduced ? "price price-reduced" : "price"}>
      {isFrom && <span className="price-from">from </span>}
      {isReduced && <span className="visually-hidden">now </span>}
      <span className="price-now">{formatMoney(price)}</span>
      {isReduced && (
        <>
          <span className="visually-hidden"> instead of </span>
          <s>{formatMoney(regularPrice)}</s>
        </>
      )}
    </span>
  );
}
