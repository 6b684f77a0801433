import { type InputHTMLAttributes, useId } from "react";

type FieldProps = Omit<InputHTMLAttributes<HTMLInputElement>, "id"> & {
  readonly label: string;
  readonly fault?: string | undefined;
  readonly hint?: string;
};

/** A labelled input that says what is wrong with it. */
export function Field({ label, fault, hint, className = "", ...input }: FieldProps) {
  const id = useId();
  const described = [fault ? `${id}-fault` : "", hint ? `${id}-hint` : ""].filter((one) => one !== "").join(" ");
  return (
    <div className={`field ${fault ? "field-faulty" : ""} ${className}`}>
      <label htmlFor={id}>
        {label}
        {!input.required && <span className="field-optional"> (optional)</span>}
      </label>
      <input id={id} aria-invalid={fault ? true : undefined} aria-describedby={described || undefined} {...input} />
      {hint && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {fault && (
        <p className="field-fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
    </div>
  );
}
