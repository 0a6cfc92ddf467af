/** The way to a collector from Node: its own sockets, so that telemetry keeps no process alive, and the user's proxy. */

import { readFileSync, readdirSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { join } from "node:path";
import * as tls from "node:tls";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

import { type Proxy, proxyFor } from "./proxy.js";
import { type Answer, type Transport, Unusable } from "./sender.js";

const COMPRESS_FROM = 1024;
const LONGEST_ANSWER = 64 << 10;

/** Requests by Node's own HTTP, through the proxy that the environment names. */
export function nodeTransport(environment: (name: string) => string | undefined): Transport {
  const sockets = new Set<{ ref(): unknown; unref(): unknown }>();
  let isHeld = false;
  return {
    async send(url, body, timeout) {
      const address = new URL(url);
      const proxy = proxyFor(address, environment);
      const isLong = body.length >= COMPRESS_FROM;
      const bytes = isLong ? await promisify(gzip)(body, { level: 1 }) : Buffer.from(body);
      const headers: http.OutgoingHttpHeaders = { "content-type": "application/json", "content-length": bytes.length };
      if (isLong) headers["content-encoding"] = "gzip";
      const keep = (socket: { ref(): unknown; unref(): unknown }) => {
        sockets.add(socket);
        if (!isHeld) socket.unref();
      };
      const signal = AbortSignal.timeout(timeout);
      const options: https.RequestOptions = { method: "POST", headers, signal, agent: false, ca: authorities(environment) };
      const tunnel = proxy !== undefined && address.protocol === "https:" ? await connect(proxy, address, signal, keep) : undefined;
      return post(address, proxy, tunnel, options, bytes, keep, (socket) => sockets.delete(socket));
    },
    hold(alive) {
      isHeld = alive;
      for (const socket of sockets) alive ? socket.ref() : socket.unref();
    },
  };
}

type Socket = { ref(): unknown; unref(): unknown };

function post(
  address: URL,
  proxy: Proxy | undefined,
  tunnel: import("node:net").Socket | undefined,
  options: https.RequestOptions,
  bytes: Buffer,
  keep: (socket: Socket) => void,
  release: (socket: Socket) => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const isHttps = address.protocol === "https:";
    const through = proxy !== undefined && !isHttps ? viaProxy(address, proxy, options) : options;
    const secure = tunnel && { createConnection: () => tls.connect({ socket: tunnel, servername: address.hostname, ca: options.ca }) };
    const request = (isHttps ? https : http).request(proxy !== undefined && !isHttps ? proxy.url : address, { ...through, ...secure });
    request.on("socket", (socket) => {
      keep(socket);
      socket.once("close", () => release(socket));
    });
    request.on("error", (error) => reject(new Error(error.name === "AbortError" ? "no answer in time" : error.message)));
    request.on("response", (response) => {
      const parts: Buffer[] = [];
      let length = 0;
      response.on("data", (part: Buffer) => {
        length += part.length;
        if (length <= LONGEST_ANSWER) parts.push(part);
      });
      response.on("error", (error) => reject(error));
      response.on("end", () => {
        const retryAfter = response.headers["retry-after"];
        resolve({ status: response.statusCode ?? 0, retryAfter, body: Buffer.concat(parts).toString() });
      });
    });
    request.end(bytes);
  });
}

/** A request whose line has the whole address. */
function viaProxy(address: URL, proxy: Proxy, options: https.RequestOptions): https.RequestOptions {
  const headers = { ...(options.headers as http.OutgoingHttpHeaders), host: address.host, ...proxy.headers };
  return { ...options, path: address.href, headers };
}

/** A tunnel through a proxy. */
function connect(proxy: Proxy, address: URL, signal: AbortSignal, keep: (socket: Socket) => void): Promise<import("node:net").Socket> {
  return new Promise((resolve, reject) => {
    const to = `${address.hostname}:${address.port === "" ? 443 : address.port}`;
    const client = proxy.url.protocol === "https:" ? https : http;
    const request = client.request(proxy.url, { method: "CONNECT", path: to, headers: { host: to, ...proxy.headers }, signal, agent: false });
    request.on("socket", keep);
    request.on("error", reject);
    request.on("connect", (response, socket) => {
      if (response.statusCode === 200) resolve(socket);
      else reject(new Error(`the proxy answered with ${response.statusCode}`));
    });
    request.end();
  });
}

/** The certificate authorities that the environment names; `undefined` for Node's own. */
function authorities(environment: (name: string) => string | undefined): string[] | undefined {
  const [file, folder] = ["SSL_CERT_FILE", "SSL_CERT_DIR"].map((name) => environment(name) || undefined);
  if (file === undefined && folder === undefined) return undefined;
  try {
    const files = folder === undefined ? [] : readdirSync(folder).map((name) => join(folder, name));
    return [...(file === undefined ? [] : [file]), ...files].map((path) => readFileSync(path, "utf8"));
  } catch (error) {
    throw new Unusable(`the certificates of SSL_CERT_FILE or SSL_CERT_DIR cannot be read: ${(error as Error).message}`);
  }
}
