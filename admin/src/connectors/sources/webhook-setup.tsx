import { ActionButton, Content, Heading, InlineAlert, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { body, muted, rowEnd, stackTight } from "../../ui/styles.ts";
import { showDone } from "../../ui/toasts.ts";
import type { WebhookPreset } from "./shapes.ts";

const m = messages.connectors.sources.setup;
const wide = style({ width: 420, maxWidth: "full" });
const steps = style({ margin: 0, paddingStart: 20, display: "flex", flexDirection: "column", gap: 8 });

type Props = {
  sourceKey: string;
  preset: WebhookPreset;
  /** Only right after it was made. */
  secret?: string | undefined;
};

/** What to do in the other system. */
export function WebhookSetup({ sourceKey, preset, secret }: Props) {
  return (
    <Panel title={m.title(m.systems[preset])}>
      <Copyable label={m.url} description={m.urlText} value={`${window.location.origin}/v1/webhooks/${sourceKey}`} />
      {secret === undefined ? (
        <p className={muted}>{m.secretHidden}</p>
      ) : (
        <>
          <InlineAlert variant="notice">
            <Heading level={3}>{m.once}</Heading>
            <Content>{m.onceText}</Content>
          </InlineAlert>
          <Copyable label={m.secret} value={secret} />
        </>
      )}
      <ol className={`${steps} ${body}`} aria-label={m.steps}>
        {(m.stepsOf[preset] ?? []).map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </Panel>
  );
}

function Copyable({ label, value, description }: { label: string; value: string; description?: string }) {
  return (
    <div className={stackTight}>
      <div className={rowEnd}>
        <TextField label={label} isReadOnly value={value} styles={wide} />
        <ActionButton
          aria-label={`${messages.connectors.common.copy}: ${label}`}
          onPress={() => {
            void navigator.clipboard?.writeText(value).then(() => showDone(messages.connectors.common.copied));
          }}
        >
          {messages.connectors.common.copy}
        </ActionButton>
      </div>
      {description ? <p className={muted}>{description}</p> : null}
    </div>
  );
}
