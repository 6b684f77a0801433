import { DialogContainer } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { hasDraft } from "../definitions/draft-state.ts";
import { messages } from "../messages.data.ts";
import { ActionDialog } from "../ui/action-dialog.tsx";
import { movedItem, OrderList } from "../ui/order-list.tsx";
import { Loaded } from "../ui/states.tsx";
import { body as bodyText, muted, mutedXs } from "../ui/styles.ts";
import { showDone } from "../ui/toasts.ts";
import { useFacetOrder, usePinnedFacets } from "./use-pinned-facets.ts";

const m = messages.merchandising.facet;
/** Puts the facets that are always shown into an order. */
export function FacetOrder() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <GatedButton scope="publish" variant="secondary" onPress={() => setOpen(true)}>
        {m.order}
      </GatedButton>
      <DialogContainer onDismiss={() => setOpen(false)}>
        {isOpen ? <OrderDialog onClose={() => setOpen(false)} /> : null}
      </DialogContainer>
    </>
  );
}

function OrderDialog({ onClose }: { onClose: () => void }) {
  const query = usePinnedFacets();
  const save = useFacetOrder();
  const [order, setOrder] = useState<readonly string[] | null>(null);
  const facets = query.data ?? [];
  const shown = order === null ? facets : order.flatMap((id) => facets.find((facet) => facet.id === id) ?? []);
  return (
    <ActionDialog
      title={m.orderTitle}
      action={m.saveOrder}
      mutation={save}
      isReady={order !== null}
      onClose={onClose}
      onAction={() =>
        save.mutate(shown, {
          onSuccess: (count) => {
            showDone(m.ordered(count));
            onClose();
          },
        })
      }
    >
      <p className={muted}>{m.orderText}</p>
      <Loaded query={query}>
        {() =>
          shown.length === 0 ? (
            <p className={bodyText}>{m.noPinned}</p>
          ) : (
            <OrderList
              label={m.orderTitle}
              items={shown}
              isReadOnly={false}
              onMove={(from, to) => setOrder(movedItem(shown, from, to).map(({ id }) => id))}
              handleText={m.handle}
              movedText={m.said}
            >
              {(facet) => (
                <>
                  <span className={bodyText}>{facet.name}</span>
                  {hasDraft(facet) && facet.liveVersion !== null ? <span className={mutedXs}>{m.hasDraft}</span> : null}
                </>
              )}
            </OrderList>
          )
        }
      </Loaded>
    </ActionDialog>
  );
}
