/** The notice that a user sees before anything is reported. */

import { type Catalogue, DEFAULT, OPT_IN, type OptOut } from "./catalogue.js";
import { BY_DEFAULT, UNIVERSAL_OPT_OUTS, includes, isVariable } from "./consent.js";

/** Says what is collected, where it goes, and how to switch it off. `command` is where users switch, such as `app telemetry`. */
export function notice(catalogue: Catalogue, endpoints = catalogue.endpoints.map(({ url }) => url), command?: string): string {
  const reports = catalogue.signals.some(({ needs }) => includes(BY_DEFAULT, needs));
  const { title, intro, optIn } = catalogue;
  const lines = [reports ? `${title} reports how it is used.` : `${title} reports nothing unless you opt in.`];
  if (intro !== undefined) lines.push(intro.trimEnd());
  lines.push(...collected(catalogue, reports));
  const goes = reports ? "It goes to" : "It would go to";
  lines.push(endpoints.length === 0 ? "The program decides where it goes." : `${goes} ${endpoints.join(" and to ")}.`);
  if (command !== undefined && !reports && optIn !== undefined) lines.push(`To opt in, run \`${command} share\`.`);
  lines.push(waysOut(catalogue, command));
  return lines.join("\n");
}

function collected(catalogue: Catalogue, reports: boolean): string[] {
  const titles = (channel: number) => {
    const rows = catalogue.rows.filter(({ channels }) => channels.includes(channel));
    return rows.map(({ title }) => title).join(", ");
  };
  const lines: string[] = [];
  const [byDefault, optIn] = [titles(DEFAULT), titles(OPT_IN)];
  if (reports) lines.push(`Collected by default: ${byDefault === "" ? "that it was used, and when" : byDefault}.`);
  if (catalogue.optIn !== undefined && optIn !== "") lines.push(`Only with \`${catalogue.optIn}\`: ${optIn}.`);
  for (const { name, number, title, brief } of catalogue.channels) {
    const when = number >= 20 ? "Unless you switch it off" : "Only if you switch it on";
    lines.push(`${title} (\`${name}\`). ${when}: ${titles(number) === "" ? brief : titles(number)}.`);
  }
  return lines;
}

function waysOut({ optOut }: Catalogue, command: string | undefined): string {
  const own = command === undefined ? undefined : `${command} off`;
  const ways = own === undefined ? [] : [`run \`${own}\``];
  for (const { kind, name } of optOut) {
    if (kind === "command" && name !== own) ways.push(`run \`${name}\``);
    if (kind === "flag") ways.push(`give \`${name}\``);
    if (kind === "setting") ways.push(`switch off the setting \`${name}\``);
  }
  const assignment = ({ kind, name }: OptOut) => `${name}=${kind === "variable" ? "1" : "0"}`;
  const variables = [...optOut.filter(isVariable).map(assignment), ...UNIVERSAL_OPT_OUTS.map((name) => `${name}=1`)];
  const before = ways.length === 0 ? "" : `${ways.join(", ")}, or `;
  return `To switch it off, ${before}set ${variables.join(" or ")}.`;
}
