/** Texts: whether one can be sent whole, how many characters it has, and points in time. */

/** Returns true if no surrogate stands alone: no JSON or protobuf could hold it. */
export function isWhole(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Returns true if a text has more characters than this. */
export function isLonger(text: string, most: number): boolean {
  return text.length > most && (text.length > 2 * most || count(text) > most);
}

/** The number of characters: Unicode scalar values. */
export function count(text: string): number {
  let pairs = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xd800 && unit < 0xdc00) pairs++;
  }
  return text.length - pairs;
}

/** The first characters of a text. */
export function firstCharacters(text: string, most: number): string {
  let end = 0;
  for (let left = most; left > 0 && end < text.length; left--) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}

const TIMESTAMP =
  /^(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?Z$/u;

/** Returns true for RFC 3339 in UTC, from 1970 to 9999, with a day that is in the calendar. */
export function isTimestamp(text: string): boolean {
  const parts = TIMESTAMP.exec(text);
  if (parts === null) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  return day <= daysOf(year, month);
}

function daysOf(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (month === 2) return isLeap ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** The text of a point in time: a `Date` in UTC; anything else as it is. */
export function moment(value: unknown): unknown {
  if (!(value instanceof Date)) return value;
  return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
}
