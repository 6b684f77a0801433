import { type ReactNode, useState } from "react";
import { usePlace } from "../router.ts";
import { messageOf } from "../shop-api.ts";
import { useShop } from "../state/shop.ts";
import type { LineRequest, Part, Product, Variant } from "../types.ts";
import { ListPicker } from "./list-picker.tsx";
import { formatMoney, Price } from "./money.tsx";
import { Picture } from "./picture.tsx";
import { Quantity } from "./quantity.tsx";
import { shadeOf } from "./swatches.tsx";
import { WhyButton } from "./why-button.tsx";
import { WishButton } from "./wish-button.tsx";

type Chosen = Readonly<Record<string, string>>;

/** The variant of a full choice; undefined while something is not chosen. */
function variantOf(product: Product, chosen: Chosen): Variant | undefined {
  return product.variants.find(({ options }) => product.options.every(({ code }) => options[code] === chosen[code]));
}

function isAvailable(product: Product, chosen: Chosen, code: string, value: string): boolean {
  const wanted = { ...chosen, [code]: value };
  return product.variants.some(
    ({ options, inStock }) =>
      inStock &&
      Object.entries(wanted).every(([key, one]) => key === code || options[key] === one) &&
      options[code] === value,
  );
}

function OptionChoice({
  product,
  option,
  chosen,
  onChoose,
  isMissing,
}: {
  readonly product: Product;
  readonly option: Product["options"][number];
  readonly chosen: Chosen;
  readonly onChoose: (value: string) => void;
  readonly isMissing: boolean;
}) {
  const isColor = option.code === "color";
  return (
    <fieldset className={isMissing ? "option option-missing" : "option"}>
      <legend>
        {option.label}
        <span className="option-value">{chosen[option.code] ?? (isMissing ? `please choose` : "")}</span>
      </legend>
      <div className="option-values">
        {option.values.map((value) => (
          <label key={value} className={isColor ? "color-choice" : "size-choice"} title={value}>
            <input
              type="radio"
              name={option.code}
              value={value}
              checked={chosen[option.code] === value}
              disabled={!isAvailable(product, chosen, option.code, value)}
              onChange={() => onChoose(value)}
            />
            {isColor ? <span className="color-dot" style={{ background: shadeOf(value) }} /> : <span>{value}</span>}
            {isColor && <span className="visually-hidden">{value}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function PartChoice({
  part,
  chosen,
  onChoose,
}: {
  readonly part: Part;
  readonly chosen: string | undefined;
  readonly onChoose: (sku: string) => void;
}) {
  return (
    <fieldset className="option">
      <legend>{part.label}</legend>
      <div className="part-values">
        {part.choices.map(({ sku, name, price }) => (
          <label key={sku} className="part-choice">
            <input type="radio" name={part.code} checked={chosen === sku} onChange={() => onChoose(sku)} />
            <span>{name}</span>
            <span className="figure">{formatMoney(price)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** How many of each piece of a set. */
function PieceChoice({
  part,
  counts,
  onCount,
}: {
  readonly part: Part;
  readonly counts: Readonly<Record<string, number>>;
  readonly onCount: (sku: string, qty: number) => void;
}) {
  return (
    <ul className="pieces">
      {part.choices.map(({ sku, name, price, image }) => (
        <li key={sku}>
          <Picture src={image} alt="" />
          <span className="piece-name">
            {name}
            <br />
            <span className="figure">{formatMoney(price)}</span>
          </span>
          <Quantity
            value={counts[sku] ?? 0}
            min={0}
            label={`Quantity of ${name}`}
            onChange={(qty) => onCount(sku, qty)}
          />
        </li>
      ))}
    </ul>
  );
}

function Gallery({
  product,
  image,
  onPick,
}: {
  readonly product: Product;
  readonly image: string | null;
  readonly onPick: (image: string) => void;
}) {
  return (
    <div className="gallery">
      <Picture src={image} alt={product.name} isEager />
      {product.images.length > 1 && (
        <ul className="thumbs">
          {product.images.map((one, index) => (
            <li key={one}>
              <button
                type="button"
                aria-pressed={one === image}
                aria-label={`Picture ${index + 1} of ${product.images.length}`}
                onClick={() => onPick(one)}
              >
                <Picture src={one} alt="" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function chosenAtFirst(product: Product, color: string | null): Chosen {
  const colors = product.options.find(({ code }) => code === "color")?.values ?? [];
  const first = color !== null && colors.includes(color) ? color : colors.length === 1 ? colors[0] : undefined;
  const parts = product.parts.flatMap(({ code, choices }) =>
    product.kind === "bundle" && choices[0] ? [[code, choices[0].sku] as const] : [],
  );
  return { ...(first !== undefined && { color: first }), ...Object.fromEntries(parts) };
}

/** What goes into the cart; null while a choice is missing. */
function linesOf(
  product: Product,
  chosen: Chosen,
  qty: number,
  counts: Readonly<Record<string, number>>,
): readonly LineRequest[] | null {
  if (product.kind === "configurable") {
    const variant = variantOf(product, chosen);
    return variant ? [{ sku: variant.sku, qty }] : null;
  }
  if (product.kind === "grouped") {
    const lines = Object.entries(counts).flatMap(([sku, count]) => (count > 0 ? [{ sku, qty: count }] : []));
    return lines.length > 0 ? lines : null;
  }
  return [
    {
      sku: product.sku,
      qty,
      ...(product.kind === "bundle" && {
        choices: Object.fromEntries(product.parts.map(({ code }) => [code, chosen[code] ?? ""])),
      }),
    },
  ];
}

function priceOf(product: Product, chosen: Chosen) {
  if (product.kind !== "bundle")
    return { price: variantOf(product, chosen)?.price ?? product.price, isFrom: product.isFrom };
  const minor = product.parts.reduce(
    (sum, { code, choices }) => sum + (choices.find(({ sku }) => sku === chosen[code])?.price.minor ?? 0),
    0,
  );
  return { price: product.price && { ...product.price, minor }, isFrom: false };
}

/** Pictures, options and "Add to cart" of a product. */
export function ProductForm({ product, children }: { readonly product: Product; readonly children?: ReactNode }) {
  const { cart, notice } = useShop();
  const { query } = usePlace();
  const [chosen, setChosen] = useState<Chosen>(() => chosenAtFirst(product, query.get("color")));
  const [counts, setCounts] = useState<Readonly<Record<string, number>>>({});
  const [qty, setQty] = useState(1);
  const [picked, setPicked] = useState<string | null>(null);
  const [isTried, setIsTried] = useState(false);
  const [isBusy, setIsBusy] = useState(false);

  const ofColor = product.variants.find(({ options }) => options["color"] === chosen["color"])?.image ?? null;
  const image = picked ?? ofColor ?? product.images[0] ?? null;
  const lines = linesOf(product, chosen, qty, counts);
  const { price, isFrom } = priceOf(product, chosen);
  const isReduced = price !== null && product.regularPrice !== null && price.minor < product.regularPrice.minor;

  const choose = (code: string, value: string): void => {
    setChosen({ ...chosen, [code]: value });
    if (code === "color") setPicked(null);
  };
  const add = async (): Promise<void> => {
    setIsTried(true);
    if (!lines) return;
    setIsBusy(true);
    try {
      const added = await cart.add(lines);
      setIsTried(false);
      notice.set({
        text: `${added.map(({ name }) => name).join(", ")} ${added.length > 1 ? "are" : "is"} in your cart.`,
        tone: "info",
        href: "/shop/cart",
        linkText: "View cart",
      });
    } catch (fault) {
      notice.set({ text: messageOf(fault), tone: "fault" });
    } finally {
      setIsBusy(false);
    }
  };

  return (
    <div className="product">
      <Gallery product={product} image={image} onPick={setPicked} />
      <div className="product-form">
        <h1>{product.name}</h1>
        {children}
        <p className="product-price">
          <Price price={price} regularPrice={product.regularPrice} isFrom={isFrom} />
          {isReduced && (
            <WhyButton
              label={`the price of ${product.name}`}
              subject={() => ({
                title: product.name,
                shown: "What it costs you, and what made the price",
                reasons: [],
                score: null,
                priceOf: variantOf(product, chosen)?.sku ?? product.sku,
              })}
            />
          )}
        </p>
        {product.options.map((option) => (
          <OptionChoice
            key={option.code}
            product={product}
            option={option}
            chosen={chosen}
            isMissing={isTried && chosen[option.code] === undefined}
            onChoose={(value) => choose(option.code, value)}
          />
        ))}
        {product.parts.map((part) =>
          product.kind === "bundle" ? (
            <PartChoice
              key={part.code}
              part={part}
              chosen={chosen[part.code]}
              onChoose={(sku) => choose(part.code, sku)}
            />
          ) : (
            <PieceChoice
              key={part.code}
              part={part}
              counts={counts}
              onCount={(sku, count) => setCounts({ ...counts, [sku]: count })}
            />
          ),
        )}
        <div className="buy">
          {product.kind !== "grouped" && <Quantity value={qty} onChange={setQty} label="Quantity" />}
          <button type="button" className="button button-large" disabled={isBusy} onClick={add}>
            Add to cart
          </button>
          <WishButton card={product} />
        </div>
        {isTried && !lines && (
          <p className="field-fault" role="alert">
            {product.kind === "grouped"
              ? "Please say how many of which piece."
              : `Please choose: ${product.options
                  .filter(({ code }) => chosen[code] === undefined)
                  .map(({ label }) => label.toLowerCase())
                  .join(" and ")}.`}
          </p>
        )}
        <ListPicker lines={lines} onMissing={() => setIsTried(true)} />
        <p className="product-sku">SKU {variantOf(product, chosen)?.sku ?? product.sku}</p>
      </div>
    </div>
  );
}
