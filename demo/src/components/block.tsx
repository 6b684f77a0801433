import { type BlockValue, type Decision, safeUrl, sanitizeHtml } from "@clientele/browser";
import { type ReactNode, useEffect, useLayoutEffect, useRef } from "react";
import type { Decisions } from "../personalisation/use-decisions.ts";
import { useShop } from "../state/shop.ts";
import { WhyButton } from "./why-button.tsx";

type BlockDecision = Decision & { readonly kind: "block"; readonly value: BlockValue };

function isBlock(decision: Decision | undefined): decision is BlockDecision {
  return (
    decision?.kind === "block" &&
    decision.value !== null &&
    typeof decision.value.html === "string" &&
    decision.value.html !== ""
  );
}

type BlockProps = {
  readonly placement: string;
  readonly decisions: Decisions;
  /** Shown when Clientele decides for nothing or does not answer. */
  readonly children?: ReactNode;
  readonly className?: string;
};

/** A place whose content Clientele decides. It keeps its height while the decision is on its way. */
export function Block({ placement, decisions, children, className = "" }: BlockProps) {
  const decision = decisions.at(placement);
  if (isBlock(decision))
    return <BlockContent key={decision.decisionId} decision={decision} decisions={decisions} className={className} />;
  if (decisions.status === "waiting")
    return children ? <div className={`block block-waiting ${className}`} aria-hidden="true" /> : null;
  return children ? <div className={`block ${className}`}>{children}</div> : null;
}

function BlockContent({
  decision,
  decisions,
  className,
}: {
  readonly decision: BlockDecision;
  readonly decisions: Decisions;
  readonly className: string;
}) {
  const { client } = useShop();
  const content = useRef<HTMLDivElement>(null);
  const { value } = decision;
  // Before the first paint, so that no empty block is seen. The server cleaned the markup; the SDK cleans it again.
  useLayoutEffect(() => {
    const target = content.current;
    if (!target) return;
    const html = sanitizeHtml(value.html ?? "");
    const href = value.link ? safeUrl(value.link) : undefined;
    if (href && !html.querySelector("a, button")) {
      const link = document.createElement("a");
      link.href = href;
      link.append(html);
      target.replaceChildren(link);
    } else target.replaceChildren(html);
  }, [value]);
  useEffect(() => (content.current ? client.attach(decision, content.current) : undefined), [client, decision]);
  const name = value.name ?? value.blockId;
  return (
    <div className={`block ${className}`}>
      <div ref={content} className="block-content" />
      <WhyButton
        className="block-why"
        label={name}
        subject={() => ({
          title: name,
          shown: `The block “${name}” at ${decision.placement}`,
          reasons: decision.reasons,
          score: null,
          placement: decision.placement,
          about: decisions.subject,
          decisionId: decision.decisionId,
        })}
      />
    </div>
  );
}
