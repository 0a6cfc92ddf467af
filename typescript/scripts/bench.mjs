// Emits one event of 12 attributes (4 texts, 4 ints, 2 booleans, 1 double, 1 list of 3 texts; 4 of them opt-in) with Candor and
// with OpenTelemetry's SDK, in one run, and prints the ratios. `npm run build` comes first.
//
// "producer" is what the program's own code waits for; "to bytes" adds everything up to the request's bytes.
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { JsonTraceSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import * as $ from "../dist/index.js";

const COUNT = 20_000;
const ROUNDS = 7;
const text = () => $.text(100);
const own = {
  version: ["t", text()], python: ["t", text()], tasks: ["i", $.int(0n, 1000n)], agents: ["i", $.int(0n, 1000n)],
  memory: ["b", $.boolean], cache: ["b", $.boolean], temperature: ["d", $.double(0, 2)], names: ["l", $.list(text(), 10)],
};
const hidden = { platform: ["t", text()], release: ["t", text()], cpus: ["i", $.int()], port: ["i", $.int()] };
const define = (parts, needs) =>
  Object.fromEntries(Object.entries(parts).map(([id, [, domain]]) => [id, $.attribute({ id, needs, domain })]));
const [shown, optIn] = [define(own, $.DEFAULT), define(hidden, $.OPT_IN)];
const signal = $.signal({
  kind: "span", id: "bench", name: "Bench", needs: $.DEFAULT,
  members: [...Object.values(shown).map((one) => $.required(one)), ...Object.values(optIn).map((one) => $.optional(one))],
});
const catalogue = $.catalogue({
  name: "bench", title: "Bench", version: "1.0.0", service: "bench", endpoints: [], optIn: "share", optOut: [],
  channels: [], signals: [signal], resource: [], rows: [],
});
function record(out, values) {
  out.required(shown.version, values, "version");
  out.required(shown.python, values, "python");
  out.required(shown.tasks, values, "tasks");
  out.required(shown.agents, values, "agents");
  out.required(shown.memory, values, "memory");
  out.required(shown.cache, values, "cache");
  out.required(shown.temperature, values, "temperature");
  out.required(shown.names, values, "names");
  if (out.grants($.OPT_IN)) {
    const group = out.call(values, "optIn");
    out.optional(optIn.platform, group, "platform");
    out.optional(optIn.release, group, "release");
    out.optional(optIn.cpus, group, "cpus");
    out.optional(optIn.port, group, "port");
  }
}
const values = (number) => ({
  version: "1.15.30", python: "3.11.2", tasks: number % 100, agents: 3, memory: true, cache: false, temperature: 0.7,
  names: ["search", "read", "write"], optIn: () => ({ platform: "Linux-6.1", release: "6.1.0", cpus: 8, port: 4318 }),
});

/** A transport that only counts the bytes that it is given. */
let bytes = 0;
const transport = {
  async send(_, body) {
    bytes += Buffer.byteLength(body);
    return { status: 200, body: "{}" };
  },
};

async function candor(consent) {
  const pipeline = new $.Pipeline(catalogue, { consent, transport, endpoint: "http://localhost", capacity: 1 << 30, maxAge: 1e8 });
  const start = process.cpuUsage();
  for (let number = 0; number < COUNT; number++) pipeline.emit(signal, record, values(number));
  const producer = cpu(start);
  await pipeline.flush(60_000);
  return [producer, cpu(start)];
}

async function otel(serializer) {
  let held = [];
  const exporter = {
    export(spans, done) {
      if (serializer !== undefined) bytes += serializer.serializeRequest(spans).length;
      done({ code: 0 });
    },
    shutdown: async () => undefined,
  };
  const processor = new BatchSpanProcessor(exporter, { maxQueueSize: COUNT, maxExportBatchSize: 512, scheduledDelayMillis: 1e8 });
  const tracer = new BasicTracerProvider({ spanProcessors: [processor] }).getTracer("bench");
  const start = process.cpuUsage();
  for (let number = 0; number < COUNT; number++) {
    const { optIn: part, ...attributes } = values(number);
    tracer.startSpan("Bench", { attributes: { ...attributes, ...part() } }).end();
  }
  const producer = cpu(start);
  await processor.forceFlush();
  held = [];
  return [producer, cpu(start), held];
}

/** Microseconds of processor time for one event since. */
function cpu(start) {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / COUNT;
}

async function median(run) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await run());
  const middle = (at) => rounds.map((one) => one[at]).sort((a, b) => a - b)[ROUNDS >> 1];
  return [middle(0), middle(1)];
}

const peers = {
  "OpenTelemetry, discarded": await median(() => otel()),
  "OpenTelemetry, to JSON": await median(() => otel(JsonTraceSerializer)),
  "OpenTelemetry, to protobuf": await median(() => otel(ProtobufTraceSerializer)),
};
const ours = {
  "Candor, opted in": await median(() => candor($.OPTED_IN)),
  "Candor, default": await median(() => candor($.BY_DEFAULT)),
  "Candor, off": await median(() => candor($.OFF)),
};
for (const [name, [producer, all]] of Object.entries({ ...peers, ...ours })) {
  console.log(`${name.padEnd(28)} producer ${producer.toFixed(2)} µs, to bytes ${all.toFixed(2)} µs`);
}
const json = peers["OpenTelemetry, to JSON"];
for (const [name, [producer, all]] of Object.entries(ours)) {
  const ratios = `producer ${(json[0] / producer).toFixed(1)}×, to bytes ${(json[1] / all).toFixed(1)}×`;
  console.log(`${name} against OpenTelemetry to JSON: ${ratios} (goal: 2× each)`);
}
