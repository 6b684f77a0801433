import { Badge } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { body, muted, mutedXs, plainList, row, stackTight, strong } from "../../ui/styles.ts";
import { actionName, namespaceName, ruleName, shortValue } from "../words.ts";
import { personName } from "./person-name.ts";
import type { Decision, Step } from "./use-simulation.ts";
import { withoutHashes } from "./without-hashes.ts";

const m = messages.identity.simulate;
const item = style({
  display: "flex",
  flexDirection: "column",
  gap: 8,
  borderWidth: 0,
  borderBottomWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-200",
  paddingBottom: 12,
  overflowWrap: "anywhere",
});
const decisions = style({
  listStyleType: "none",
  margin: 0,
  padding: 0,
  paddingStart: 16,
  display: "flex",
  flexDirection: "column",
  gap: 4,
});

type Props = {
  steps: readonly Step[] /** Events that the present rules decide otherwise. */;
  others: ReadonlySet<string>;
};

/** Each event with what it decided, by which rule, and what its persons have then. */
export function StepList({ steps, others }: Props) {
  return (
    <ol className={plainList}>
      {steps.map((step) => (
        <li key={step.messageId} className={item}>
          <p className={row}>
            <span className={strong}>{m.event(step.messageId)}</span>
            <span className={body}>{m.types[step.type] ?? step.type}</span>
            <span className={muted}>{step.profile === null ? m.nobody : m.belongsTo(personName(step.profile))}</span>
            {others.has(step.messageId) ? (
              <Badge size="S" variant="notice" fillStyle="subtle">
                {m.otherwise}
              </Badge>
            ) : null}
          </p>
          <Decisions step={step} />
          {step.after.map(({ profile, identifiers, more }) => (
            <p key={profile} className={mutedXs}>
              {`${m.after(personName(profile))}: `}
              {[
                ...withoutHashes(identifiers).map(
                  ({ namespace, value }) => `${namespaceName(namespace)} ${shortValue(value)}`,
                ),
                ...(more > 0 ? [m.more(formatNumber(more))] : []),
              ].join(", ") || m.nothingHeld}
            </p>
          ))}
        </li>
      ))}
    </ol>
  );
}

function Decisions({ step }: { step: Step }) {
  const shown = withoutHashes(step.decisions);
  if (shown.length === 0) return step.profile === null ? null : <p className={body}>{m.nothing}</p>;
  return (
    <ul className={decisions}>
      {shown.map((decision) => (
        <li key={JSON.stringify(decision)} className={stackTight}>
          <span className={body}>{describeDecision(decision)}</span>
          <span className={mutedXs}>{ruleName(decision.rule)}</span>
        </li>
      ))}
    </ul>
  );
}

function describeDecision({ action, profiles, namespace, value }: Decision): string {
  const what = namespace === null || value === null ? "" : ` ${namespaceName(namespace)} ${shortValue(value)}`;
  return `${actionName(action)}:${what}${whoseOf(action, profiles.map(personName), what !== "")}`;
}

function whoseOf(action: string, [first, second]: readonly string[], hasWhat: boolean): string {
  if (first === undefined) return "";
  if (action === "merge" && second !== undefined) return ` ${m.becomes(second, first)}`;
  if (action === "repoint" && second !== undefined) return ` ${m.changes(first, second)}`;
  const names = [first, second].filter((name) => name !== undefined).join(", ");
  return hasWhat ? ` (${names})` : ` ${names}`;
}
