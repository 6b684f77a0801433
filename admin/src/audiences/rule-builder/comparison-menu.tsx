import { ActionButton, Header, Heading, Menu, MenuItem, MenuSection, MenuTrigger } from "@react-spectrum/s2";
import More from "@react-spectrum/s2/icons/More";
import { localTimezone } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { isMoment } from "./date-fields.tsx";
import { type AttributeType, shapeOf } from "./operators.ts";
import { sourceOf, startOf, type ValueSource } from "./reference-field.tsx";
import type { AttributeNode } from "./rule-model.ts";

const m = messages.builder;
const sources: readonly ValueSource[] = ["value", "attribute", "list"];

type Props = { node: AttributeNode; type: AttributeType; onChange: (node: AttributeNode) => void };

/** What few comparisons need: another source of the value, exact case, a time zone, a moment. */
export function ComparisonMenu({ node, type, onChange }: Props) {
  const shape = shapeOf(node.op);
  const isTime = type === "date" || type === "instant";
  const switches = [
    { id: "case", label: m.caseSensitive, isOn: node.caseSensitive, isShown: type === "text" || type === "json" },
    { id: "zone", label: m.ownZone, isOn: node.timezone !== undefined, isShown: isTime },
    { id: "moment", label: m.atMoment, isOn: isMoment(node.value), isShown: type === "instant" && shape === "one" },
  ].filter(({ isShown }) => isShown);
  const hasSources = shape === "one" || shape === "many";
  if (!hasSources && switches.length === 0) return null;
  return (
    <MenuTrigger>
      <ActionButton size="S" isQuiet aria-label={m.comparisonMore}>
        <More />
      </ActionButton>
      <Menu aria-label={m.comparisonMore}>
        {hasSources ? (
          <MenuSection
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[sourceOf(node.value)]}
            onSelectionChange={(keys) => {
              const [source] = [...(keys as Set<ValueSource>)];
              if (source && source !== sourceOf(node.value)) onChange({ ...node, value: startOf(source) });
            }}
          >
            <Header>
              <Heading>{m.compareWith}</Heading>
            </Header>
            {sources.map((source) => (
              <MenuItem key={source} id={source}>
                {m.sources[source]}
              </MenuItem>
            ))}
          </MenuSection>
        ) : null}
        {switches.length > 0 ? (
          <MenuSection
            aria-label={m.comparisonMore}
            selectionMode="multiple"
            selectedKeys={switches.filter(({ isOn }) => isOn).map(({ id }) => id)}
            onSelectionChange={(keys) => onChange(switched(node, keys as Set<string>))}
          >
            {switches.map(({ id, label }) => (
              <MenuItem key={id} id={id}>
                {label}
              </MenuItem>
            ))}
          </MenuSection>
        ) : null}
      </Menu>
    </MenuTrigger>
  );
}

function switched(node: AttributeNode, on: ReadonlySet<string>): AttributeNode {
  const isAtMoment = isMoment(node.value);
  const value = on.has("moment") === isAtMoment ? node.value : isAtMoment ? undefined : new Date().toISOString();
  return {
    ...node,
    value,
    caseSensitive: on.has("case"),
    timezone: on.has("zone") ? (node.timezone ?? localTimezone) : undefined,
  };
}
