import { SearchField } from "@react-spectrum/s2";
import { focusRing, style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { messages } from "../../messages.data.ts";
import { muted, stack, strong } from "../../ui/styles.ts";
import type { Template } from "./use-templates.ts";

const m = messages.audienceViews;
const groupTitle = style({ font: "title-sm", color: "heading", margin: 0 });
const grid = style({
  listStyleType: "none",
  margin: 0,
  padding: 0,
  display: "grid",
  gridTemplateColumns: "repeat(auto-fill, minmax(220px, 1fr))",
  gap: 12,
});
const card = style({
  ...focusRing(),
  display: "flex",
  flexDirection: "column",
  gap: 4,
  width: "full",
  height: "full",
  boxSizing: "border-box",
  textAlign: "start",
  backgroundColor: { default: "layer-1", ":hover": "gray-100" },
  borderStyle: "none",
  borderRadius: "lg",
  padding: 12,
  cursor: "pointer",
});

type Props = { templates: readonly Template[]; onChoose: (template: Template) => void };

/** Ready audiences by what they are about. */
export function TemplateGallery({ templates, onChoose }: Props) {
  const [search, setSearch] = useState("");
  const needle = search.toLowerCase();
  const found = templates.filter(({ label, description }) => `${label} ${description}`.toLowerCase().includes(needle));
  const groups = [...new Set(found.map(({ group }) => group))];
  return (
    <div className={stack}>
      <p className={muted}>{templates.length === 0 ? m.noTemplates : m.templateText}</p>
      <SearchField aria-label={m.searchTemplates} value={search} onChange={setSearch} />
      {groups.map((group) => (
        <section key={group} className={stack}>
          <h3 className={groupTitle}>{m.templateGroups[group as keyof typeof m.templateGroups] ?? group}</h3>
          <ul className={grid}>
            {found
              .filter((template) => template.group === group)
              .map((template) => (
                <li key={template.key}>
                  <button type="button" className={card({})} onClick={() => onChoose(template)}>
                    <span className={strong}>{template.label}</span>
                    <span className={muted}>{template.description}</span>
                  </button>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
