import { Content, Heading, InlineAlert } from "@react-spectrum/s2";
import { messages } from "../messages.data.ts";
import { ErrorState } from "../ui/states.tsx";

const m = messages.connectors.common;

type Test = {
  data: { readonly ok: boolean; readonly message?: string; readonly columns?: readonly string[] } | undefined;
  error: unknown;
  isPending: boolean;
};

/** What a test of the connection found. */
export function TestResult({ test }: { test: Test }) {
  if (test.error) return <ErrorState error={test.error} />;
  if (!test.data || test.isPending) return null;
  const { ok, message = "", columns = [] } = test.data;
  return (
    <div role="status">
      <InlineAlert variant={ok ? "positive" : "negative"}>
        <Heading level={2}>{ok ? m.testPassed : m.testFailed}</Heading>
        <Content>
          {message}
          {columns.length > 0 ? ` (${messages.connectors.sources.testOf}: ${columns.join(", ")})` : ""}
        </Content>
      </InlineAlert>
    </div>
  );
}
