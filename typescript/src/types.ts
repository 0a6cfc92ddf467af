/** Types that generated modules write. */

/** A whole number of 64 bits. Beyond 2⁵³ only a `bigint` is exact. */
export type Int = number | bigint;

/** A point in time: a `Date`, or RFC 3339 in UTC. */
export type Moment = Date | string;

/** Keys and values of a map. */
export type Entries<K extends string, V> = ReadonlyMap<K, V> | { readonly [key in K]?: V | null | undefined };

/** Any JSON value. */
export type Json =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Json[]
  | ReadonlyMap<string, Json>
  | { readonly [key: string]: Json | undefined };

/** The same with callables that may return any object, so that a mistake in one is found where it stands. */
export type Loose<S> = { [K in keyof S]: NonNullable<S[K]> extends () => unknown ? (() => object) | undefined : S[K] };

/** `V`, with `never` for every property that `S` does not have: in objects, in lists, and in what callables return. */
export type Exact<S, V> = { [K in keyof V]: K extends keyof S ? Deep<S[K], V[K]> : never };

type Plain = string | number | bigint | boolean | null | undefined | Date;

type Deep<S, V> = V extends Plain
  ? V
  : V extends () => infer W
    ? () => NonNullable<S> extends () => infer T
      ? Exact<T, W>
      : W
    : V extends readonly (infer W)[]
      ? NonNullable<S> extends readonly (infer T)[]
        ? readonly Deep<T, W>[]
        : V
      : ReadonlyMap<string, never> extends S
        ? V
        : Exact<NonNullable<S>, V>;
