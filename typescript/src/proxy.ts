/** The proxy that the user's environment names. One that cannot be used is an error: nothing is sent around it. */

import { Unusable } from "./sender.js";

/** A proxy that speaks HTTP. */
export interface Proxy {
  readonly url: URL;
  readonly headers: Record<string, string>;
}

type Environment = (name: string) => string | undefined;

/** Reads which proxy the environment names for an address, if any. Never quotes the value, which may hold a password. */
export function proxyFor(address: URL, environment: Environment): Proxy | undefined {
  const set = (name: string) => {
    const value = environment(name)?.trim();
    return value === undefined || value === "" ? undefined : value;
  };
  if (isExempt(address, set("no_proxy") ?? set("NO_PROXY"))) return undefined;
  const [own, other] = address.protocol === "https:" ? ["https_proxy", "http_proxy"] : ["http_proxy", "https_proxy"];
  const names = [own, own?.toUpperCase(), "all_proxy", "ALL_PROXY", other, other?.toUpperCase()] as string[];
  const name = names.find((one) => set(one) !== undefined);
  if (name === undefined) return undefined;
  const unusable = (why: string) =>
    new Unusable(`\`${name}\` names a proxy that cannot be used, and nothing is sent around it: ${why}`);
  if (name === "HTTP_PROXY" && environment("REQUEST_METHOD") !== undefined) {
    throw unusable("in a CGI program, a request can set this variable");
  }
  return read(set(name) ?? "", unusable);
}

function read(value: string, unusable: (why: string) => Error): Proxy {
  let url: URL;
  try {
    url = new URL(value.includes("://") ? value : `http://${value}`);
  } catch {
    throw unusable("its value is not the address of a proxy");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") throw unusable("it speaks neither HTTP nor HTTPS");
  if (url.hostname === "" || url.port === "0") throw unusable("it has no host, or no usable port");
  const headers: Record<string, string> = {};
  if (url.username !== "") {
    const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers["proxy-authorization"] = `Basic ${Buffer.from(user).toString("base64")}`;
  }
  [url.username, url.password] = ["", ""];
  return { url, headers };
}

/** Returns true if `NO_PROXY` names the host, a domain above it, or everything. */
function isExempt(address: URL, list: string | undefined): boolean {
  const host = address.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = address.port === "" ? (address.protocol === "https:" ? "443" : "80") : address.port;
  return (list ?? "").split(",").some((item) => {
    const written = item.trim().toLowerCase();
    if (written === "*") return true;
    const parts = /^(.*?)(?::([0-9]+))?$/.exec(written);
    const isPort = parts?.[2] !== undefined && !parts[1]?.includes(":");
    const domain = (isPort ? (parts?.[1] ?? "") : written).replace(/^\[|\]$/g, "").replace(/^\*?\./, "");
    if (domain === "" || (isPort && parts?.[2] !== port)) return false;
    return host === domain || host.endsWith(`.${domain}`);
  });
}
