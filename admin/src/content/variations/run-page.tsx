import {
  Content,
  Disclosure,
  DisclosurePanel,
  DisclosureTitle,
  Heading,
  InlineAlert,
  ProgressBar,
} from "@react-spectrum/s2";
import { useParams } from "@tanstack/react-router";
import { formatInstant, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { AppLink } from "../../shell/navigation.tsx";
import { Facts } from "../../ui/facts.tsx";
import { Page, Panel } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { mainAndSide, muted, stackTight, stackWide, strong } from "../../ui/styles.ts";
import { LongText } from "./long-text.tsx";
import type { Review, VariationRun } from "./shapes.ts";
import { useRun } from "./use-variations.ts";
import { VariantCard } from "./variant-card.tsx";
import { fieldName } from "./words.ts";

const m = messages.variations;

/** What was asked for, and every variation beside the text as it is. */
export function VariationRunPage() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const query = useRun(id);
  return (
    <Loaded query={query}>
      {(review) => (
        <Page
          title={`${review.run.block}: ${review.run.audience ?? m.everybody}`}
          description={`${fieldName(review.run.field)} · ${review.run.locale}`}
          parent={{ label: m.title, to: "/variations" }}
        >
          <div className={mainAndSide}>
            <div className={stackWide}>
              <Outcome review={review} />
            </div>
            <aside className={stackWide} aria-label={m.facts}>
              <About run={review.run} />
            </aside>
          </div>
        </Page>
      )}
    </Loaded>
  );
}

function Outcome({ review: { run, variants, isSourceChanged } }: { review: Review }) {
  return (
    <>
      {isSourceChanged ? (
        <InlineAlert variant="notice">
          <Heading level={2}>{m.sourceChanged}</Heading>
          <Content>{m.sourceChangedText}</Content>
        </InlineAlert>
      ) : null}
      {run.status === "running" ? <ProgressBar label={m.running} isIndeterminate /> : null}
      {run.error ? (
        <InlineAlert variant="negative">
          <Heading level={2}>{m.failed}</Heading>
          <Content>{`${run.error.message} (${run.error.code})`}</Content>
        </InlineAlert>
      ) : null}
      {run.status === "done" && variants.length === 0 ? <p className={muted}>{m.none}</p> : null}
      {variants.map((variant, index) => (
        <VariantCard key={variant.id} run={run} variant={variant} number={index + 1} />
      ))}
    </>
  );
}

function About({ run }: { run: VariationRun }) {
  const { block, storeViews, model, promptTokens, completionTokens, brandRules, instructions, prompt } = run;
  return (
    <Panel title={m.facts}>
      <Facts
        facts={[
          { label: m.block, value: <AppLink to={`/blocks/${encodeURIComponent(block)}`}>{block}</AppLink> },
          { label: m.audience, value: run.audience ?? m.everybody },
          { label: m.field, value: fieldName(run.field) },
          { label: m.status, value: m.statuses[run.status] ?? run.status },
          { label: m.modelName, value: model ?? m.handWritten },
          ...(storeViews === null ? [] : [{ label: m.storeViews, value: storeViews.join(", ") }]),
          ...(promptTokens === null || completionTokens === null
            ? []
            : [{ label: m.tokens, value: m.tokensOf(formatNumber(promptTokens), formatNumber(completionTokens)) }]),
          { label: m.rules, value: brandRules.join(", ") || messages.common.none },
          ...(instructions === "" ? [] : [{ label: m.instructions, value: instructions }]),
          { label: m.created, value: formatInstant(run.createdAt) },
          { label: m.by, value: run.createdBy },
        ]}
      />
      {prompt === null ? null : (
        <Disclosure isQuiet size="S">
          <DisclosureTitle level={3}>{m.prompt}</DisclosureTitle>
          <DisclosurePanel>
            <div className={stackTight}>
              {prompt.map(({ role, content }) => (
                <div key={role + content} className={stackTight}>
                  <span className={strong}>{m.roles[role as keyof typeof m.roles] ?? role}</span>
                  <LongText text={content} label={`${m.prompt}: ${role}`} />
                </div>
              ))}
            </div>
          </DisclosurePanel>
        </Disclosure>
      )}
    </Panel>
  );
}
