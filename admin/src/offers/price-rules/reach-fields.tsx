import { TextField } from "@react-spectrum/s2";
import type { Fault } from "../../api/client.ts";
import { invalidProps } from "../../definitions/kind-page.ts";
import { messages } from "../../messages.data.ts";
import { ListField } from "../../ui/list-field.tsx";
import { muted, rowStart } from "../../ui/styles.ts";
import type { RuleReachFields } from "./shapes.ts";
import { orAbsent, withField } from "./with-field.ts";

const m = messages.priceRules.who;

type Props<B extends RuleReachFields> = {
  body: B;
  onChange: (body: B) => void;
  isReadOnly: boolean;
  faults: readonly Fault[];
};

/** Customer groups, websites and days. */
export function ReachFields<B extends RuleReachFields>({ body, onChange, isReadOnly, faults }: Props<B>) {
  const day = (text: string) => (text === "" ? undefined : text);
  return (
    <>
      <div className={rowStart}>
        <ListField
          label={m.groups}
          values={body.customerGroups ?? []}
          isReadOnly={isReadOnly}
          onChange={(groups) => onChange(withField(body, "customerGroups", orAbsent(groups)))}
        />
        <ListField
          label={m.websites}
          values={body.websites ?? []}
          isReadOnly={isReadOnly}
          onChange={(websites) => onChange(withField(body, "websites", orAbsent(websites)))}
        />
      </div>
      <p className={muted}>{m.groupsText}</p>
      <div className={rowStart}>
        <TextField
          label={m.from}
          type="date"
          value={body.from ?? ""}
          isReadOnly={isReadOnly}
          onChange={(from) => onChange(withField(body, "from", day(from)))}
          {...invalidProps(faults, "/from")}
        />
        <TextField
          label={m.to}
          type="date"
          value={body.to ?? ""}
          isReadOnly={isReadOnly}
          onChange={(to) => onChange(withField(body, "to", day(to)))}
          {...invalidProps(faults, "/to")}
        />
      </div>
      <p className={muted}>{m.daysText}</p>
    </>
  );
}
