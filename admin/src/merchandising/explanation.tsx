import { Content, Dialog, Heading } from "@react-spectrum/s2";
import { formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { body, muted, plainList, stack, stackTight, strong } from "../ui/styles.ts";
import { ruleTitle } from "./rule-title.tsx";
import type { ConsideredRule, ItemExplanation, ListItem, TermExplanation } from "./shapes.ts";

const m = messages.merchandising.explain;
const digits = 3;

type Props = { item: ListItem; rules: readonly ConsideredRule[] };

/** Why a product stands where it does: words, signals, rules, and how they make its score. */
export function Explanation({ item, rules }: Props) {
  const { explain, reasons } = item;
  if (!explain) return <p className={muted}>{m.none}</p>;
  return (
    <div className={stack}>
      <div className={stackTight}>
        <p className={body}>{m.formula(formatNumber(explain.score, digits), partsOf(explain))}</p>
        {explain.isPinned ? <p className={body}>{m.pinned}</p> : null}
        {explain.isExact ? <p className={body}>{m.exact}</p> : null}
      </div>
      <Words explain={explain} />
      <Signals explain={explain} />
      <Rules explain={explain} rules={rules} />
      {reasons.length === 0 ? null : (
        <div className={stackTight}>
          <span className={strong}>{m.reasons}</span>
          <ul className={plainList}>
            {reasons.map(({ code, text }) => (
              <li key={code + text} className={body}>
                {text}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

/** What the score is the product of; a model's word stands in place of relevance and signals. */
function partsOf({ base, signals, model, factor }: ItemExplanation): string {
  const product = signals.reduce((all, signal) => all * signal.factor, 1);
  const parts =
    model === undefined
      ? [m.base(formatNumber(base, digits)), ...(signals.length > 0 ? [m.signals(formatNumber(product, digits))] : [])]
      : [m.model(formatNumber(model, digits))];
  return [...parts, ...(factor === 1 ? [] : [m.rules(formatNumber(factor, digits))])].join(" × ");
}

const termColumns: readonly Column<TermExplanation>[] = [
  { key: "query", label: m.word, text: ({ query }) => query },
  { key: "term", label: m.term, text: ({ term }) => term },
  { key: "reason", label: m.reason, text: ({ reason }) => reason },
  {
    key: "fields",
    label: m.fields,
    text: ({ fields }) => fields.map(({ field, count }) => m.field(field, count)).join(", ") || messages.common.none,
  },
  { key: "score", label: m.share, align: "end", text: ({ score }) => formatNumber(score, digits) },
];

function Words({ explain: { text } }: { explain: ItemExplanation }) {
  return (
    <div className={stackTight}>
      <span className={strong}>{m.text}</span>
      <p className={muted}>{text ? m.textOf(text.matched, text.words) : m.noText}</p>
      {text && text.terms.length > 0 ? (
        <DataTable
          label={m.text}
          columns={termColumns}
          rows={text.terms}
          rowKey={({ query, term }) => `${query} ${term}`}
        />
      ) : null}
    </div>
  );
}

type Signal = ItemExplanation["signals"][number];

const signalColumns: readonly Column<Signal>[] = [
  { key: "name", label: m.signal, text: ({ name }) => name },
  { key: "percentile", label: m.percentile, align: "end", text: ({ percentile }) => formatShare(percentile) },
  { key: "factor", label: m.factor, align: "end", text: ({ factor }) => `× ${formatNumber(factor, digits)}` },
];

function Signals({ explain: { signals } }: { explain: ItemExplanation }) {
  return (
    <div className={stackTight}>
      <span className={strong}>{m.signalsTitle}</span>
      {signals.length === 0 ? (
        <p className={muted}>{m.noSignals}</p>
      ) : (
        <DataTable label={m.signalsTitle} columns={signalColumns} rows={signals} rowKey={({ name }) => name} />
      )}
    </div>
  );
}

function Rules({ explain: { effects }, rules }: { explain: ItemExplanation; rules: readonly ConsideredRule[] }) {
  return (
    <div className={stackTight}>
      <span className={strong}>{m.rulesTitle}</span>
      {effects.length === 0 ? (
        <p className={muted}>{m.noRules}</p>
      ) : (
        <ul className={plainList}>
          {effects.map((effect) => (
            <li key={effect.action + effect.ruleId + effect.text} className={body}>
              {effect.text}
              {effect.ruleId === "" ? null : <> · {ruleTitle(effect, rules)}</>}
              {effect.action === "rank" ? ` · × ${formatNumber(effect.factor, digits)}` : null}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** The explanation of one product. Stands inside a DialogContainer. */
export function WhyDialog(props: Props) {
  return (
    <Dialog size="L" isDismissible>
      <Heading slot="title">{messages.merchandising.products.whyTitle(props.item.name)}</Heading>
      <Content>
        <Explanation {...props} />
      </Content>
    </Dialog>
  );
}
