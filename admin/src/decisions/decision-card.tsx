import { Badge, Disclosure, DisclosurePanel, DisclosureTitle, StatusLight } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { ExplanationTree } from "../audiences/explanation-tree.tsx";
import { readExplanation } from "../audiences/read-explanation.ts";
import { HtmlPreview } from "../content/html-preview.tsx";
import { pathByKind } from "../definitions/path-by-kind.ts";
import { messages } from "../messages.data.ts";
import { ProductStrip } from "../recommendations/product-strip.tsx";
import { AppLink } from "../shell/navigation.tsx";
import { muted, plainList, row, stackTight, strong } from "../ui/styles.ts";
import type { Considered, Decision } from "./shapes.ts";

const m = messages.preview;
const card = style({
  display: "flex",
  flexDirection: "column",
  gap: 12,
  minWidth: 0,
  borderWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-200",
  borderRadius: "lg",
  padding: 16,
});

/** What one placement shows, the reasons for it, and what was thrown out on the way. */
export function DecisionCard({ decision }: { decision: Decision }) {
  const { value, kind } = decision;
  const considered = decision.explain?.considered ?? [];
  return (
    <div className={card}>
      <div className={row}>
        <Badge variant={value ? "informative" : "neutral"} fillStyle="subtle">
          {kind ? (m.kinds[kind as keyof typeof m.kinds] ?? kind) : m.nothing}
        </Badge>
        {value?.name || value?.label ? <strong className={strong}>{value.name ?? value.label}</strong> : null}
      </div>
      {value?.html === undefined ? null : <HtmlPreview html={value.html} title={decision.placement} />}
      {value?.items ? <ProductStrip items={value.items} /> : null}
      <ul className={plainList}>
        {decision.reasons.map((reason) => (
          <li key={reason.code + (reason.text ?? "")} className={muted}>
            {reason.text ?? reason.code}
          </li>
        ))}
      </ul>
      {considered.length === 0 ? null : (
        <Disclosure isQuiet size="S">
          <DisclosureTitle>{m.why(considered.length)}</DisclosureTitle>
          <DisclosurePanel>
            <ul className={plainList}>
              {considered.map((entry) => (
                <li key={entry.kind + entry.id}>
                  <ConsideredLine entry={entry} />
                </li>
              ))}
            </ul>
          </DisclosurePanel>
        </Disclosure>
      )}
    </div>
  );
}

function ConsideredLine({ entry }: { entry: Considered }) {
  const path = pathByKind[entry.kind];
  const rule = entry.reason?.["rule"];
  return (
    <div className={stackTight}>
      <div className={row}>
        <StatusLight variant={entry.outcome === "shown" ? "positive" : "neutral"}>
          {m.outcomes[entry.outcome]}
        </StatusLight>
        {path ? <AppLink to={`${path}/${entry.id}`}>{entry.name}</AppLink> : entry.name}
        {entry.priority === undefined ? null : <span className={muted}>{m.priority(entry.priority)}</span>}
      </div>
      {entry.reason ? <span className={muted}>{entry.reason.text ?? entry.reason.code}</span> : null}
      {rule !== undefined && readExplanation(rule) ? <ExplanationTree answer={rule} /> : null}
    </div>
  );
}
