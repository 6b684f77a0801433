import { ActionButton, Button, Content, Heading, InlineAlert } from "@react-spectrum/s2";
import Redo from "@react-spectrum/s2/icons/Redo";
import Undo from "@react-spectrum/s2/icons/Undo";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { JsonObject } from "../api/shapes.ts";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { ErrorState, Loading } from "../ui/states.tsx";
import { muted, row, rowBetween, stack } from "../ui/styles.ts";
import { AddProduct } from "./add-product.tsx";
import { CompareLists } from "./compare-lists.tsx";
import { ConsideredRules } from "./considered-rules.tsx";
import { foresee } from "./edit-events.ts";
import { ProductGrid } from "./product-grid.tsx";
import type { ConsideredRule, ListAnswer, ListSubject, NamedEvent } from "./shapes.ts";
import { PreviewError } from "./try-search.tsx";
import { UnlistedEvents } from "./unlisted-events.tsx";
import { useEventHistory } from "./use-event-history.ts";
import { type PreviewRequest, useListPreview } from "./use-list-preview.ts";
import { useView, type View } from "./use-view.ts";
import { ViewFields } from "./view-fields.tsx";

const m = messages.merchandising.products;
const pageSizes = [24, 48, 96, 200];

type Props = {
  kind: "search-rule" | "category-rule";
  /** The rule as it is being edited, without what is only half there. */
  body: JsonObject;
  /** A category, or null for a search. Empty = no category is chosen yet. */
  category: string | null;
  /** What is searched for before somebody says otherwise. */
  firstQuery: string;
  events: readonly NamedEvent[];
  onChange: (events: readonly NamedEvent[]) => void;
  isReadOnly: boolean;
};

/** The products of a list with the draft applied, to be arranged by hand. */
export function ProductsPanel(props: Props) {
  const { kind, body, category, firstQuery, isReadOnly } = props;
  const { id = "new" } = useParams({ strict: false }) as { id?: string };
  const view = useView(firstQuery);
  const [size, setSize] = useState(0);
  const subject = subjectOf(category, view.query);
  const request: PreviewRequest = {
    subject,
    profileId: view.profile?.id,
    storeView: view.storeView,
    at: view.at,
    limit: pageSizes[size] ?? 24,
  };
  const after = useListPreview({ ...request, draft: { kind, id, body } });
  const before = useListPreview({ ...request, subject: view.isCompared ? subject : null, isRulesOff: true });
  const history = useEventHistory(props.events, props.onChange);
  const answer = after.data;
  return (
    <>
      <Panel title={m.title} description={m.text}>
        <ViewFields view={view} isSearch={category === null} />
        {isReadOnly || view.isCompared ? null : <AddProduct events={props.events} onChange={history.change} />}
        {subject === null ? <p className={muted}>{m.category}</p> : null}
        {after.error ? <PreviewError error={after.error} onRetry={() => void after.refetch()} /> : null}
        {subject !== null && !answer && !after.error ? <Loading /> : null}
        {answer && subject !== null ? (
          <div className={stack}>
            <Notices answer={answer} ownId={id} isFresh={!after.isBehind && !after.error} />
            <div className={rowBetween}>
              <p className={muted} role="status">
                {after.isBehind && !after.error ? m.updating : m.total(formatNumber(answer.total))}
              </p>
              {isReadOnly ? null : <UndoButtons undo={history.undo} redo={history.redo} />}
            </div>
            <Lists
              {...props}
              id={id}
              view={view}
              answer={answer}
              before={before}
              isBehind={after.isBehind}
              onChange={history.change}
            />
            {answer.total > answer.items.length && size + 1 < pageSizes.length ? (
              <div className={row}>
                <Button variant="secondary" onPress={() => setSize(size + 1)}>
                  {m.more}
                </Button>
              </div>
            ) : null}
            <UnlistedEvents
              events={props.events}
              items={answer.items}
              isReadOnly={isReadOnly}
              onChange={history.change}
            />
          </div>
        ) : null}
      </Panel>
      {answer && subject !== null ? <ConsideredRules rules={answer.rules} ownId={id} /> : null}
    </>
  );
}

function subjectOf(category: string | null, q: string): ListSubject | null {
  if (category === null) return { kind: "search", q };
  return category === "" ? null : { kind: "category", path: category };
}

type ListsProps = Props & {
  id: string;
  view: View;
  answer: ListAnswer;
  before: ReturnType<typeof useListPreview>;
  isBehind: boolean;
};

function Lists({ id, view, answer, before, isBehind, events, onChange, isReadOnly }: ListsProps) {
  if (view.isCompared) {
    if (before.error) return <ErrorState error={before.error} onRetry={() => void before.refetch()} />;
    return before.data ? <CompareLists before={before.data.items} after={answer.items} ownId={id} /> : <Loading />;
  }
  const items = isBehind ? foresee(answer.items, events) : answer.items;
  if (items.length === 0) return <p className={muted}>{m.nothing}</p>;
  return (
    <ProductGrid
      items={items}
      events={events}
      rules={answer.rules}
      ownId={id}
      isBehind={isBehind}
      isReadOnly={isReadOnly}
      onChange={onChange}
    />
  );
}

function Notices({ answer, ownId, isFresh }: { answer: ListAnswer; ownId: string; isFresh: boolean }) {
  const own = answer.rules.find(({ id }) => id === ownId);
  return (
    <>
      {answer.redirect ? (
        <InlineAlert variant="informative">
          <Heading level={3}>{messages.merchandising.redirects.one}</Heading>
          <Content>{m.redirected(answer.redirect.url)}</Content>
        </InlineAlert>
      ) : null}
      {isFresh && !own?.isApplied ? <NotApplied rule={own} /> : null}
    </>
  );
}

function NotApplied({ rule }: { rule: ConsideredRule | undefined }) {
  return (
    <InlineAlert variant="notice">
      <Heading level={3}>{m.notApplied}</Heading>
      <Content>{rule ? rule.reason : m.notAppliedText}</Content>
    </InlineAlert>
  );
}

function UndoButtons({ undo, redo }: { undo: (() => void) | null; redo: (() => void) | null }) {
  return (
    <div className={row}>
      <ActionButton isQuiet size="S" aria-label={m.undo} isDisabled={!undo} onPress={() => undo?.()}>
        <Undo />
      </ActionButton>
      <ActionButton isQuiet size="S" aria-label={m.redo} isDisabled={!redo} onPress={() => redo?.()}>
        <Redo />
      </ActionButton>
    </div>
  );
}
