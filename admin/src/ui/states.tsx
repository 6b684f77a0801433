/** What a page shows while it waits, when it fails, and when there is nothing yet. */
import { Button, Content, Heading, InlineAlert, ProgressCircle } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { ReactNode } from "react";
import { ApiError } from "../api/client.ts";
import { messages } from "../messages.data.ts";
import { muted, panelTitle } from "./styles.ts";

const centre = style({
  display: "flex",
  flexDirection: "column",
  alignItems: "center",
  gap: 12,
  paddingY: 48,
  paddingX: 24,
  textAlign: "center",
  borderWidth: 1,
  borderStyle: "dashed",
  borderColor: "gray-300",
  borderRadius: "lg",
});
const example = style({
  font: "body-sm",
  color: "body",
  backgroundColor: "layer-1",
  borderRadius: "default",
  padding: 12,
  maxWidth: 560,
  textAlign: "start",
});
const waiting = style({ display: "flex", justifyContent: "center", padding: 48 });

export function Loading() {
  return (
    <div className={waiting}>
      <ProgressCircle aria-label={messages.common.loading} isIndeterminate />
    </div>
  );
}

type EmptyProps = { title: string; text: string; example?: ReactNode; action?: ReactNode };

export function EmptyState(props: EmptyProps) {
  return (
    <div className={centre}>
      <h2 className={panelTitle}>{props.title}</h2>
      <p className={muted}>{props.text}</p>
      {props.example ? <div className={example}>{props.example}</div> : null}
      {props.action}
    </div>
  );
}

export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  return (
    <InlineAlert variant="negative">
      <Heading level={2}>{messages.common.failed}</Heading>
      <Content>
        <p>{describeError(error)}</p>
        {onRetry ? (
          <Button size="S" variant="secondary" onPress={onRetry}>
            {messages.common.retry}
          </Button>
        ) : null}
      </Content>
    </InlineAlert>
  );
}

/** What went wrong in the server's words, with its code so that it can be looked up. */
export function describeError(error: unknown): string {
  if (error instanceof ApiError) {
    const faults = error.details.map((fault) => `${fault.path || "/"}: ${fault.message}`).join("; ");
    const text = faults === "" ? error.message : `${error.message} ${faults}`;
    return `${text} (${error.code}${error.id ? `, ${error.id}` : ""})`;
  }
  if (error instanceof DOMException && error.name === "TimeoutError") return messages.common.timedOut;
  return error instanceof TypeError ? messages.common.unreachable : String(error);
}

type Query<T> = { data: T | undefined; error: unknown; refetch: () => unknown };

/** Draws a query's data, or what stands in for it. */
export function Loaded<T>({ query, children }: { query: Query<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading />;
}
