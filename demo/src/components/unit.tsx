import type { Decision, UnitValue } from "@clientele/browser";
import { useEffect, useRef } from "react";
import { useCards } from "../personalisation/cards.ts";
import { toCard } from "../personalisation/listing.ts";
import type { Decisions } from "../personalisation/use-decisions.ts";
import type { WhySubject } from "../personalisation/why.ts";
import { useShop } from "../state/shop.ts";
import { Icon } from "./icons.tsx";
import { ProductTile } from "./product-tile.tsx";
import { WhyButton } from "./why-button.tsx";

type UnitDecision = Decision & { readonly kind: "recommendations" | "related-products"; readonly value: UnitValue };

function isUnit(decision: Decision | undefined): decision is UnitDecision {
  return (
    (decision?.kind === "recommendations" || decision?.kind === "related-products") &&
    decision.value !== null &&
    Array.isArray(decision.value.items) &&
    decision.value.items.length > 0
  );
}

function unitWhy(decision: UnitDecision, decisions: Decisions): WhySubject {
  const { value, placement, decisionId, reasons } = decision;
  return {
    title: value.label,
    shown:
      decision.kind === "related-products"
        ? `${value.items.length} products by the merchant's links and rules`
        : `${value.items.length} products by the strategy “${value.strategy ?? "unknown"}”`,
    reasons,
    score: null,
    placement,
    about: decisions.subject,
    decisionId,
  };
}

/** A row of recommended products; nothing where Clientele has none to show. */
export function Unit({ placement, decisions }: { readonly placement: string; readonly decisions: Decisions }) {
  const decision = decisions.at(placement);
  if (!isUnit(decision)) return null;
  return <UnitRow key={decision.decisionId} decision={decision} decisions={decisions} />;
}

function UnitRow({ decision, decisions }: { readonly decision: UnitDecision; readonly decisions: Decisions }) {
  const { client } = useShop();
  const section = useRef<HTMLElement>(null);
  const row = useRef<HTMLUListElement>(null);
  const cards = useCards(decision.value.items.map(toCard));
  useEffect(() => (section.current ? client.attach(decision, section.current) : undefined), [client, decision]);
  const scroll = (direction: 1 | -1): void => {
    row.current?.scrollBy({ left: direction * row.current.clientWidth * 0.8, behavior: "smooth" });
  };
  const titleId = `unit-${decision.placement.replaceAll(".", "-")}`;
  return (
    <section className="unit" ref={section} aria-labelledby={titleId}>
      <header className="unit-head">
        <h2 id={titleId}>{decision.value.label}</h2>
        <WhyButton subject={() => unitWhy(decision, decisions)} label={decision.value.label} />
        <span className="unit-arrows">
          <button
            type="button"
            className="icon-button"
            aria-label={`Scroll ${decision.value.label} back`}
            onClick={() => scroll(-1)}
          >
            <Icon name="left" />
          </button>
          <button
            type="button"
            className="icon-button"
            aria-label={`Scroll ${decision.value.label} on`}
            onClick={() => scroll(1)}
          >
            <Icon name="right" />
          </button>
        </span>
      </header>
      {/* A list that scrolls must be reachable by keyboard; its links are. */}
      <ul className="unit-row" ref={row}>
        {cards.map((card, index) => {
          const item = decision.value.items[index];
          return (
            <li key={card.sku}>
              <ProductTile
                card={card}
                why={() => ({
                  ...unitWhy(decision, decisions),
                  title: card.name,
                  shown: `Place ${index + 1} of “${decision.value.label}”`,
                  reasons: item?.reasons ?? [],
                  score: item?.score ?? null,
                  sku: card.sku,
                })}
              />
            </li>
          );
        })}
      </ul>
    </section>
  );
}
