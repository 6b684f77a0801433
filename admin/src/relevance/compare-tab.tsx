import { Button, Content, Heading, InlineAlert } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { ChoiceField } from "../connectors/choice-field.tsx";
import { formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Tile } from "../ui/facts.tsx";
import { Panel } from "../ui/page.tsx";
import { ErrorState } from "../ui/states.tsx";
import { body, muted, rowEnd, stackWide, tiles } from "../ui/styles.ts";
import type { Compared, QuerySet } from "./shapes.ts";
import { useRelevanceActions } from "./use-relevance.ts";
import { type SettingChoice, useSettings } from "./use-settings.ts";

const m = messages.relevance;
const wide = style({ width: 320 });
const lowShare = 0.8;
const significant = 0.05;

/** Two settings over all judged queries: which is better, by how much, and whether it is chance. */
export function CompareTab({ set }: { set: QuerySet }) {
  const settings = useSettings();
  const [a, setA] = useState("plain");
  const [b, setB] = useState("live");
  const { compare } = useRelevanceActions();
  const [names, setNames] = useState({ a: "", b: "" });
  const [unreadable, setUnreadable] = useState<unknown>(null);
  const run = async () => {
    const [sideA, sideB] = [find(settings, a), find(settings, b)];
    setNames({ a: sideA.label, b: sideB.label });
    setUnreadable(null);
    try {
      compare.mutate({ key: set.key, a: await sideA.read(), b: await sideB.read() });
    } catch (error) {
      setUnreadable(error);
    }
  };
  const error = unreadable ?? compare.error;
  return (
    <div className={stackWide}>
      <div className={rowEnd}>
        <ChoiceField label={m.settingA} choices={settings} value={a} onChange={setA} styles={wide} />
        <ChoiceField label={m.settingB} choices={settings} value={b} onChange={setB} styles={wide} />
        <Button variant="accent" isPending={compare.isPending} onPress={() => void run()}>
          {m.compare}
        </Button>
      </div>
      {compare.isPending ? <p className={muted}>{m.comparing}</p> : null}
      {error ? <ErrorState error={error} /> : null}
      {compare.data && !compare.isPending ? <Result set={set} names={names} compared={compare.data} /> : null}
    </div>
  );
}

function find(settings: readonly SettingChoice[], key: string): SettingChoice {
  const found = settings.find((each) => each.key === key) ?? settings[0];
  if (!found) throw new TypeError("there is always the live setting");
  return found;
}

type ResultProps = { set: QuerySet; names: { a: string; b: string }; compared: Compared };

function Result({ set, names, compared }: ResultProps) {
  const { a, b, difference } = compared;
  const judged = Math.min(a.judgedShare, b.judgedShare);
  return (
    <>
      <div className={tiles}>
        <Tile label={`${m.ndcg}: ${names.a}`} value={formatNumber(a.ndcg, 3)} note={m.ndcgText} />
        <Tile label={`${m.ndcg}: ${names.b}`} value={formatNumber(b.ndcg, 3)} note={m.ndcgText} />
        <Tile label={m.judgedShare} value={formatShare(judged)} />
        <Tile label={m.zeroResults} value={`${formatShare(a.zeroResultShare)} → ${formatShare(b.zeroResultShare)}`} />
      </div>
      {judged < lowShare ? (
        <InlineAlert variant="notice">
          <Heading level={2}>{m.judgedShare}</Heading>
          <Content>{m.judgedShareLow}</Content>
        </InlineAlert>
      ) : null}
      {difference ? (
        <Panel title={`${m.difference}: ${signed(difference.mean)}`}>
          <p className={body}>{verdictOf(difference, names)}</p>
          <p className={muted}>
            {m.interval(signed(difference.interval[0] ?? 0), signed(difference.interval[1] ?? 0))}.{" "}
            {m.chance(formatNumber(difference.p, 3))}.
          </p>
        </Panel>
      ) : null}
      <DataTable label={m.perQuery} columns={columnsOf(set)} rows={rowsOf(compared)} rowKey={({ query }) => query} />
    </>
  );
}

function verdictOf({ mean, p }: NonNullable<Compared["difference"]>, names: ResultProps["names"]): string {
  if (mean === 0) return m.verdicts.same;
  if (p > significant) return m.verdicts.chance;
  return m.verdicts.better(mean > 0 ? names.b : names.a);
}

type Row = { readonly query: string; readonly a: number; readonly b: number };

/** What changed most stands first. */
function rowsOf({ a, b }: Compared): readonly Row[] {
  return a.queries
    .map(({ query, ndcg }, at): Row => ({ query, a: ndcg, b: b.queries[at]?.ndcg ?? 0 }))
    .sort((x, y) => Math.abs(y.b - y.a) - Math.abs(x.b - x.a) || (x.query < y.query ? -1 : 1));
}

function columnsOf(set: QuerySet): readonly Column<Row>[] {
  const link = (query: string) => `/relevance/${set.key}?query=${encodeURIComponent(query)}`;
  return [
    {
      key: "query",
      label: m.query,
      text: ({ query }) => query,
      render: ({ query }) => <AppLink to={link(query)}>{query}</AppLink>,
    },
    { key: "a", label: m.settingA, align: "end", text: ({ a }) => formatNumber(a, 3) },
    { key: "b", label: m.settingB, align: "end", text: ({ b }) => formatNumber(b, 3) },
    { key: "delta", label: m.delta, align: "end", text: ({ a, b }) => signed(b - a) },
  ];
}

function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${formatNumber(value, 3)}`;
}
