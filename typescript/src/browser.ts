/** Candor in browsers: `fetch` with `keepalive`, and `sendBeacon` at the end of a page. */

import type { Catalogue } from "./catalogue.js";
import { type Options, Pipeline } from "./pipeline.js";
import type { Transport } from "./sender.js";

export * from "./common.js";

/** Browsers take no more than this of requests that outlive their page. */
const MOST_KEPT_ALIVE = 60_000;
const COMPRESS_FROM = 1024;
const JSON_TYPE = "application/json";

/** Opens the pipeline of a catalogue. What waits when the page ends is handed to the browser. */
export function open(catalogue: Catalogue, options: Options = {}): Pipeline {
  const pipeline = new Pipeline(catalogue, { transport: fetchTransport(), ...options });
  const page = globalThis as { addEventListener?: (type: string, listener: () => void) => void };
  page.addEventListener?.("pagehide", () => pipeline.leave());
  globalThis.document?.addEventListener?.("visibilitychange", () => {
    if (globalThis.document.visibilityState === "hidden") pipeline.leave();
  });
  return pipeline;
}

/** Requests by `fetch`. */
export function fetchTransport(): Transport {
  return {
    async send(url, body, timeout) {
      const headers: Record<string, string> = { "content-type": JSON_TYPE };
      const compressed = body.length >= COMPRESS_FROM ? await gzip(body) : undefined;
      if (compressed !== undefined) headers["content-encoding"] = "gzip";
      const size = compressed?.byteLength ?? body.length;
      const answer = await fetch(url, {
        method: "POST",
        headers,
        body: compressed ?? body,
        keepalive: size <= MOST_KEPT_ALIVE,
        credentials: "omit",
        referrerPolicy: "no-referrer",
        redirect: "error",
        signal: AbortSignal.timeout(timeout),
      });
      const retryAfter = answer.headers.get("retry-after") ?? undefined;
      return { status: answer.status, retryAfter, body: await answer.text() };
    },
    leave(url, body) {
      const blob = new Blob([body], { type: JSON_TYPE });
      if (blob.size > MOST_KEPT_ALIVE) return false;
      return globalThis.navigator?.sendBeacon?.(url, blob) ?? false;
    },
  };
}

async function gzip(text: string): Promise<ArrayBuffer | undefined> {
  if (typeof CompressionStream === "undefined") return undefined;
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}
