import { Badge, DialogContainer } from "@react-spectrum/s2";
import { useState } from "react";
import { formatAgo } from "../format.ts";
import { messages } from "../messages.data.ts";
import type { Column } from "../ui/data-table.tsx";
import { ListPage } from "../ui/list-page.tsx";
import { GatedButton } from "./gated-button.tsx";
import { UserDialog } from "./user-dialog.tsx";

const m = messages.users;

export type User = {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly personalData?: boolean;
  readonly storeViews?: readonly string[] | null;
  readonly disabledAt?: string | null;
  readonly lastSignInAt?: string | null;
};

/** Who may sign in here, and as what. */
export function UsersPage() {
  const [open, setOpen] = useState<User | "new" | null>(null);
  const newButton = (
    <GatedButton scope="admin" variant="accent" onPress={() => setOpen("new")}>
      {m.create}
    </GatedButton>
  );
  return (
    <>
      <ListPage<User>
        id="users"
        title={m.title}
        description={m.description}
        path="/v1/users"
        columns={columnsOf(setOpen)}
        rowKey={({ id }) => id}
        actions={newButton}
        empty={{ title: m.emptyTitle, text: m.emptyText, action: newButton }}
      />
      <DialogContainer onDismiss={() => setOpen(null)}>
        {open ? <UserDialog user={open === "new" ? null : open} onClose={() => setOpen(null)} /> : null}
      </DialogContainer>
    </>
  );
}

function columnsOf(open: (user: User) => void): readonly Column<User>[] {
  return [
    { key: "email", label: messages.access.email, text: ({ email }) => email },
    { key: "name", label: m.name, text: ({ name }) => name || messages.common.none },
    { key: "role", label: m.role, text: ({ role }) => m.roles[role as keyof typeof m.roles]?.label ?? role },
    { key: "personal", label: m.personalData, text: ({ personalData }) => (personalData ? m.yes : m.no) },
    {
      key: "last",
      label: m.lastSignIn,
      text: ({ lastSignInAt }) => (lastSignInAt ? formatAgo(lastSignInAt) : m.never),
    },
    {
      key: "status",
      label: messages.list.status,
      text: ({ disabledAt }) => (disabledAt ? m.disabled : m.active),
      render: ({ disabledAt }) => (
        <Badge variant={disabledAt ? "neutral" : "positive"} fillStyle="subtle">
          {disabledAt ? m.disabled : m.active}
        </Badge>
      ),
    },
    {
      key: "act",
      isOneLine: true,
      label: m.action,
      align: "end",
      text: () => "",
      render: (user) => (
        <GatedButton scope="admin" size="S" variant="secondary" onPress={() => open(user)}>
          {m.change}
        </GatedButton>
      ),
    },
  ];
}
