import { Content, Heading, InlineAlert } from "@react-spectrum/s2";
import { GatedButton } from "../access/gated-button.tsx";
import { formatClockTime, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { Panel } from "../ui/page.tsx";
import { body } from "../ui/styles.ts";
import { type ChainCheck, useChainCheck } from "./use-privacy.ts";

const m = messages.privacy.chain;

/** Checks on demand that no entry of the activity log was changed or taken out. */
export function ChainPanel() {
  const check = useChainCheck();
  return (
    <Panel
      title={m.title}
      description={m.text}
      aside={
        <GatedButton
          scope="admin"
          size="S"
          variant="secondary"
          isPending={check.isPending}
          onPress={() => check.mutate()}
        >
          {m.check}
        </GatedButton>
      }
    >
      <div role="status">{check.data ? <Result result={check.data} at={check.submittedAt} /> : null}</div>
      <p className={body}>
        <AppLink to="/activity">{m.open}</AppLink>
      </p>
    </Panel>
  );
}

function Result({ result: { ok, checked, brokenAt }, at }: { result: ChainCheck; at: number }) {
  return (
    <InlineAlert variant={ok ? "positive" : "negative"}>
      <Heading level={3}>{ok ? m.intact : m.broken}</Heading>
      <Content>
        {ok
          ? m.intactText(formatNumber(checked), formatClockTime(at))
          : m.brokenText(formatNumber(brokenAt ?? null), formatNumber(checked))}
      </Content>
    </InlineAlert>
  );
}
