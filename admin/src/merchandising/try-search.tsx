import { Content, Heading, InlineAlert } from "@react-spectrum/s2";
import { useParams } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { ApiError } from "../api/client.ts";
import type { JsonObject } from "../api/shapes.ts";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { useStoreView } from "../shell/use-store-views.ts";
import { Panel } from "../ui/page.tsx";
import { describeError, ErrorState, Loading } from "../ui/states.tsx";
import { muted, stack } from "../ui/styles.ts";
import type { ListAnswer } from "./shapes.ts";
import { ShortList } from "./short-list.tsx";
import { useListPreview } from "./use-list-preview.ts";
import { QueryField } from "./view-fields.tsx";

const m = messages.merchandising.trySearch;
const shown = 8;

type Props = {
  title: string;
  text: string;
  kind: string;
  /** Null while it is not complete enough to be tried. */
  body: JsonObject | null;
  sort?: string;
  /** An order makes sense without a search too. */
  takesAll?: boolean;
  firstQuery?: string;
  /** What is said before the products. */
  children?: (answer: ListAnswer) => ReactNode;
};

/** A search with a definition as it is being edited: what is found, and where it leads. */
export function TrySearch({ title, text, kind, body, sort, takesAll = false, firstQuery = "", children }: Props) {
  const { id = "new" } = useParams({ strict: false }) as { id?: string };
  const [typed, setTyped] = useState<string | null>(null);
  const storeView = useStoreView();
  const query = typed ?? firstQuery;
  const isAsked = body !== null && (takesAll || query.trim() !== "");
  const answer = useListPreview({
    subject: isAsked ? { kind: "search", q: query } : null,
    storeView,
    limit: shown,
    ...(sort ? { sort } : {}),
    draft: body ? { kind, id, body } : null,
  });
  return (
    <Panel title={title} description={text}>
      <div className={stack}>
        <QueryField value={query} onChange={setTyped} takesAll={takesAll} />
        {isAsked ? <Answer query={answer}>{children}</Answer> : <p className={muted}>{m.hint}</p>}
      </div>
    </Panel>
  );
}

type AnswerProps = {
  query: ReturnType<typeof useListPreview>;
  children: ((answer: ListAnswer) => ReactNode) | undefined;
};

function Answer({ query, children }: AnswerProps) {
  const { data, error } = query;
  if (error) return <PreviewError error={error} onRetry={() => void query.refetch()} />;
  if (!data) return <Loading />;
  return (
    <>
      {children?.(data)}
      {data.redirect ? null : (
        <>
          <p className={muted} role="status">
            {m.total(formatNumber(data.total))}
          </p>
          <ShortList items={data.items} />
        </>
      )}
    </>
  );
}

/** A draft that is not whole yet is nothing to be alarmed about; everything else is. */
export function PreviewError({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  if (!(error instanceof ApiError) || error.status >= 500 || error.details.length === 0)
    return <ErrorState error={error} onRetry={onRetry} />;
  return (
    <InlineAlert variant="notice">
      <Heading level={3}>{m.unfinished}</Heading>
      <Content>{describeError(error)}</Content>
    </InlineAlert>
  );
}
