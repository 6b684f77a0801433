import { Button, Form, SegmentedControl, SegmentedControlItem, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { ProductImage } from "../catalog/product-image.tsx";
import { formatMoney, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink, useUrlState } from "../shell/navigation.tsx";
import { Panel } from "../ui/page.tsx";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { body, muted, mutedXs, plainButton, plainList, stack, stackTight } from "../ui/styles.ts";
import { showError } from "../ui/toasts.ts";
import type { Grade, JudgedItem, Judgement, QuerySet } from "./shapes.ts";
import { useAnswer, useJudgedQueries, useRelevanceActions } from "./use-relevance.ts";

const m = messages.relevance;
const sides = style({
  display: "grid",
  gridTemplateColumns: { default: "minmax(0, 1fr)", lg: "280px minmax(0, 1fr)" },
  gap: 24,
  alignItems: "start",
});
const productRow = style({ display: "flex", flexWrap: "wrap", gap: 12, alignItems: "center", minWidth: 0 });
const productText = style({
  display: "flex",
  flexDirection: "column",
  gap: 2,
  flexGrow: 1,
  flexBasis: 160,
  minWidth: 0,
});
const wide = style({ width: "full" });
const noGrade = "none";

/** Queries on one side, the products that answer the chosen one on the other, each with its grade. */
export function JudgeTab({ set }: { set: QuerySet }) {
  const [url, change] = useUrlState();
  const query = url["query"] ?? "";
  return (
    <div className={sides}>
      <Queries set={set} chosen={query} onChoose={(next) => change({ query: next })} />
      {query === "" ? <EmptyState title={m.tabs.judge} text={m.chooseQuery} /> : <Products set={set} query={query} />}
    </div>
  );
}

function Queries(props: { set: QuerySet; chosen: string; onChoose: (query: string) => void }) {
  const { set, chosen, onChoose } = props;
  const [typed, setTyped] = useState("");
  const queries = useJudgedQueries(set.key);
  const choose = () => {
    if (typed.trim() === "") return;
    onChoose(typed.trim());
    setTyped("");
  };
  return (
    <Panel title={m.queries}>
      <Form
        onSubmit={(event) => {
          event.preventDefault();
          choose();
        }}
      >
        <div className={stackTight}>
          <TextField label={m.addQuery} maxLength={255} value={typed} onChange={setTyped} styles={wide} />
          <Button type="submit" variant="secondary" isDisabled={typed.trim() === ""}>
            {m.look}
          </Button>
        </div>
      </Form>
      <Loaded query={queries}>
        {(known) =>
          known.length === 0 ? (
            <p className={muted}>{m.noQueries}</p>
          ) : (
            <ul className={plainList}>
              {known.map(({ query, judgements, relevant }) => (
                <li key={query}>
                  <button
                    type="button"
                    className={plainButton({})}
                    aria-pressed={query === chosen}
                    onClick={() => onChoose(query)}
                  >
                    {query === chosen ? <strong>{query}</strong> : query}
                    <span className={mutedXs}> {m.judgedOf(judgements, relevant)}</span>
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Products({ set, query }: { set: QuerySet; query: string }) {
  const answer = useAnswer(set.key, query);
  return (
    <Panel title={m.answer(query)}>
      <Loaded query={answer}>
        {({ items, missing, total }) => (
          <div className={stack}>
            <p className={muted}>{items.length === 0 ? m.nothingFound : m.total(total, formatNumber(total))}</p>
            <ol className={plainList}>
              {items.map((item) => (
                <Product key={item.sku} set={set} query={query} item={item} />
              ))}
            </ol>
            {missing.length > 0 ? <Missing set={set} query={query} missing={missing} /> : null}
          </div>
        )}
      </Loaded>
    </Panel>
  );
}

function Product({ set, query, item }: { set: QuerySet; query: string; item: JudgedItem }) {
  return (
    <li className={productRow}>
      <ProductImage src={item.image} alt="" />
      <div className={productText}>
        <AppLink to={`/catalog/${encodeURIComponent(item.sku)}`}>{item.name ?? item.sku}</AppLink>
        <span className={mutedXs}>
          {item.sku} · {formatMoney(item.finalPrice ?? item.price)}
        </span>
      </div>
      <Grades set={set} query={query} sku={item.sku} name={item.name ?? item.sku} grade={item.grade} />
    </li>
  );
}

function Missing(props: { set: QuerySet; query: string; missing: readonly Judgement[] }) {
  return (
    <div className={stackTight}>
      <p className={body}>{m.missing}</p>
      <ul className={plainList}>
        {props.missing.map(({ sku, grade }) => (
          <li key={sku} className={productRow}>
            <div className={productText}>
              <AppLink to={`/catalog/${encodeURIComponent(sku)}`}>{sku}</AppLink>
            </div>
            <Grades set={props.set} query={props.query} sku={sku} name={sku} grade={grade} />
          </li>
        ))}
      </ul>
    </div>
  );
}

type GradesProps = { set: QuerySet; query: string; sku: string; name: string; grade: Grade | null };

function Grades({ set, query, sku, name, grade }: GradesProps) {
  const { judge } = useRelevanceActions();
  // What was just chosen shows at once; the server's word follows.
  const shown = judge.isPending ? judge.variables.grade : grade;
  const choose = (next: Grade | null) => {
    if (next !== shown) judge.mutate({ key: set.key, query, sku, grade: next }, { onError: showError });
  };
  return (
    <SegmentedControl
      aria-label={m.gradeOf(name)}
      selectedKey={shown === null ? noGrade : String(shown)}
      onSelectionChange={(key) => choose(key === noGrade ? null : (Number(key) as Grade))}
    >
      <SegmentedControlItem id={noGrade}>{m.notJudged}</SegmentedControlItem>
      <SegmentedControlItem id="0">{m.grades[0]}</SegmentedControlItem>
      <SegmentedControlItem id="1">{m.grades[1]}</SegmentedControlItem>
      <SegmentedControlItem id="2">{m.grades[2]}</SegmentedControlItem>
      <SegmentedControlItem id="3">{m.grades[3]}</SegmentedControlItem>
    </SegmentedControl>
  );
}
