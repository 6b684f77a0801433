import { Button, Form, TextField } from "@react-spectrum/s2";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../../../api/client.ts";
import { formatInstant } from "../../../format.ts";
import { messages } from "../../../messages.data.ts";
import { Panel } from "../../../ui/page.tsx";
import { Loaded } from "../../../ui/states.tsx";
import { muted, rowEnd, stack } from "../../../ui/styles.ts";
import { Sampled } from "../simulation-report.tsx";
import type { ShadowCart } from "./shapes.ts";

const m = messages.liveCarts;

/** Why one cart came out as it did. */
export function CartPanel({ path }: { path: string }) {
  const [typed, setTyped] = useState("");
  const [cartId, setCartId] = useState("");
  return (
    <Panel title={m.find} description={m.findText}>
      <Form
        onSubmit={(event) => {
          event.preventDefault();
          setCartId(typed.trim());
        }}
      >
        <div className={rowEnd}>
          <TextField label={m.cartId} maxLength={128} value={typed} onChange={setTyped} />
          <Button type="submit" variant="secondary" isDisabled={typed.trim() === ""}>
            {m.look}
          </Button>
        </div>
      </Form>
      {cartId === "" ? null : <FoundCart path={path} cartId={cartId} />}
    </Panel>
  );
}

function FoundCart({ path, cartId }: { path: string; cartId: string }) {
  const query = useQuery({
    queryKey: ["shadow-runs", path, "cart", cartId],
    queryFn: ({ signal }) => get<ShadowCart>(`${path}/cart`, { cartId }, { signal }),
    retry: false,
  });
  return (
    <Loaded query={query}>
      {({ at, isBought, sample }) => (
        <div className={stack}>
          {sample ? (
            <Sampled order={sample} title={m.cartTitle(formatInstant(at))} />
          ) : (
            <p className={muted}>{m.same}</p>
          )}
          {isBought ? <p className={muted}>{m.isBought}</p> : null}
        </div>
      )}
    </Loaded>
  );
}
