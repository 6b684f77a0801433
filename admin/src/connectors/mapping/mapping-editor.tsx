import {
  ActionButton,
  Disclosure,
  DisclosurePanel,
  DisclosureTitle,
  Menu,
  MenuItem,
  MenuTrigger,
} from "@react-spectrum/s2";
import type { ReactNode } from "react";
import type { Fault } from "../../api/client.ts";
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { row, stackWide } from "../../ui/styles.ts";
import { MappingJson } from "./mapping-json.tsx";
import { hasSection, withFields } from "./mapping-model.ts";
import { MappingOptionsFields } from "./mapping-options.tsx";
import { MappingSection } from "./mapping-section.tsx";
import { PresetPicker } from "./preset-picker.tsx";
import { listNames, type Mapping, type Preview, type Section } from "./shapes.ts";
import { UnreadColumns } from "./unread-columns.tsx";

const m = messages.connectors.mapping;

type Props = {
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
  /** Columns known of the rows; names that are not among them may be typed too. */
  columns: readonly string[];
  preview: Preview | undefined;
  faults: readonly Fault[];
  isReadOnly: boolean;
  /** The mapping that the columns suggest, where there is one. */
  suggestion?: Mapping | undefined;
  title?: string;
  aside?: ReactNode;
};

const optionalSections: readonly Exclude<Section, "fields">[] = ["items", ...listNames];

/** Fields and what fills them. The result is drawn beside it by `MappingPreview`. */
export function MappingEditor(props: Props) {
  const { mapping, onChange, preview, isReadOnly } = props;
  const sections: readonly Section[] =
    mapping.kind === "order" ? ["fields", ...optionalSections.filter((name) => hasSection(mapping, name))] : ["fields"];
  return (
    <Panel
      title={props.title ?? m.title}
      description={m.text}
      aside={
        <div className={row}>
          {isReadOnly ? null : <PresetPicker kind={mapping.kind} suggestion={props.suggestion} onChange={onChange} />}
          {props.aside}
        </div>
      }
    >
      <div className={stackWide}>
        {sections.map((section) => (
          <MappingSection
            key={section}
            mapping={mapping}
            section={section}
            columns={props.columns}
            preview={preview}
            faults={props.faults}
            isReadOnly={isReadOnly}
            onChange={onChange}
          />
        ))}
        {mapping.kind === "order" && !isReadOnly ? <AddList mapping={mapping} onChange={onChange} /> : null}
        {isReadOnly ? null : <UnreadColumns mapping={mapping} columns={preview?.unmapped ?? []} onChange={onChange} />}
      </div>
      <Disclosure isQuiet size="S">
        <DisclosureTitle>{m.options}</DisclosureTitle>
        <DisclosurePanel>
          <MappingOptionsFields mapping={mapping} isReadOnly={isReadOnly} onChange={onChange} />
        </DisclosurePanel>
      </Disclosure>
      <Disclosure isQuiet size="S">
        <DisclosureTitle>{m.json}</DisclosureTitle>
        <DisclosurePanel>
          <MappingJson mapping={mapping} isReadOnly={isReadOnly} onChange={onChange} />
        </DisclosurePanel>
      </Disclosure>
    </Panel>
  );
}

function AddList({ mapping, onChange }: { mapping: Mapping; onChange: (mapping: Mapping) => void }) {
  const missing = optionalSections.filter((section) => !hasSection(mapping, section));
  if (missing.length === 0) return null;
  return (
    <div className={row}>
      <MenuTrigger>
        <ActionButton>{m.addList}</ActionButton>
        <Menu
          onAction={(key) => {
            const section = missing.find((name) => name === key);
            if (section) onChange(withFields(mapping, section, {}));
          }}
        >
          {missing.map((section) => (
            <MenuItem key={section} id={section}>
              {m.addSection[section]}
            </MenuItem>
          ))}
        </Menu>
      </MenuTrigger>
    </div>
  );
}
