import { Button } from "@react-spectrum/s2";
import { useState } from "react";
import { ProductField } from "../catalog/product-field.tsx";
import { messages } from "../messages.data.ts";
import { muted, rowEnd, stackTight, strong } from "../ui/styles.ts";
import { pinTo, say } from "./edit-events.ts";
import type { NamedEvent } from "./shapes.ts";

const m = messages.merchandising.products;

type Props = { events: readonly NamedEvent[]; onChange: (events: readonly NamedEvent[]) => void };

/** Says something of any product of the catalog, listed or not. */
export function AddProduct({ events, onChange }: Props) {
  const [sku, setSku] = useState<string | null>(null);
  // A new key empties the field for the next product.
  const [round, setRound] = useState(0);
  const done = (next: readonly NamedEvent[]) => {
    onChange(next);
    setSku(null);
    setRound(round + 1);
  };
  const actions = ["boost", "bury", "hide"] as const;
  return (
    <section className={stackTight} aria-label={m.add}>
      <span className={strong}>{m.add}</span>
      <div className={rowEnd}>
        <ProductField key={round} value={sku} onChange={setSku} />
        <Button
          variant="secondary"
          isDisabled={sku === null}
          onPress={() => sku !== null && done(pinTo(events, sku, 1))}
        >
          {m.addPin}
        </Button>
        {actions.map((action) => (
          <Button
            key={action}
            variant="secondary"
            isDisabled={sku === null}
            onPress={() => sku !== null && done(say(events, sku, action))}
          >
            {m.tips[action]}
          </Button>
        ))}
      </div>
      <p className={muted}>{sku === null ? m.addText : m.added(sku)}</p>
    </section>
  );
}
