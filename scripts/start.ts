/**
 * `npm start`: sets up the sample federation, shows one lookup, shows a member going away and coming back,
 * and stays up until Ctrl-C. `--help` lists the options.
 */
import { demonstrateAudit } from "./sample/audit.ts";
import { demonstrateBreaker } from "./sample/demonstration.ts";
import { type Federation, startFederation } from "./sample/federation.ts";
import { guide } from "./sample/guide.ts";
import { demonstrationLookup } from "./sample/lookups.ts";
import { help, readOptions, type StartOptions } from "./sample/options.ts";
import { SampleError } from "./sample/sample-error.ts";
import { demonstrateSharing } from "./sample/sharing/index.ts";
import { createProgress, exchangeTable, intakeTables } from "./sample/terminal/index.ts";
import { witnessed } from "./sample/witnessed.ts";

const stopped = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopped.abort());

/** Standard output is for the result; what is only said on the way there goes elsewhere when a program reads it. */
function voiceFor({ json }: StartOptions): (text: string) => void {
  const stream = json ? process.stderr : process.stdout;
  return (text) => stream.write(`${text}\n`);
}

async function tell(options: StartOptions): Promise<void> {
  const say = voiceFor(options);
  await using federation = await startFederation({
    ...options,
    progress: createProgress(process.stderr),
    signal: stopped.signal,
    onLost: (name, log) => say(`✗ ${name} 意外退出 ended unexpectedly: ${log}`),
  });
  introduce(federation, say);

  const exchange = await federation.agent("sz-baoan").lookUp(demonstrationLookup);
  if (options.json) process.stdout.write(`${JSON.stringify(exchange)}\n`);
  else say(exchangeTable(exchange));
  say(await witnessed(federation, exchange, stopped.signal));
  if (options.once) return;

  await demonstrate(() => demonstrateAudit(federation, exchange, say, stopped.signal));
  await demonstrate(() => demonstrateSharing(federation, say, stopped.signal));
  await demonstrate(() => demonstrateBreaker(federation, say, stopped.signal));
  say(guide(federation));
  await untilStopped();
  say("\n正在停止 stopping …");
}

/** A demonstration that did not come off, on a machine that is too busy, takes nothing down. */
async function demonstrate(shown: () => Promise<void>): Promise<void> {
  try {
    await shown();
  } catch (error) {
    if (!(error instanceof SampleError)) throw error;
    process.stderr.write(`✗ ${error.message}\n`);
  }
}

function introduce({ moved, intakes }: Federation, say: (text: string) => void): void {
  for (const { listener, from, to } of moved) {
    say(`! 端口 ${from} 已被占用，${listener} 改用 ${to} · port ${from} is taken, ${listener} uses ${to}`);
  }
  if (intakes.length > 0) say(intakeTables(intakes));
  say("\n■ 宝安区查询示例主体 · Bao'an asks every jurisdiction about the sample subject");
}

function untilStopped(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // A signal's listener alone does not keep the process alive.
  const alive = setInterval(() => {}, 60_000);
  const end = () => {
    clearInterval(alive);
    resolve();
  };
  if (stopped.signal.aborted) end();
  else stopped.signal.addEventListener("abort", end, { once: true });
  return promise;
}

const interrupted = 130;

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(help);
  else await tell(options);
  if (stopped.signal.aborted) process.stderr.write("已停止 stopped\n");
} catch (error) {
  if (stopped.signal.aborted) {
    process.stderr.write("已停止 stopped\n");
    process.exitCode = interrupted;
  } else {
    const text = error instanceof SampleError ? error.message : error instanceof Error ? error.stack : error;
    process.stderr.write(`✗ ${text}\n`);
    process.exitCode = 1;
  }
}
