import { Badge, StatusLight } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { messages } from "../messages.data.ts";
import { JsonView } from "../ui/json-view.tsx";
import { body, mono, muted } from "../ui/styles.ts";
import { type ExplainedNode, readExplanation } from "./read-explanation.ts";

const m = messages.why;

const line = style({ display: "flex", alignItems: "baseline", gap: 12 });
const list = style({
  listStyleType: "none",
  margin: 0,
  padding: 0,
  paddingStart: 16,
  display: "flex",
  flexDirection: "column",
  gap: 8,
  borderWidth: 0,
  borderStyle: "solid",
  borderStartWidth: 2,
  borderColor: "gray-200",
});

/** The tree of a rule with the truth of every part; a leaf also shows the value that was seen. */
export function ExplanationTree({ answer }: { answer: unknown }) {
  const tree = readExplanation(answer);
  return tree ? <Node node={tree} /> : <JsonView value={answer} />;
}

function Node({ node }: { node: ExplainedNode }) {
  return (
    <div>
      <div className={line}>
        <StatusLight variant={node.truth ? "positive" : "negative"}>{node.truth ? m.true : m.false}</StatusLight>
        <span className={body}>{node.text}</span>
        {node.isBroken ? <Badge variant="negative">{m.broken}</Badge> : null}
      </div>
      {node.seen === undefined ? null : (
        <div className={muted}>
          {m.seen} <code className={mono}>{node.seen}</code>
        </div>
      )}
      {node.children.length === 0 ? null : (
        <ul className={list}>
          {node.children.map((child, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one answer never move
            <li key={index}>
              <Node node={child} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
