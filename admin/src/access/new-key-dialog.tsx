import {
  Button,
  ButtonGroup,
  Checkbox,
  CheckboxGroup,
  Content,
  Dialog,
  Heading,
  InlineAlert,
  Radio,
  RadioGroup,
  Text,
  TextField,
} from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { post } from "../api/client.ts";
import { messages } from "../messages.data.ts";
import { ActionDialog } from "../ui/action-dialog.tsx";
import { ListField } from "../ui/list-field.tsx";
import { stack } from "../ui/styles.ts";
import { showDone } from "../ui/toasts.ts";

const m = messages.keys;
const wide = style({ width: "full" });
const scopes = ["read", "edit", "publish", "admin", "personal-data"] as const;

type Made = { readonly key: string; readonly identitySecret?: string | null };

/** Makes a key and shows it this one time. */
export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const [kind, setKind] = useState<"write" | "token">("write");
  const [name, setName] = useState("");
  const [sourceType, setSourceType] = useState<"browser" | "server">("browser");
  const [chosen, setChosen] = useState<readonly string[]>(["read"]);
  const [origins, setOrigins] = useState<readonly string[]>([]);
  const client = useQueryClient();
  const make = useMutation({
    mutationFn: () =>
      post<Made>("/v1/keys", {
        kind,
        name,
        ...(kind === "write" ? { sourceType, origins: sourceType === "browser" ? origins : [] } : { scopes: chosen }),
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["list", "/v1/keys"] }),
  });
  if (make.data) return <ShownOnce made={make.data} onClose={onClose} />;
  return (
    <ActionDialog
      size="M"
      title={m.create}
      action={m.make}
      onAction={() => make.mutate()}
      onClose={onClose}
      mutation={make}
      isReady={name !== "" && (kind !== "token" || chosen.length > 0)}
    >
      <RadioGroup label={m.kind} value={kind} onChange={(value) => setKind(value === "token" ? "token" : "write")}>
        <Radio value="write">
          {m.kinds.write.label}: {m.kinds.write.text}
        </Radio>
        <Radio value="token">
          {m.kinds.token.label}: {m.kinds.token.text}
        </Radio>
      </RadioGroup>
      <TextField label={m.name} isRequired value={name} onChange={setName} />
      {kind === "write" ? (
        <RadioGroup
          label={m.sourceType}
          value={sourceType}
          onChange={(value) => setSourceType(value === "server" ? "server" : "browser")}
        >
          <Radio value="browser">
            {m.sourceTypes.browser.label}: {m.sourceTypes.browser.text}
          </Radio>
          <Radio value="server">
            {m.sourceTypes.server.label}: {m.sourceTypes.server.text}
          </Radio>
        </RadioGroup>
      ) : null}
      {kind === "write" && sourceType === "server" ? null : kind === "write" ? (
        <ListField label={m.originsField} values={origins} onChange={setOrigins} />
      ) : (
        <CheckboxGroup label={m.scopes} value={[...chosen]} onChange={setChosen}>
          {scopes.map((scope) => (
            <Checkbox key={scope} value={scope}>
              {messages.access.scopes[scope]}
            </Checkbox>
          ))}
        </CheckboxGroup>
      )}
    </ActionDialog>
  );
}

function ShownOnce({ made, onClose }: { made: Made; onClose: () => void }) {
  return (
    <Dialog size="M">
      <Heading slot="title">{m.madeTitle}</Heading>
      <Content>
        <div className={stack}>
          <InlineAlert variant="notice">
            <Heading level={2}>{m.once}</Heading>
            <Content>{m.onceText}</Content>
          </InlineAlert>
          <TextField label={m.key} isReadOnly value={made.key} styles={wide} />
          {made.identitySecret ? (
            <TextField
              label={m.identitySecret}
              description={m.identitySecretText}
              isReadOnly
              value={made.identitySecret}
              styles={wide}
            />
          ) : null}
        </div>
      </Content>
      <ButtonGroup>
        <Button
          variant="secondary"
          onPress={() => {
            void navigator.clipboard?.writeText(made.key).then(() => showDone(m.copied));
          }}
        >
          <Text>{m.copy}</Text>
        </Button>
        <Button variant="accent" onPress={onClose}>
          {m.kept}
        </Button>
      </ButtonGroup>
    </Dialog>
  );
}
