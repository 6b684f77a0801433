import { ActionButton, ComboBox, ComboBoxItem, NumberField, Switch, Text, TextField } from "@react-spectrum/s2";
import Close from "@react-spectrum/s2/icons/Close";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../../api/client.ts";
import type { CatalogProduct, Page } from "../../api/shapes.ts";
import { useCurrency } from "../../audiences/rule-builder/use-currency.ts";
import { ChoiceField } from "../../connectors/choice-field.tsx";
import { formatMoney } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { type ChosenProfile, ProfileField } from "../../profiles/profile-field.tsx";
import { useStoreViews } from "../../shell/use-store-views.ts";
import { ListField } from "../../ui/list-field.tsx";
import { body as bodyText, muted, mutedXs, plainList, rowEnd, stackTight } from "../../ui/styles.ts";
import { useDebounced } from "../../ui/use-debounced.ts";
import { MoneyInput } from "./amounts-field.tsx";
import type { SampleCart, SampleLine } from "./sample-cart.ts";

const m = messages.priceRules.trial;
const qtyWidth = style({ width: 96 });
const wide = style({ width: "full" });
const line = style({ display: "flex", alignItems: "end", gap: 8, justifyContent: "space-between" });
const name = style({ display: "flex", flexDirection: "column", minWidth: 0, flexGrow: 1 });
const mostLines = 50;

type Props = {
  cart: SampleCart;
  onChange: (cart: SampleCart) => void;
  profile: ChosenProfile | null;
  onProfile: (profile: ChosenProfile | null) => void;
  /** What the switch for the rule's own code says; null where it needs none. */
  ownCode: string | null;
};

/** Products with quantities, codes, and who buys where and when. */
export function CartEditor({ cart, onChange, profile, onProfile, ownCode }: Props) {
  const set = (patch: Partial<SampleCart>) => onChange({ ...cart, ...patch });
  const storeViews = useStoreViews();
  const currency = useCurrency() ?? "USD";
  const setLine = (at: number, next: SampleLine | null) =>
    set({ lines: cart.lines.flatMap((each, index) => (index === at ? (next ?? []) : each)) });
  return (
    <>
      {cart.lines.length === 0 ? <p className={muted}>{m.emptyCart}</p> : null}
      <ul className={plainList} aria-label={m.cart}>
        {cart.lines.map((each, at) => (
          <li key={each.sku} className={line}>
            <div className={name}>
              <span className={bodyText}>{each.name}</span>
              <span className={mutedXs}>
                {each.sku} · {formatMoney(each.price)}
              </span>
            </div>
            <NumberField
              aria-label={m.qtyOf(each.name)}
              size="S"
              styles={qtyWidth}
              minValue={1}
              maxValue={1_000}
              value={each.qty}
              onChange={(qty) => setLine(at, { ...each, qty: Number.isNaN(qty) ? 1 : qty })}
            />
            <ActionButton isQuiet size="S" aria-label={m.remove(each.name)} onPress={() => setLine(at, null)}>
              <Close />
            </ActionButton>
          </li>
        ))}
      </ul>
      {cart.lines.length >= mostLines ? null : (
        <AddLine
          onAdd={(added) => {
            const at = cart.lines.findIndex(({ sku }) => sku === added.sku);
            const known = cart.lines[at];
            if (known) setLine(at, { ...known, qty: known.qty + 1 });
            else set({ lines: [...cart.lines, added] });
          }}
        />
      )}
      {ownCode === null ? null : (
        <Switch isSelected={cart.hasOwnCode} onChange={(hasOwnCode) => set({ hasOwnCode })}>
          {ownCode}
        </Switch>
      )}
      <ListField label={m.codes} values={cart.codes} onChange={(codes) => set({ codes })} size="S" />
      <ProfileField value={profile} onChange={onProfile} label={m.customer} />
      <TextField
        label={m.group}
        description={m.groupText}
        size="S"
        styles={wide}
        value={cart.group}
        onChange={(group) => set({ group: group.trim() })}
      />
      {storeViews.length > 0 ? (
        <ChoiceField
          label={m.storeView}
          value={cart.storeView}
          choices={[{ key: "", label: m.usualStoreView }, ...storeViews.map((key) => ({ key, label: key }))]}
          onChange={(storeView) => set({ storeView })}
        />
      ) : null}
      <TextField
        label={m.at}
        description={m.atText}
        type="datetime-local"
        size="S"
        styles={wide}
        value={cart.at}
        onChange={(at) => set({ at })}
      />
      <Switch
        isSelected={cart.shipping !== null}
        onChange={(on) =>
          set({ shipping: on ? { minor: 500, currency: cart.lines[0]?.price.currency ?? currency } : null })
        }
      >
        {m.isShipped}
      </Switch>
      {cart.shipping ? (
        <div className={rowEnd}>
          <MoneyInput
            label={m.shipping}
            value={cart.shipping}
            isReadOnly={false}
            onChange={(shipping) => set({ shipping })}
          />
        </div>
      ) : null}
    </>
  );
}

/** Finds a product by name or SKU; what has no price cannot be bought. */
function AddLine({ onAdd }: { onAdd: (line: SampleLine) => void }) {
  const [text, setText] = useState("");
  const search = useDebounced(text, 250);
  const query = useQuery({
    queryKey: ["product-choices", search],
    queryFn: ({ signal }) => get<Page<CatalogProduct>>("/v1/catalog/products", { q: search, limit: 20 }, { signal }),
    placeholderData: keepPreviousData,
  });
  const products = query.data?.items ?? [];
  return (
    <div className={stackTight}>
      <ComboBox
        label={m.add}
        size="S"
        styles={wide}
        menuTrigger="focus"
        menuWidth={360}
        allowsCustomValue
        inputValue={text}
        onInputChange={setText}
        items={products.map(({ sku, name: label }) => ({ id: sku, label }))}
        onSelectionChange={(key) => {
          const found = products.find(({ sku }) => sku === key);
          const price = found?.finalPrice ?? found?.price;
          if (found && price) onAdd({ sku: found.sku, name: found.name, qty: 1, price });
          if (key !== null) setText("");
        }}
      >
        {(item) => (
          <ComboBoxItem id={item.id} textValue={item.id}>
            <Text slot="label">{item.label}</Text>
            <Text slot="description">{item.id}</Text>
          </ComboBoxItem>
        )}
      </ComboBox>
    </div>
  );
}
