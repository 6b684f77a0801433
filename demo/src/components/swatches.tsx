// What the named colors of the catalog look like.
const shades: Readonly<Record<string, string>> = {
  Black: "#23262a",
  Blue: "#3a69a8",
  Brown: "#77533a",
  Gray: "#9a9d9f",
  Green: "#4a8a58",
  Lavender: "#b9a8d6",
  Orange: "#e08a3c",
  Purple: "#76508f",
  Red: "#c0392f",
  White: "#ffffff",
  Yellow: "#ecc84a",
};

export function shadeOf(color: string): string {
  return shades[color] ?? "#c8c8c8";
}

type SwatchesProps = {
  readonly colors: readonly { readonly color: string; readonly image: string | null }[];
  readonly chosen: string | null;
  readonly onChoose: (color: string) => void;
  readonly productName: string;
};

/** Color dots below a tile: they change the picture. */
export function Swatches({ colors, chosen, onChoose, productName }: SwatchesProps) {
  if (colors.length === 0) return null;
  return (
    <fieldset className="swatches" aria-label={`Colors of ${productName}`}>
      {colors.map(({ color }) => (
        <button
          key={color}
          type="button"
          className="swatch"
          aria-pressed={chosen === color}
          aria-label={color}
          title={color}
          onClick={() => onChoose(color)}
        >
          <span style={{ background: shadeOf(color) }} />
        </button>
      ))}
    </fieldset>
  );
}
