const paths = {
  search: "M10.5 17a6.5 6.5 0 1 1 0-13 6.5 6.5 0 0 1 0 13Zm5-1.5L20 20",
  cart: "M4 5h2l2 10h9.5l2-7.5H7M9.5 19.5h.01M16.5 19.5h.01",
  heart: "M12 19.5S4.5 15 4.5 9.4A3.9 3.9 0 0 1 12 7.7a3.9 3.9 0 0 1 7.5 1.7c0 5.6-7.5 10.1-7.5 10.1Z",
  person: "M12 11.5a3.75 3.75 0 1 0 0-7.5 3.75 3.75 0 0 0 0 7.5ZM5 20c.6-3.6 3.4-5.5 7-5.5s6.400 1.9 7 5.500",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6 6 18",
  right: "m9 5 7 7-7 7",
  left: "m15 5-7 7 7 7",
  down: "m6 9 6 6 6-6",
  check: "m5 12.500 4.500 4.500L19 7.500",
  trash: "M5 7h14M10 7V5h4v2M7 7l.8 12h8.400L17 7",
  why: "M9.200 9.300a2.900 2.900 0 1 1 4.300 2.500c-1 .6-1.500 1.100-1.500 2.200M12 17.200h.01",
} as const;

/** Decorative: the control around it carries the name. */
export function Icon({ name, isFilled = false }: { readonly name: keyof typeof paths; readonly isFilled?: boolean }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" focusable="false">
      <path
        d={paths[name]}
        fill={isFilled ? "currentColor" : "none"}
        stroke="currentColor"
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
