import { Badge } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { ApiError } from "../api/client.ts";
import type { SideProps } from "../definitions/kind-page.ts";
import { formatClockTime, formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { Bars } from "../ui/bars.tsx";
import { Panel } from "../ui/page.tsx";
import { ErrorState, Loading } from "../ui/states.tsx";
import { muted, plainList, row, strong } from "../ui/styles.ts";
import type { AudienceBody } from "./audience-kind.tsx";
import { type Estimate, type Sample, useEstimate } from "./use-preview.ts";

const m = messages.audiences;
const figure = style({ font: "heading-xl", color: "heading" });

/** Live size of the rule as it stands in the form, with people it would select. */
export function EstimatePanel({ body }: SideProps<AudienceBody>) {
  const estimate = useEstimate(body.rule);
  return (
    <>
      <Panel
        title={m.estimate}
        aside={<span className={muted}>{estimate.isBehind ? m.counting : countedAt(estimate.dataUpdatedAt)}</span>}
      >
        <div aria-live="polite">
          {estimate.error ? <Problem error={estimate.error} /> : null}
          {estimate.data && !estimate.error ? <Figures estimate={estimate.data} /> : null}
          {estimate.isPending ? <Loading /> : null}
        </div>
      </Panel>
      {estimate.data && !estimate.error && estimate.data.exactness !== "in_call" ? (
        <Samples samples={estimate.data.samples} />
      ) : null}
    </>
  );
}

function countedAt(readAt: number): string {
  return readAt === 0 ? "" : m.countedAt(formatClockTime(readAt));
}

/** While a condition is half written the server refuses it; that is no failure worth a red box. */
function Problem({ error }: { error: Error }) {
  if (!(error instanceof ApiError) || error.status !== 422) return <ErrorState error={error} />;
  return (
    <>
      <p className={muted}>{m.unfinished}</p>
      <ul>
        {error.details.map((fault) => (
          <li key={fault.path + fault.code} className={muted}>
            {fault.message}
          </li>
        ))}
      </ul>
    </>
  );
}

function Figures({ estimate }: { estimate: Estimate }) {
  if (estimate.exactness === "in_call") return <p className={muted}>{m.inCall}</p>;
  const isExact = estimate.exactness === "exact";
  return (
    <>
      <div className={row}>
        <span className={figure}>{formatNumber(estimate.count)}</span>
        <Badge variant={isExact ? "positive" : "notice"} fillStyle="subtle">
          {isExact ? m.exact : m.sampled(formatNumber(estimate.margin))}
        </Badge>
      </div>
      <Bars
        bars={[
          { label: m.shareOf(formatNumber(estimate.total)), value: estimate.share, text: formatShare(estimate.share) },
        ]}
        longest={1}
      />
    </>
  );
}

function Samples({ samples }: { samples: readonly Sample[] }) {
  return (
    <Panel title={m.samples} description={m.samplesText}>
      {samples.length === 0 ? (
        <p className={muted}>{m.nobody}</p>
      ) : (
        <ul className={plainList}>
          {samples.slice(0, 10).map((sample) => (
            <li key={sample.profileId} className={strong}>
              <AppLink to={`/profiles/${sample.profileId}`}>{sample.label || sample.profileId}</AppLink>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
