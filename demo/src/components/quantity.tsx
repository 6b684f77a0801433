type QuantityProps = {
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly label: string;
  readonly min?: number;
};

const maxQty = 100;

export function Quantity({ value, onChange, label, min = 1 }: QuantityProps) {
  const set = (next: number): void => {
    if (Number.isFinite(next)) onChange(Math.max(min, Math.min(Math.round(next), maxQty)));
  };
  return (
    <fieldset className="quantity" aria-label={label}>
      <button type="button" aria-label="One less" disabled={value <= min} onClick={() => set(value - 1)}>
        −
      </button>
      <input
        type="number"
        inputMode="numeric"
        min={min}
        max={maxQty}
        value={value}
        aria-label={label}
        onChange={(event) => set(event.target.valueAsNumber)}
      />
      <button type="button" aria-label="One more" disabled={value >= maxQty} onClick={() => set(value + 1)}>
        +
      </button>
    </fieldset>
  );
}
