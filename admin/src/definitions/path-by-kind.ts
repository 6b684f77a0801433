/** Addresses of the kinds that have a page; other kinds are named without a link. */
export const pathByKind: Readonly<Record<string, string>> = {
  audience: "/audiences",
  block: "/blocks",
  unit: "/units",
  trait: "/traits",
  profile: "/profiles",
  duplicate: "/duplicates",
  "tracking-plan": "/tracking-plans",
  recommendations: "/units",
  destination: "/destinations",
  "audience-sync": "/audience-syncs",
};
