import { ActionButton, Checkbox, Menu, MenuItem, MenuTrigger, Text } from "@react-spectrum/s2";
import ChevronDown from "@react-spectrum/s2/icons/ChevronDown";
import { messages } from "../../messages.data.ts";
import { muted, row, stackTight, strong } from "../../ui/styles.ts";
import { fieldsOf, hasSection, openTargets, withFields, withPart } from "./mapping-model.ts";
import type { Mapping, Section } from "./shapes.ts";
import { targetLabel } from "./target-label.ts";

const m = messages.connectors.mapping;
const shownColumns = 60;

type Props = { mapping: Mapping; columns: readonly string[]; onChange: (mapping: Mapping) => void };

/** Columns that would be lost, each with what it could fill. */
export function UnreadColumns({ mapping, columns, onChange }: Props) {
  if (columns.length === 0) return null;
  return (
    <div className={stackTight}>
      <p className={strong}>{m.unread}</p>
      <p className={muted}>{m.unreadText}</p>
      <div className={row}>
        {columns.slice(0, shownColumns).map((column) => (
          <UseAs key={column} column={column} mapping={mapping} onChange={onChange} />
        ))}
      </div>
      <Checkbox
        isSelected={mapping.options?.unmapped === "attributes"}
        onChange={(on) =>
          onChange({ ...mapping, options: withPart(mapping.options ?? {}, "unmapped", on ? "attributes" : undefined) })
        }
      >
        {m.keepUnread}
      </Checkbox>
    </div>
  );
}

type UseProps = { column: string; mapping: Mapping; onChange: (mapping: Mapping) => void };

function UseAs({ column, mapping, onChange }: UseProps) {
  const sections: readonly Section[] = hasSection(mapping, "items") ? ["fields", "items"] : ["fields"];
  const choices = sections.flatMap((section) =>
    openTargets(mapping, section).map(({ path }) => ({
      key: `${section} ${path}`,
      section,
      path,
      label: section === "items" ? `${m.sections.items}: ${targetLabel(path)}` : targetLabel(path),
    })),
  );
  const own = { key: "own", section: "fields" as const, path: `attributes.${column}`, label: m.asAttribute(column) };
  const all = mapping.kind === "event" || mapping.kind === "consent" ? choices : [own, ...choices];
  return (
    <MenuTrigger>
      <ActionButton size="S" aria-label={m.useAs(column)}>
        <Text>{column}</Text>
        <ChevronDown />
      </ActionButton>
      <Menu
        aria-label={m.useAs(column)}
        onAction={(key) => {
          const choice = all.find((one) => one.key === key);
          if (choice)
            onChange(
              withFields(mapping, choice.section, { ...fieldsOf(mapping, choice.section), [choice.path]: column }),
            );
        }}
      >
        {all.map(({ key, label }) => (
          <MenuItem key={key} id={key}>
            {label}
          </MenuItem>
        ))}
      </Menu>
    </MenuTrigger>
  );
}
