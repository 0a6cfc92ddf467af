/** Numbers: which of them are whole numbers of 64 bits, and how they are written. */

const TWO_TO_63 = 9223372036854775808;
const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

/** The whole number of 64 bits that a value is. `3.0` is 3; `3.5`, `NaN` and 2⁶³ are none. */
export function whole(value: unknown): bigint | undefined {
  if (typeof value === "bigint") return value >= LEAST && value <= MOST ? value : undefined;
  if (typeof value !== "number" || !Number.isInteger(value)) return undefined;
  return value >= -TWO_TO_63 && value < TWO_TO_63 ? BigInt(value) : undefined;
}

/** The nearest double to a value, if it is a finite number. */
export function double(value: unknown): number | undefined {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** A double as a number of JSON. */
export function jsonNumber(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** A double as Candor writes it into JSON text everywhere: with a point or an exponent. */
export function doubleText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const size = Math.abs(value);
  if (size >= 1e16 || size < 1e-4) return value.toExponential().replace("+", "");
  const text = String(value);
  return Number.isInteger(value) ? `${text}.0` : text;
}
