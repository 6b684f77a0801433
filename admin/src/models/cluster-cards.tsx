import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { body, muted } from "../ui/styles.ts";
import type { Cluster } from "./read-report.ts";

const m = messages.models;
const grid = style({
  listStyleType: "none",
  margin: 0,
  padding: 0,
  display: "grid",
  gridTemplateColumns: "repeat(auto-fill, minmax(220px, 1fr))",
  gap: 12,
});
const card = style({
  display: "flex",
  flexDirection: "column",
  gap: 4,
  backgroundColor: "layer-1",
  borderRadius: "lg",
  padding: 12,
});
const title = style({ font: "title-sm", color: "heading", margin: 0 });

/** Groups of alike people, each with what sets it apart. */
export function ClusterCards({ clusters }: { clusters: readonly Cluster[] }) {
  return (
    <Panel title={m.clusters} description={m.clustersText}>
      <ul className={grid}>
        {clusters.map((cluster) => (
          <li key={cluster.id || cluster.label} className={card}>
            <h3 className={title}>{cluster.label || cluster.id}</h3>
            <p className={muted}>{m.clusterOf(formatNumber(cluster.people), formatShare(cluster.share))}</p>
            <ul className={body}>
              {cluster.sentences.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
            <code className={muted}>{cluster.id}</code>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
