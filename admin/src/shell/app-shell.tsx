import { ActionButton, Menu, MenuItem, MenuSection, MenuTrigger, Text, ToastContainer } from "@react-spectrum/s2";
import MenuHamburger from "@react-spectrum/s2/icons/MenuHamburger";
import User from "@react-spectrum/s2/icons/User";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { Outlet } from "@tanstack/react-router";
import { useState } from "react";
import { SignInPage } from "../access/sign-in-page.tsx";
import { useSession, useSignOut } from "../access/use-session.ts";
import type { Session } from "../api/shapes.ts";
import { messages } from "../messages.data.ts";
import { Loaded } from "../ui/states.tsx";
import { row } from "../ui/styles.ts";
import { SideNav } from "./side-nav.tsx";
import { StoreViewPicker } from "./store-view-picker.tsx";
import { useMediaQuery } from "./use-media-query.ts";

const frame = style({ display: "flex", minHeight: "screen", backgroundColor: "base" });
const column = style({ flexGrow: 1, minWidth: 0, display: "flex", flexDirection: "column" });
const topBar = style({
  position: "sticky",
  top: 0,
  zIndex: 2,
  display: "flex",
  alignItems: "center",
  justifyContent: "space-between",
  gap: 12,
  paddingX: { default: 16, lg: 32 },
  minHeight: 56,
  backgroundColor: "base",
  borderWidth: 0,
  borderStyle: "solid",
  borderBottomWidth: 1,
  borderColor: "gray-200",
});
const content = style({
  paddingX: { default: 16, lg: 32 },
  paddingY: 24,
  width: "full",
  maxWidth: 1440,
  boxSizing: "border-box",
});
const skip = style({
  position: "absolute",
  insetStart: 8,
  top: { default: -96, ":focus": 8 },
  zIndex: 3,
  padding: 8,
  backgroundColor: "elevated",
  color: "accent",
  font: "ui",
  borderRadius: "default",
});

/** Signed out: the sign-in page at any address, so that the address is still there after it. */
export function AppShell() {
  const session = useSession();
  return (
    <>
      <ToastContainer />
      <Loaded query={session}>{(data) => (data ? <SignedIn session={data} /> : <SignInPage />)}</Loaded>
    </>
  );
}

function SignedIn({ session }: { session: Session }) {
  const isSmall = useMediaQuery("(max-width: 1023px)");
  const [isToggled, setToggled] = useState(false);
  return (
    <div className={frame}>
      <a href="#main" className={skip}>
        {messages.nav.skip}
      </a>
      <SideNav isNarrow={isSmall !== isToggled} />
      <div className={column}>
        <header className={topBar}>
          <ActionButton
            isQuiet
            aria-label={messages.nav.toggle}
            aria-expanded={isSmall === isToggled}
            onPress={() => setToggled(!isToggled)}
          >
            <MenuHamburger />
          </ActionButton>
          <div className={row}>
            <StoreViewPicker />
            <AccountMenu session={session} />
          </div>
        </header>
        <main id="main" tabIndex={-1} className={content} style={{ outline: "none" }}>
          <Outlet />
        </main>
      </div>
    </div>
  );
}

function AccountMenu({ session }: { session: Session }) {
  const signOut = useSignOut();
  return (
    <MenuTrigger align="end">
      <ActionButton isQuiet aria-label={messages.access.account(session.actor)}>
        <User />
      </ActionButton>
      <Menu onAction={() => signOut.mutate()}>
        <MenuSection aria-label={session.actor}>
          <MenuItem id="out" textValue={messages.access.signOut}>
            <Text slot="label">{messages.access.signOut}</Text>
            <Text slot="description">{messages.access.signedInAs(session.actor, roleOf(session))}</Text>
          </MenuItem>
        </MenuSection>
      </Menu>
    </MenuTrigger>
  );
}

function roleOf({ user }: Session): string {
  const { roles } = messages.users;
  return user ? (roles[user.role as keyof typeof roles]?.label ?? user.role) : "";
}
