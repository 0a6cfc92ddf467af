/** A collector on the loopback interface, and values of CrewAI's catalogue. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** A request as it arrived. */
export interface Received {
  readonly path: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

/** An answer: a status, a body, headers; or what to do instead. */
export interface Reply {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  /** Milliseconds before the answer; `Infinity` for none. */
  readonly after?: number;
}

/** Takes requests and answers as it is told, the last answer again and again. */
export class Collector {
  readonly received: Received[] = [];
  #server: Server;

  private constructor(replies: Reply[]) {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const bytes = Buffer.concat(parts);
        const text = request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes).toString() : bytes.toString();
        this.received.push({ path: request.url ?? "", headers: request.headers, text });
        const reply = (replies.length > 1 ? replies.shift() : replies[0]) ?? {};
        if (reply.after === Infinity) return;
        setTimeout(() => {
          response.writeHead(reply.status ?? 200, reply.headers);
          response.end(reply.body ?? "{}");
        }, reply.after ?? 0).unref();
      });
    });
  }

  static async listen(...replies: Reply[]): Promise<Collector> {
    const collector = new Collector(replies);
    await new Promise<void>((resolve) => collector.#server.listen(0, "127.0.0.1", resolve));
    collector.#server.unref();
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const AGENT = {
  key: "0123456789abcdef0123456789abcdef",
  id: "5f2b8f6e-2d5b-4a0a-9a2b-0c8d4c1e7f3a",
  role: "Researcher",
  verbose: false,
  maxIter: 20,
  maxRpm: null,
  delegationEnabled: false,
  toolsNames: ["search"],
  optIn: () => ({ goal: "find it", backstory: "a long one" }),
};

/** A crew as CrewAI makes it. */
export const CREW = {
  crewaiVersion: "1.15.30",
  pythonVersion: "3.11.2",
  crewKey: "0123456789abcdef0123456789abcdef",
  crewId: "5f2b8f6e-2d5b-4a0a-9a2b-0c8d4c1e7f3a",
  crewProcess: "sequential" as const,
  crewMemory: false,
  crewNumberOfTasks: 1,
  crewNumberOfAgents: 1,
  crewAgents: [AGENT],
  crewTasks: [],
  optIn: () => ({ platform: "Linux-6.1", cpus: 8 }),
};
