import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { messages } from "../messages.data.ts";
import { muted } from "../ui/styles.ts";
import { type Change, diffJson } from "./diff.ts";

const list = style({ listStyleType: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", gap: 12 });
const pathText = style({ font: "code-sm", fontWeight: "bold", color: "heading" });
const line = style({
  font: "code-xs",
  color: "body",
  margin: 0,
  paddingX: 8,
  paddingY: 4,
  whiteSpace: "pre-wrap",
  overflowWrap: "anywhere",
  borderWidth: 0,
  borderStyle: "solid",
  borderStartWidth: 4,
  borderColor: { kind: { before: "negative-1000", after: "positive-1000" } },
  backgroundColor: { kind: { before: "red-100", after: "green-100" } },
});

/** What differs, place by place; removed and added lines carry a word and a sign, not only a colour. */
export function DiffView({ before, after }: { before: unknown; after: unknown }) {
  return <ChangeList changes={diffJson(before, after)} />;
}

export function ChangeList({ changes }: { changes: readonly Change[] }) {
  if (changes.length === 0) return <p className={muted}>{messages.definitions.noChange}</p>;
  return (
    <ul className={list}>
      {changes.map((change) => (
        <ChangeLine key={change.path} change={change} />
      ))}
    </ul>
  );
}

function ChangeLine({ change }: { change: Change }) {
  const m = messages.definitions;
  return (
    <li>
      <span className={pathText}>{change.path}</span>
      {change.before === undefined ? null : (
        <pre className={line({ kind: "before" })}>
          − {m.before}: {toText(change.before)}
        </pre>
      )}
      {change.after === undefined ? null : (
        <pre className={line({ kind: "after" })}>
          + {m.after}: {toText(change.after)}
        </pre>
      )}
    </li>
  );
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
