/** How one facet is shown. */
export type FacetSetting = {
  readonly attribute: string;
  /** Default: the label of the attribute. */
  readonly label?: string;
  /** Pinned facets stand first, in the order given; the others are chosen for each result. */
  readonly isPinned: boolean;
  readonly sort: "count" | "alphabetical";
  /** 1 to 1,000. */
  readonly maxValues: number;
  /** Ranges of a number: chosen from the data, or steps of one width. */
  readonly ranges?:
    | { readonly kind: "auto"; readonly count: number }
    | { readonly kind: "fixed"; readonly width: number };
};
