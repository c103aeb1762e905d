import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createCompany, probeGraceMs } from "./company.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe("a probe in company", () => {
  it("is given up a moment after the last of the others is in, not before", () => {
    const company = createCompany(3);
    const [first, probe, last] = [company.join(), company.join(), company.join()];
    const othersIn = probe.probe();
    first.leave();
    vi.advanceTimersByTime(60_000);
    expect(othersIn.aborted).toBe(false);
    last.leave();
    vi.advanceTimersByTime(probeGraceMs - 1);
    expect(othersIn.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(othersIn.aborted).toBe(true);
  });

  it("is given up too when the others were in before it began", () => {
    const company = createCompany(2);
    company.join().leave();
    const othersIn = company.join().probe();
    vi.advanceTimersByTime(probeGraceMs);
    expect(othersIn.aborted).toBe(true);
  });

  it("waits for no other probe", () => {
    const company = createCompany(3);
    const signals = [company.join().probe(), company.join().probe()];
    company.join().leave();
    vi.advanceTimersByTime(probeGraceMs);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  it("counts one ask once, whatever it calls", () => {
    const company = createCompany(2);
    const twice = company.join();
    twice.leave();
    twice.leave();
    vi.advanceTimersByTime(60_000);
    const last = company.join();
    const othersIn = last.probe();
    last.leave();
    vi.advanceTimersByTime(probeGraceMs);
    expect(othersIn.aborted).toBe(true);
  });

  it("holds nobody up alone: it is never given up", () => {
    const company = createCompany(2);
    const signals = [company.join().probe(), company.join().probe()];
    vi.advanceTimersByTime(60_000);
    expect(signals.some(({ aborted }) => aborted)).toBe(false);
  });

  it("leaves no timer behind", () => {
    const company = createCompany(1);
    company.join().leave();
    expect(vi.getTimerCount()).toBe(1);
    company.dispose();
  });
});
