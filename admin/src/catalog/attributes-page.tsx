import { ActionButton, Picker, PickerItem, Switch } from "@react-spectrum/s2";
import { useGate } from "../access/use-session.ts";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { useUrlState } from "../shell/navigation.tsx";
import type { Column } from "../ui/data-table.tsx";
import { ListPage } from "../ui/list-page.tsx";
import { mutedXs, row, stackTight } from "../ui/styles.ts";
import { showDone, showInfo } from "../ui/toasts.ts";
import { type Attribute, type Flag, flagNames, undoOf } from "./attribute-flags.ts";
import { attributesPath, useAttributeFlags } from "./use-attribute-flags.ts";

const m = messages.attributes;

/** What each attribute of products is used for, to be switched on and off. */
export function AttributesPage() {
  const [url, change] = useUrlState();
  const flag = flagNames.find((each) => each === url["flag"]);
  return (
    <ListPage<Attribute>
      id="attributes"
      title={m.title}
      description={m.description}
      path={attributesPath}
      params={{ flag }}
      searchParam="q"
      searchLabel={m.search}
      columns={columns}
      rowKey={({ code }) => code}
      filters={
        <Picker
          label={m.withFlag}
          selectedKey={flag ?? "any"}
          onSelectionChange={(key) => change({ flag: key === "any" ? null : String(key), at: null })}
        >
          {[["any", m.anyFlag] as const, ...Object.entries(m.flags)].map(([key, label]) => (
            <PickerItem key={key} id={key}>
              {label}
            </PickerItem>
          ))}
        </Picker>
      }
      empty={{ title: m.emptyTitle, text: m.emptyText, example: <code>{m.example}</code> }}
    />
  );
}

const columns: readonly Column<Attribute>[] = [
  {
    key: "attribute",
    label: m.attribute,
    text: ({ code }) => code,
    render: ({ code, label }) => (
      <div className={stackTight}>
        <span>{label}</span>
        {label === code ? null : <span className={mutedXs}>{code}</span>}
      </div>
    ),
  },
  {
    key: "input",
    label: m.input,
    isOneLine: true,
    text: ({ input }) => m.inputs[input as keyof typeof m.inputs] ?? input,
  },
  ...flagNames.map(
    (flag): Column<Attribute> => ({
      key: flag,
      label: m.flags[flag],
      text: (attribute) => (attribute[flag] ? m.yes : m.no),
      render: (attribute) => <FlagSwitch attribute={attribute} flag={flag} />,
    }),
  ),
  {
    key: "choices",
    label: m.choices,
    align: "end",
    text: ({ options }) => (options.length === 0 ? messages.common.none : formatNumber(options.length)),
  },
  {
    key: "weight",
    label: m.weight,
    align: "end",
    isHiddenAtFirst: true,
    text: ({ searchWeight }) => formatNumber(searchWeight),
  },
  {
    key: "chosen",
    label: m.chosen,
    isOneLine: true,
    text: ({ chosen }) => (chosen ? namesOf(chosen) : ""),
    render: (attribute) => <Chosen attribute={attribute} />,
  },
];

function namesOf(chosen: NonNullable<Attribute["chosen"]>): string {
  return flagNames
    .filter((flag) => chosen[flag] !== undefined)
    .map((flag) => m.flags[flag])
    .join(", ");
}

type FlagProps = { readonly attribute: Attribute; readonly flag: Flag };

function FlagSwitch({ attribute, flag }: FlagProps) {
  const gate = useGate("publish");
  const save = useAttributeFlags(attribute.code);
  const asked = save.isPending ? save.variables[flag] : undefined;
  const set = (on: boolean) => {
    const changes = { [flag]: on };
    const undo = undoOf(attribute, changes);
    const told = on ? m.turnedOn : m.turnedOff;
    save.mutate(changes, {
      onSuccess: () => showDone(told(attribute.label, m.flags[flag]), () => save.mutate(undo)),
    });
  };
  return (
    <Switch
      size="S"
      aria-label={m.flagOf(attribute.label, m.flags[flag])}
      isSelected={asked ?? attribute[flag]}
      // A disabled switch could not be focused, so its reason would be out of reach: it stays as it is and says what is missing.
      onChange={gate.isAllowed ? set : () => showInfo(gate.reason ?? "")}
    />
  );
}

/** Which flags were set here, and a way back. */
function Chosen({ attribute }: Pick<FlagProps, "attribute">) {
  const gate = useGate("publish");
  const save = useAttributeFlags(attribute.code);
  const { chosen } = attribute;
  if (!chosen) return null;
  const giveBack = () => {
    const changes = Object.fromEntries(Object.keys(chosen).map((flag) => [flag, null]));
    save.mutate(changes, {
      onSuccess: () => showDone(m.givenBack(attribute.label), () => save.mutate(chosen)),
    });
  };
  return (
    <div className={row}>
      <span className={mutedXs}>{namesOf(chosen)}</span>
      <ActionButton
        size="S"
        aria-label={m.asShopOf(attribute.label)}
        isPending={save.isPending}
        onPress={gate.isAllowed ? giveBack : () => showInfo(gate.reason ?? "")}
      >
        {m.asShop}
      </ActionButton>
    </div>
  );
}
