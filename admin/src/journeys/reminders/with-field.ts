/** The same with another value of one field; undefined takes it away. Only fields that may be absent can be taken away. */
export function withField<B extends object, K extends keyof B>(body: B, name: K, value: B[K] | undefined): B {
  const { [name]: _former, ...others } = body;
  return (value === undefined ? others : { ...others, [name]: value }) as B;
}
