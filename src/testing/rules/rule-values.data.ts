/** Few values, so that random rules and random people often meet. */
export const texts: readonly string[] = [
  ...[
    "a",
    "A",
    "b a",
    "10",
    "10.0",
    "+9",
    "-3.50",
    "Ärger",
    "a\u0308rger",
    "ΟΔΟΣ",
    "οδος",
    "İ",
    "'",
    "\\",
    "10 a",
    "true",
  ],
];
export const numbers: readonly (number | string)[] = [0, 1, 3, 10, -3.5, 0.1, "10.00", "0.30"];
export const currencies = ["EUR", "USD", "JPY"] as const;
export const dates: readonly string[] = ["2026-03-09", "2026-03-10", "2026-03-11", "2024-02-29"];
export const instants: readonly string[] = [
  "2026-03-10T11:00:00Z",
  "2026-03-10T12:00:00Z",
  "2026-03-09T23:30:00+02:00",
];
export const versions: readonly string[] = ["1.2.3", "v1.2.3-beta", "1.10.0", "2"];
export const durations: readonly string[] = ["30m", "1h", "3h", "1d", "2d"];
export const zones: readonly string[] = ["UTC", "Europe/Berlin", "America/Santiago"];
export const eventNames: readonly string[] = ["pageView", "addToCart", "removeFromCart", "orderPlaced"];
export const patterns: readonly string[] = ["^a", "[0-9]+", "Ä|b", "^.$", "\\d\\d", "σ$"];
