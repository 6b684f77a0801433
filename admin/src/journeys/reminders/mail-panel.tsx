import { Checkbox, CheckboxGroup, Switch, TextArea, TextField } from "@react-spectrum/s2";
import { DefinitionField } from "../../definitions/definition-field.tsx";
import { type FormProps, invalidProps } from "../../definitions/kind-page.ts";
import { messages } from "../../messages.data.ts";
import { DurationField } from "../../ui/duration-field.tsx";
import { Panel } from "../../ui/page.tsx";
import { rowStart } from "../../ui/styles.ts";
import type { ReminderBody } from "./shapes.ts";
import { channels, templateOf, templatePath, withTemplate } from "./templates.ts";
import { withField } from "./with-field.ts";

const m = messages.reminders;
const firstCodeLasts = "7d";

/** What is sent, how, and with which code. */
export function MailPanel({ body, onChange, faults, isReadOnly }: FormProps<ReminderBody>) {
  const { promotion } = body;
  const chosen = body.channels ?? ["email"];
  const choose = (names: readonly string[]) => {
    // Those that were there keep their place: it is the order of preference.
    const added = channels.filter((each) => names.includes(each) && !chosen.includes(each));
    const next = [...chosen.filter((each) => names.includes(each)), ...added];
    if (next.length > 0) onChange({ ...body, channels: next });
  };
  const setCodeLasts = (codeLasts: string | undefined) =>
    promotion && onChange({ ...body, promotion: withField(promotion, "codeLasts", codeLasts) });
  return (
    <Panel title={m.mail}>
      <CheckboxGroup
        label={`${m.channels}: ${chosen.map((channel) => m.channelNames[channel]).join(", ")}`}
        description={m.channelsText}
        orientation="horizontal"
        isDisabled={isReadOnly}
        value={[...chosen]}
        onChange={choose}
      >
        {channels.map((channel) => (
          <Checkbox key={channel} value={channel}>
            {m.channelNames[channel]}
          </Checkbox>
        ))}
      </CheckboxGroup>
      <div className={rowStart}>
        {channels
          .filter((channel) => chosen.includes(channel))
          .map((channel) => (
            <TextField
              key={channel}
              label={m.templateNames[channel]}
              description={m.templateText}
              value={templateOf(body, channel) ?? ""}
              isReadOnly={isReadOnly}
              onChange={(key) => onChange(withTemplate(body, channel, key || null))}
              {...invalidProps(faults, templatePath(channel))}
            />
          ))}
        <TextField
          label={m.mailTitle}
          value={body.title ?? ""}
          isReadOnly={isReadOnly}
          onChange={(title) => onChange(withField(body, "title", title || undefined))}
          {...invalidProps(faults, "/title")}
        />
        <TextField
          label={m.sender}
          description={m.senderText}
          value={body.sender ?? ""}
          isReadOnly={isReadOnly}
          onChange={(sender) => onChange(withField(body, "sender", sender || undefined))}
          {...invalidProps(faults, "/sender")}
        />
        <DefinitionField
          kind="cart-price-rule"
          label={m.promotion}
          none={m.noPromotion}
          value={promotion?.cartPriceRule ?? ""}
          onChange={(key) =>
            onChange(withField(body, "promotion", key === "" ? undefined : { ...promotion, cartPriceRule: key }))
          }
          faults={faults}
          isReadOnly={isReadOnly}
          path="/promotion/cartPriceRule"
        />
      </div>
      {promotion ? (
        <>
          <Switch
            isSelected={promotion.codeLasts !== undefined}
            isDisabled={isReadOnly}
            onChange={(on) => setCodeLasts(on ? firstCodeLasts : undefined)}
          >
            {m.codeEnds}
          </Switch>
          {promotion.codeLasts === undefined ? null : (
            <DurationField
              label={m.codeLasts}
              value={promotion.codeLasts}
              isReadOnly={isReadOnly}
              onChange={setCodeLasts}
              {...invalidProps(faults, "/promotion/codeLasts")}
            />
          )}
        </>
      ) : null}
      <TextArea
        label={m.mailText}
        value={body.promotionText ?? ""}
        isReadOnly={isReadOnly}
        onChange={(text) => onChange(withField(body, "promotionText", text || undefined))}
        {...invalidProps(faults, "/promotionText")}
      />
    </Panel>
  );
}
