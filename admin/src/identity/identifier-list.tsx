import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { mutedXs, plainList, stackTight } from "../ui/styles.ts";
import type { Identifier } from "./shapes.ts";
import { namespaceName, shortValue } from "./words.ts";

const shown = 5;

/** Identifiers, each with its kind below; the first few. */
export function IdentifierList({ identifiers }: { identifiers: readonly Identifier[] }) {
  const left = identifiers.length - shown;
  return (
    <ul className={plainList}>
      {identifiers.slice(0, shown).map(({ namespace, value }) => (
        <li key={`${namespace} ${value}`} className={stackTight}>
          <span title={value}>{shortValue(value)}</span>
          <span className={mutedXs}>{namespaceName(namespace)}</span>
        </li>
      ))}
      {left > 0 ? <li className={mutedXs}>{messages.identity.report.more(formatNumber(left))}</li> : null}
    </ul>
  );
}
