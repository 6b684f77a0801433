import { Picker, PickerItem, Switch, Text, TextField } from "@react-spectrum/s2";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { patch, post } from "../api/client.ts";
import { messages } from "../messages.data.ts";
import { ActionDialog } from "../ui/action-dialog.tsx";
import { showDone } from "../ui/toasts.ts";
import type { User } from "./users-page.tsx";

const m = messages.users;

type Form = { email: string; name: string; role: string; personalData: boolean; password: string; isDisabled: boolean };

/** Makes a user, or changes one; an empty password leaves it as it is. */
export function UserDialog({ user, onClose }: { user: User | null; onClose: () => void }) {
  const [form, setForm] = useState<Form>({
    email: user?.email ?? "",
    name: user?.name ?? "",
    role: user?.role ?? "editor",
    personalData: user?.personalData ?? false,
    password: "",
    isDisabled: Boolean(user?.disabledAt),
  });
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => saveUser(user, form),
    onSuccess: () => {
      showDone(m.saved(form.email));
      onClose();
      return client.invalidateQueries({ queryKey: ["list", "/v1/users"] });
    },
  });
  const set = (patched: Partial<Form>) => setForm({ ...form, ...patched });
  return (
    <ActionDialog
      size="M"
      title={user ? m.changeTitle(user.email) : m.create}
      action={messages.common.save}
      onAction={() => save.mutate()}
      onClose={onClose}
      mutation={save}
      isReady={form.email !== "" && (user !== null || form.password !== "")}
    >
      <TextField
        label={messages.access.email}
        type="email"
        isRequired
        isReadOnly={user !== null}
        value={form.email}
        onChange={(email) => set({ email })}
      />
      <TextField label={m.name} value={form.name} onChange={(name) => set({ name })} />
      <Picker label={m.role} selectedKey={form.role} onSelectionChange={(role) => set({ role: String(role) })}>
        {Object.entries(m.roles).map(([key, role]) => (
          <PickerItem key={key} id={key} textValue={role.label}>
            <Text slot="label">{role.label}</Text>
            <Text slot="description">{role.text}</Text>
          </PickerItem>
        ))}
      </Picker>
      <Switch isSelected={form.personalData} onChange={(personalData) => set({ personalData })}>
        {m.mayPersonalData}
      </Switch>
      <TextField
        label={messages.access.password}
        type="password"
        autoComplete="new-password"
        description={user ? m.keepPassword : m.passwordText}
        isRequired={user === null}
        value={form.password}
        onChange={(password) => set({ password })}
      />
      {user ? (
        <Switch isSelected={form.isDisabled} onChange={(isDisabled) => set({ isDisabled })}>
          {m.locked}
        </Switch>
      ) : null}
    </ActionDialog>
  );
}

function saveUser(user: User | null, { isDisabled, password, email, ...others }: Form): Promise<unknown> {
  if (!user) return post("/v1/users", { email, password, ...others });
  const body = { ...others, disabled: isDisabled, ...(password ? { password } : {}) };
  return patch(`/v1/users/${encodeURIComponent(user.id)}`, body);
}
