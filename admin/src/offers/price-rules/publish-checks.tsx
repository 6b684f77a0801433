/** What a draft would run into, said before it is published. */
import { Content, Heading, InlineAlert } from "@react-spectrum/s2";
import type { Definition } from "../../api/shapes.ts";
import { messages } from "../../messages.data.ts";
import { AppLink } from "../../shell/navigation.tsx";
import { Loading } from "../../ui/states.tsx";
import { muted, plainList, stackTight } from "../../ui/styles.ts";
import { NotLiveNotes } from "../warnings/not-live.tsx";
import { ConflictList, isSevere } from "./conflict-list.tsx";
import type { CartRuleBody, CatalogRuleBody } from "./shapes.ts";
import { TrialProblem } from "./trial-problem.tsx";
import { useCatalogTrial, useRuleReach } from "./use-trials.ts";

const m = messages.priceRules.checks;
const shown = 10;

function draftOf<B>({ key, name, body, scope }: Definition<B>) {
  return { key, name, body, storeViews: scope?.storeViews ?? null };
}

export function CartRuleChecks({ definition }: { definition: Definition<CartRuleBody> }) {
  return (
    <>
      <NotLiveNotes kind="cart-price-rule" definition={definition} isQuiet />
      <CartRuleMeetings definition={definition} />
    </>
  );
}

export function CatalogRuleChecks({ definition }: { definition: Definition<CatalogRuleBody> }) {
  return (
    <>
      <NotLiveNotes kind="catalog-price-rule" definition={definition} isQuiet />
      <CatalogRuleMeetings definition={definition} />
    </>
  );
}

function CartRuleMeetings({ definition }: { definition: Definition<CartRuleBody> }) {
  const query = useRuleReach(JSON.stringify({ draft: draftOf(definition) }));
  if (query.error) return <TrialProblem error={query.error} />;
  if (query.data === undefined) return <Loading />;
  // Problems first: they are what publishing should wait for.
  const all = [...query.data.conflicts].sort((a, b) => Number(isSevere(b)) - Number(isSevere(a)));
  const problems = all.filter(isSevere);
  return (
    <Checks hasProblems={problems.length > 0} isClean={all.length === 0}>
      <ConflictList conflicts={all.slice(0, shown)} />
      {all.length > shown ? <p className={muted}>{m.more(all.length - shown)}</p> : null}
    </Checks>
  );
}

function CatalogRuleMeetings({ definition }: { definition: Definition<CatalogRuleBody> }) {
  const [group] = definition.body.customerGroups ?? [];
  const request = { draft: draftOf(definition), limit: 0, ...(group === undefined ? {} : { group }) };
  const query = useCatalogTrial(JSON.stringify(request));
  if (query.error) return <TrialProblem error={query.error} />;
  if (query.data === undefined) return <Loading />;
  const { idle, reached, meetings } = query.data;
  const problems = [
    ...(idle?.reason === "ended" ? [m.ended] : []),
    ...(reached === 0 ? [m.noProducts] : []),
    ...(meetings.some(({ isShadow }) => isShadow) ? [m.shadowed] : []),
  ];
  const stops = meetings.filter(({ isStopped }) => isStopped);
  return (
    <Checks hasProblems={problems.length > 0} isClean={problems.length === 0 && stops.length === 0}>
      <ul className={plainList} aria-label={m.title}>
        {problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
        {stops.slice(0, shown).map(({ rule, name, isEarlier }) => (
          <li key={rule} className={stackTight}>
            <AppLink to={`/catalog-price-rules/${rule}`}>{name}</AppLink>
            <span>{isEarlier ? messages.priceRules.catalog.discardsThis : messages.priceRules.catalog.discardsIt}</span>
          </li>
        ))}
      </ul>
    </Checks>
  );
}

type ChecksProps = { hasProblems: boolean; isClean: boolean; children: React.ReactNode };

function Checks({ hasProblems, isClean, children }: ChecksProps) {
  if (isClean)
    return (
      <p className={muted} role="status">
        {m.clean}
      </p>
    );
  return (
    <InlineAlert variant={hasProblems ? "negative" : "notice"}>
      <Heading level={2}>{hasProblems ? m.problems : m.notes}</Heading>
      <Content>
        <div className={stackTight}>{children}</div>
      </Content>
    </InlineAlert>
  );
}
