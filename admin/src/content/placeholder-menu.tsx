import { ActionButton, Header, Heading, Menu, MenuItem, MenuSection, MenuTrigger, Text } from "@react-spectrum/s2";
import Add from "@react-spectrum/s2/icons/Add";
import { useCatalogAttributes } from "../merchandising/use-catalog-attributes.ts";
import { messages } from "../messages.data.ts";
import { placeholderGroups } from "./placeholders.data.ts";

const m = messages.blocks;
/** Longer menus cannot be read; further codes can be typed. */
const maxAttributes = 50;
const hidden: ReadonlySet<string> = new Set(["cost", "margin"]);
const attributeCode = /^[a-z][a-z0-9_]{0,59}$/;

/** Names a value of the product, the customer, the cart or the visit; where it is unknown, a word of one's own is said. */
export function PlaceholderMenu({
  onInsert,
  isQuiet = false,
}: {
  onInsert: (text: string) => void;
  isQuiet?: boolean;
}) {
  const attributes = useCatalogAttributes()
    .filter(({ code }) => attributeCode.test(code) && !hidden.has(code))
    .slice(0, maxAttributes)
    .map(({ code, label }) => [`product.attribute.${code}`, label] as const);
  const groups: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    ...Object.entries(placeholderGroups).map(
      ([name, paths]) => [m.insertGroups[name as keyof typeof placeholderGroups], Object.entries(paths)] as const,
    ),
    ...(attributes.length > 0 ? [[m.insertGroups.attribute, attributes] as const] : []),
  ];
  return (
    <MenuTrigger>
      <ActionButton size="S" isQuiet={isQuiet} {...(isQuiet ? { "aria-label": m.insert } : {})}>
        <Add />
        {isQuiet ? null : <Text>{m.insert}</Text>}
      </ActionButton>
      <Menu onAction={(path) => onInsert(`{{${String(path)}|${m.fallback}}}`)}>
        {groups.map(([label, paths]) => (
          <MenuSection key={label}>
            <Header>
              <Heading>{label}</Heading>
            </Header>
            {paths.map(([path, name]) => (
              <MenuItem key={path} id={path} textValue={`${label}: ${name}`}>
                <Text slot="label">{name}</Text>
                <Text slot="description">{path}</Text>
              </MenuItem>
            ))}
          </MenuSection>
        ))}
      </Menu>
    </MenuTrigger>
  );
}
