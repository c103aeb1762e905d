import { dueOf } from "@xinqiao/protocol/cases";
import type { Signer } from "@xinqiao/protocol/keys";
import { chinaDay, type OfficialDays, workingDayAfter } from "@xinqiao/runtime/calendar";
import { sayDue } from "../cases/index.ts";
import type { City } from "../city/index.ts";
import type { GatewayConfig } from "../config/index.ts";
import type { SharingRouteDependencies } from "../http/index.ts";
import { createOneWait, createTakenSignal, createTurns } from "../sharing/index.ts";
import type { GatewayEvents } from "../telemetry/index.ts";
import type { Stores } from "./stores.ts";

interface CasesDependencies extends Pick<Stores, "hub" | "log"> {
  readonly city: City;
  readonly signer: Signer;
  readonly days: OfficialDays;
  readonly now: () => number;
  readonly failed: GatewayEvents["failed"];
  /** Readers of records are told what is in dispute. */
  readonly onStep: () => void;
}

interface Cases {
  readonly routes: Pick<SharingRouteDependencies, "caseSteps" | "readCases">;
  drain(): void;
  idle(): Promise<void>;
}

/** Between two looks at what people have found: they leave it from another process. */
const lookEveryMs = 1_000;

export function openCases(
  { node: self, caseTerms: terms }: GatewayConfig,
  { hub: cases, log, city, signer, days, now, failed, onStep }: CasesDependencies,
): Cases {
  const signal = createTakenSignal();
  const today = () => chinaDay(now());
  const calendar = {
    terms,
    dayOf: (seconds: number) => chinaDay(seconds * 1000),
    workingDayAfter: (day: string, n: number) => workingDayAfter(day, n, days),
  };
  const steps = {
    ...{ self, cases, log, now, today, turns: createTurns() },
    dueOf: (held: Parameters<typeof dueOf>[0]) => dueOf(held, self, calendar),
    onStep() {
      signal.taken();
      onStep();
    },
  };
  let said = Promise.resolve();
  const say = () => {
    said = said.then(() => sayDue({ ...steps, signer })).catch((error: unknown) => failed(error));
  };
  const often = setInterval(say, lookEveryMs).unref();
  const directory = () => city.registry.current().directory;
  return {
    routes: {
      caseSteps: { ...steps, directory, catalogue: () => city.catalogue.current().catalogue },
      readCases: { cases, directory, log, untilStepped: createOneWait(signal) },
    },
    drain() {
      clearInterval(often);
      signal.close();
    },
    idle: () => said,
  };
}
