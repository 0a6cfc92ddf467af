/** Decides whether one domain admits all that another does. Where that is not certain, it does not. */

import { type Domain, type Scalar, admit } from "./domain.js";
import { Notes } from "./notes.js";
import { sift } from "./sieve.js";
import { PLAIN } from "./syntax.js";

/** Returns true if `old` admits every value that `now` does. Objects are compared by their keys only. */
export function covers(old: Domain, now: Domain): boolean {
  if (now.is === "choice") {
    if (old.is === "choice" && now.open && !old.open) return false;
    return now.members.every((member) => admits(old, member));
  }
  if (old.is === "double" && now.is === "int") return isUnbounded(old) || [now.minimum, now.maximum].every((one) => isExactIn(old, one));
  switch (old.is) {
    case "text":
      if (now.is !== "text" || now.most > old.most) return false;
      return old.pattern === undefined || old.pattern.source === now.pattern?.source;
    case "int":
      return now.is === "int" && (now.minimum > now.maximum || (old.minimum <= now.minimum && now.maximum <= old.maximum));
    case "double":
      return now.is === "double" && old.minimum <= now.minimum && now.maximum <= old.maximum;
    case "list":
      return now.is === "list" && now.most <= old.most && (now.most === 0 || covers(old.item, now.item));
    case "map":
      if (now.is !== "map" || now.most > old.most) return false;
      return now.most === 0 || (covers(old.key, now.key) && covers(old.value, now.value));
    case "json":
      return now.is === "json" && now.depth <= old.depth && now.most <= old.most;
    case "object":
      return now.is === "object" && old.structure().id === now.structure().id;
    default:
      return old.is === now.is;
  }
}

/** Returns true if a member of an enum is inside a domain, and is not replaced there. */
function admits(domain: Domain, member: Scalar): boolean {
  if (domain.is === "choice") return admit(domain, member)?.[1] === false;
  const attribute = { id: "", name: "", needs: 0, domain, json: false, cut: false, nullable: false, head: "" };
  return typeof sift({ attribute, path: "", notes: new Notes(0), syntax: PLAIN }, domain, member) === "string";
}

function isUnbounded({ minimum, maximum }: Domain & { is: "double" }): boolean {
  return minimum === -Number.MAX_VALUE && maximum === Number.MAX_VALUE;
}

function isExactIn(old: Domain & { is: "double" }, bound: bigint): boolean {
  const isExact = bound >= -(2n ** 53n) && bound <= 2n ** 53n;
  return isExact && Number(bound) >= old.minimum && Number(bound) <= old.maximum;
}
