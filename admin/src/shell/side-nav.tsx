import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useRouterState } from "@tanstack/react-router";
import { messages } from "../messages.data.ts";
import { visuallyHidden } from "../ui/styles.ts";
import { basePath } from "./location.ts";
import { Mark } from "./mark.tsx";
import { type NavItem, navGroups } from "./nav-items.ts";
import { useGo } from "./navigation.tsx";

const nav = style({
  position: "sticky",
  top: 0,
  height: "screen",
  overflowY: "auto",
  boxSizing: "border-box",
  flexShrink: 0,
  width: { default: 232, isNarrow: 64 },
  padding: { default: 16, isNarrow: 8 },
  display: "flex",
  flexDirection: "column",
  gap: 16,
  backgroundColor: "layer-1",
  borderWidth: 0,
  borderStyle: "solid",
  borderEndWidth: 1,
  borderColor: "gray-200",
});
const brand = style({ paddingX: 8, paddingY: 8 });
const list = style({ listStyleType: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", gap: 2 });
const groupLabel = style({ font: "detail-sm", color: "neutral-subdued", paddingX: 8, paddingBottom: 4, margin: 0 });
const link = style({
  display: "flex",
  alignItems: "center",
  justifyContent: { default: "start", isNarrow: "center" },
  gap: 8,
  font: "ui",
  color: "neutral",
  backgroundColor: { default: "transparent", ":hover": "gray-100", isCurrent: "gray-200" },
  textDecoration: "none",
  borderRadius: "default",
  paddingX: 8,
  minHeight: 32,
  outlineStyle: { default: "none", ":focus-visible": "solid" },
  outlineColor: "focus-ring",
  outlineWidth: 2,
});

/** The list of pages; narrow it shows icons only, each with its name for pointer and screen reader. */
export function SideNav({ isNarrow }: { isNarrow: boolean }) {
  return (
    <nav className={nav({ isNarrow })} aria-label={messages.nav.label}>
      <div className={brand}>
        <Mark isNameHidden={isNarrow} />
      </div>
      {navGroups.map((group) => (
        <div key={group.label}>
          <p className={isNarrow ? visuallyHidden : groupLabel}>{group.label}</p>
          <ul className={list}>
            {group.items.map((item) => (
              <li key={item.to}>
                <NavLink item={item} isNarrow={isNarrow} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function NavLink({ item, isNarrow }: { item: NavItem; isNarrow: boolean }) {
  const go = useGo();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const isCurrent = item.to === "/" ? path === "/" : path === item.to || path.startsWith(`${item.to}/`);
  return (
    <a
      href={basePath + item.to}
      title={isNarrow ? item.label : undefined}
      aria-current={isCurrent ? "page" : undefined}
      className={link({ isCurrent, isNarrow })}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(item.to);
      }}
    >
      <item.Icon aria-hidden="true" />
      <span className={isNarrow ? visuallyHidden : ""}>{item.label}</span>
    </a>
  );
}
