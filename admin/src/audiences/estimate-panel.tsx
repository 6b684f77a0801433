import { ActionButton, Badge } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import type { SideProps } from "../definitions/kind-page.ts";
import { formatClockTime, formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { Bars } from "../ui/bars.tsx";
import { DraftProblem } from "../ui/draft-problem.tsx";
import { Panel } from "../ui/page.tsx";
import { Loading } from "../ui/states.tsx";
import { muted, plainList, row, rowBetween } from "../ui/styles.ts";
import type { AudienceBody } from "./audience-kind.tsx";
import { DraftWhyDialog } from "./draft-why-dialog.tsx";
import { startingRule } from "./starting-rule.ts";
import { type Estimate, type Sample, type Selection, useEstimate, useExactCount } from "./use-preview.ts";
import { UsedByPanel } from "./used-by-panel.tsx";

const m = messages.audiences;
const v = messages.audienceViews;
const figure = style({ font: "heading-xl", color: "heading" });

/** Live size of the rule as it stands in the form, with people it would select and what uses it. */
export function EstimatePanel({ body, scope, definition }: SideProps<AudienceBody>) {
  const { rule = startingRule, appliesTo, timezone } = body;
  return (
    <>
      {body.imported ? null : <Counted selection={{ rule, appliesTo, timezone, storeViews: scope.storeViews }} />}
      {definition ? <UsedByPanel id={definition.id} /> : null}
    </>
  );
}

function Counted({ selection }: { selection: Selection }) {
  const text = JSON.stringify(selection);
  // Asked for of one rule; the next one is counted quickly again.
  const [exactOf, setExactOf] = useState<string | null>(null);
  const estimate = useEstimate(selection, exactOf === text);
  const isShown = estimate.data !== undefined && !estimate.error;
  return (
    <>
      <Panel
        title={m.estimate}
        aside={<span className={muted}>{estimate.isBehind ? m.counting : countedAt(estimate.dataUpdatedAt)}</span>}
      >
        <div aria-live="polite">
          {estimate.error ? <DraftProblem error={estimate.error} unfinished={m.unfinished} /> : null}
          {isShown ? <Figures estimate={estimate.data} onExact={() => setExactOf(text)} /> : null}
          {estimate.isPending ? <Loading /> : null}
        </div>
      </Panel>
      {isShown && estimate.data.exactness !== "in_call" ? (
        <Samples samples={estimate.data.sample} selection={selection} />
      ) : null}
    </>
  );
}

function countedAt(readAt: number): string {
  return readAt === 0 ? "" : m.countedAt(formatClockTime(readAt));
}

function Figures({ estimate, onExact }: { estimate: Estimate; onExact: () => void }) {
  const { warnings = [], confidence, estimateId } = estimate;
  const exact = useExactCount(estimateId).data;
  if (estimate.exactness === "in_call") return <p className={muted}>{m.inCall}</p>;
  const isExact = estimate.exactness === "exact" || (exact?.status === "live" && exact.count !== null);
  const share = isExact && estimate.total > 0 ? (exact?.count ?? estimate.count) / estimate.total : estimate.share;
  const count = isExact ? (exact?.count ?? estimate.count) : estimate.count;
  return (
    <>
      <div className={row}>
        <span className={figure}>{formatNumber(count)}</span>
        <Badge variant={isExact ? "positive" : "notice"} fillStyle="subtle">
          {isExact ? m.exact : m.sampled(formatNumber(estimate.margin))}
        </Badge>
        {isExact || confidence === undefined ? null : (
          <span className={muted}>{v.confidence(formatShare(confidence))}</span>
        )}
        {exact?.status === "computing" ? (
          <span className={muted}>{v.countedSoFar(formatNumber(exact.done), formatNumber(exact.total))}</span>
        ) : null}
        {isExact || estimateId !== undefined ? null : (
          <ActionButton size="S" onPress={onExact}>
            {v.countExactly}
          </ActionButton>
        )}
      </div>
      <Bars
        bars={[{ label: m.shareOf(formatNumber(estimate.total)), value: share, text: formatShare(share) }]}
        longest={1}
      />
      {warnings.length === 0 ? null : (
        <>
          <p className={muted}>{v.warnings}</p>
          <ul>
            {warnings.map((warning) => (
              <li key={warning} className={muted}>
                {warning}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Samples({ samples, selection }: { samples: readonly Sample[]; selection: Selection }) {
  const [asked, setAsked] = useState<Sample | null>(null);
  return (
    <Panel title={m.samples} description={m.samplesText}>
      {samples.length === 0 ? (
        <p className={muted}>{m.nobody}</p>
      ) : (
        <ul className={plainList}>
          {samples.slice(0, 10).map((sample) => (
            <li key={sample.profileId} className={rowBetween}>
              <AppLink to={`/profiles/${sample.profileId}`}>{sample.label || sample.profileId}</AppLink>
              <ActionButton
                size="S"
                isQuiet
                aria-label={messages.why.ask(sample.label || sample.profileId)}
                onPress={() => setAsked(sample)}
              >
                {messages.why.label}
              </ActionButton>
            </li>
          ))}
        </ul>
      )}
      <DraftWhyDialog selection={selection} person={asked} onClose={() => setAsked(null)} />
    </Panel>
  );
}
