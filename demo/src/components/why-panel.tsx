import type { Reason } from "@clientele/browser";
import { useEffect, useRef } from "react";
import { cartOf } from "../personalisation/use-decisions.ts";
import { type WhySubject, whySubject } from "../personalisation/why.ts";
import { shopApi } from "../shop-api.ts";
import { type Shop, useShop } from "../state/shop.ts";
import { useValue } from "../state/value.ts";
import { ExplainTree } from "./explain-tree.tsx";
import { Icon } from "./icons.tsx";
import { FaultNote, LoadingNote } from "./states.tsx";
import { useLoaded } from "./use-loaded.ts";

type Fields = { readonly [key: string]: unknown };
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

async function askForExplanation(shop: Shop, subject: WhySubject, signal: AbortSignal): Promise<unknown> {
  const { anonymousId } = shop.client;
  if (subject.listing) {
    const { limit, offset, ...listing } = subject.listing;
    return shopApi.post(
      "/explain",
      { anonymousId, listing: { ...listing, limit: String(limit), offset: String(offset) } },
      signal,
    );
  }
  if (subject.cart) return shopApi.post("/totals/explain", subject.cart, signal);
  if (subject.priceOf !== undefined) return shopApi.post("/explain", { anonymousId, price: subject.priceOf }, signal);
  if (subject.placement === undefined) return null;
  return shopApi.post(
    "/explain",
    {
      anonymousId,
      placements: [subject.placement],
      context: { storeView: shop.config.storeView, ...subject.about },
      ...cartOf(shop),
    },
    signal,
  );
}

/** The part of the answer that is about the subject: the item of a listing or unit, or the whole decision. */
function partOf(answer: unknown, { sku, placement, listing, cart, priceOf }: WhySubject): unknown {
  if (!isFields(answer) || priceOf !== undefined) return answer;
  if (cart) return answer["explain"] ?? null;
  if (listing) {
    const items = Array.isArray(answer["items"]) ? answer["items"].filter(isFields) : [];
    if (sku === undefined) return answer["explain"] ?? null;
    const item = items.find((candidate) => candidate["sku"] === sku);
    return item ? (item["explain"] ?? item["reasons"]) : null;
  }
  const decisions = Array.isArray(answer["decisions"]) ? answer["decisions"].filter(isFields) : [];
  return decisions.find((decision) => decision["placement"] === placement)?.["explain"] ?? null;
}

function Reasons({ reasons }: { readonly reasons: readonly Reason[] }) {
  if (reasons.length === 0)
    return <p className="why-quiet">No special reason: it matches, and nothing ranks before it.</p>;
  return (
    <ul className="why-reasons">
      {reasons.map((reason) => (
        <li key={`${reason.code} ${reason.text}`}>
          {reason.text} <code>{reason.code}</code>
        </li>
      ))}
    </ul>
  );
}

function Explanation({ subject }: { readonly subject: WhySubject }) {
  const shop = useShop();
  const loaded = useLoaded(JSON.stringify(subject), (signal) => askForExplanation(shop, subject, signal));
  if (loaded.status === "loading") return <LoadingNote text="Asking Clientele" />;
  if (loaded.status === "failed") return <FaultNote fault={loaded.fault} onRetry={loaded.reload} />;
  const part = partOf(loaded.value, subject);
  if (part === null || part === undefined) return <p className="why-quiet">Clientele has nothing to add.</p>;
  return <ExplainTree value={part} sku={subject.sku} />;
}

/** Tells why something is shown: the reasons that came with it, and Clientele's full explanation. */
export function WhyPanel() {
  const subject = useValue(whySubject);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (subject) dialog.current?.showModal();
  }, [subject]);
  const close = (): void => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      className="side-panel"
      aria-labelledby="why-title"
      onClose={() => whySubject.set(null)}
      onClick={(event) => event.target === dialog.current && close()}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      {subject && (
        <div className="side-panel-body">
          <header className="side-panel-head">
            <p className="eyebrow">Why do I see this?</p>
            <button type="button" className="icon-button" aria-label="Close" onClick={close}>
              <Icon name="close" />
            </button>
          </header>
          <h2 id="why-title">{subject.title}</h2>
          <p>{subject.shown}</p>
          <h3>Reasons</h3>
          <Reasons reasons={subject.reasons} />
          {subject.score !== null && (
            <p>
              Score <strong>{subject.score.toLocaleString("en-US", { maximumFractionDigits: 4 })}</strong>
            </p>
          )}
          <h3>How it was decided</h3>
          <Explanation subject={subject} />
          {subject.decisionId && (
            <p className="why-quiet">
              Decision <code>{subject.decisionId}</code>
            </p>
          )}
        </div>
      )}
    </dialog>
  );
}
