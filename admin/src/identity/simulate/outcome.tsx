import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { formatInstant, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { ErrorState, Loading } from "../../ui/states.tsx";
import { body, muted, mutedXs, panelTitle, plainList, stack, stackTight } from "../../ui/styles.ts";
import { namespaceName, shortValue } from "../words.ts";
import { otherSteps } from "./compare-steps.ts";
import { personName } from "./person-name.ts";
import { StepList } from "./step-list.tsx";
import type { Simulation } from "./use-simulation.ts";
import { withoutHashes } from "./without-hashes.ts";

const m = messages.identity.simulate;
const cards = style({
  display: "grid",
  gridTemplateColumns: "repeat(auto-fill, minmax(208px, 1fr))",
  gap: 16,
});
const card = style({
  backgroundColor: "layer-1",
  borderRadius: "default",
  padding: 16,
  display: "flex",
  flexDirection: "column",
  gap: 8,
  minWidth: 0,
  overflowWrap: "anywhere",
});
const behind = style({ opacity: { default: 1, isBehind: 0.6 } });

type Query = { readonly data: Simulation | undefined; readonly error: unknown; readonly isBehind: boolean };
type Props = {
  query: Query;
  hasEvents: boolean /** The run with the present rules, when others are tried. */;
  present: Simulation | undefined;
};

/** Whom the events make, and how it came about step by step. */
export function Outcome({ query, hasEvents, present }: Props) {
  if (!hasEvents)
    return (
      <Panel title={m.outcome}>
        <p className={muted}>{m.outcomeEmpty}</p>
      </Panel>
    );
  if (query.error) return <ErrorState error={query.error} />;
  if (!query.data) return <Loading />;
  return <Run run={query.data} present={present} isBehind={query.isBehind} />;
}

type RunProps = { run: Simulation; present: Simulation | undefined; isBehind: boolean };

function Run({ run, present, isBehind }: RunProps) {
  return (
    <div className={behind({ isBehind })} aria-busy={isBehind}>
      <div className={stack}>
        <Panel title={m.outcome}>
          <p className={body} role="status">
            {present ? m.withRules(countOf(run), countOf(present)) : countOf(run)}
          </p>
          <div className={cards}>
            {[...run.profiles]
              .sort((a, b) => orderOf(a.profile) - orderOf(b.profile))
              .map((person) => (
                <Person key={person.profile} person={person} steps={run.steps} />
              ))}
          </div>
        </Panel>
        <Panel title={m.steps} description={m.stepsText}>
          <StepList steps={run.steps} others={otherSteps(run, present)} />
        </Panel>
      </div>
    </div>
  );
}

/** `p12` → 12 */
function orderOf(name: string): number {
  return Number(name.slice(1));
}

/** The event that ended it; a sign-out still belongs to whom it ends. */
function describeEnd(validTo: string, steps: Simulation["steps"]): string {
  const end = steps.find(
    ({ at }) => Date.parse(at) === Date.parse(validTo) || Date.parse(at) + 1 === Date.parse(validTo),
  );
  return end ? m.until(end.messageId) : m.untilAt(formatInstant(validTo));
}

function countOf({ profiles }: Simulation): string {
  return profiles.length === 1 ? m.onePerson : m.persons(formatNumber(profiles.length));
}

type PersonProps = { person: Simulation["profiles"][number]; steps: Simulation["steps"] };

function Person({ person, steps }: PersonProps) {
  const { identifiers, messages: events } = person;
  const numbers = events.toSorted((a, b) => Number(a) - Number(b)).join(", ");
  return (
    <section className={card} aria-label={personName(person.profile)}>
      <h3 className={panelTitle}>{personName(person.profile)}</h3>
      <ul className={plainList}>
        {withoutHashes(identifiers).map(({ namespace, value, verified, validTo }) => (
          <li key={`${namespace} ${value} ${validTo}`} className={stackTight}>
            <span className={body} title={value}>
              {shortValue(value)}
            </span>
            <span className={mutedXs}>
              {[
                namespaceName(namespace),
                ...(verified ? [] : [m.claimed]),
                ...(validTo === null ? [] : [describeEnd(validTo, steps)]),
              ].join(" · ")}
            </span>
          </li>
        ))}
      </ul>
      <p className={muted}>
        {events.length === 0 ? m.noEvents : events.length === 1 ? m.ofEvent(numbers) : m.ofEvents(numbers)}
      </p>
    </section>
  );
}
