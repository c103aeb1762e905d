import { verifyCosignatures, witnessesOf } from "@xinqiao/protocol/checkpoint";
import { parseNote } from "@xinqiao/protocol/note";
import { fault } from "@xinqiao/protocol/problem";
import { err } from "@xinqiao/protocol/result";
import { beforeEach, describe, expect, it } from "vitest";
import {
  compareBeforeServing,
  createConversation,
  createWitnessCollector,
  type WitnessAlarm,
  type WitnessLine,
} from "./index.ts";
import { type TestCity, testCity, testKey } from "./testing/city.ts";
import { lineTo, type TestWitness, testWitness } from "./testing/witness.ts";

const keys = { baoan: testKey(), longgang: testKey(), dg: testKey() };
let city: TestCity;
let witnesses: Record<keyof typeof keys, TestWitness>;
let line: WitnessLine;
let alarms: WitnessAlarm[];
let clock: number;

beforeEach(() => {
  city = testCity(keys);
  witnesses = {
    baoan: testWitness("baoan", keys.baoan, city.registry),
    longgang: testWitness("longgang", keys.longgang, city.registry),
    dg: testWitness("dg", keys.dg, city.registry),
  };
  line = lineTo(witnesses);
  alarms = [];
  clock = 0;
});

const conversation = (at = city) =>
  createConversation({
    registry: () => at.registry,
    log: at.log,
    published: at.log,
    line,
    async onAlarm(alarm) {
      alarms.push(alarm);
    },
  });

function collector(quorum = 2) {
  return createWitnessCollector({
    registry: () => city.registry,
    keeper: city.log,
    published: city.log,
    conversation: conversation(),
    quorum,
    now: () => clock,
  });
}

/** Who has cosigned the newest checkpoint, as anybody reads it. */
function cosigners(): string[] {
  const note = parseNote(city.log.newest()?.note ?? "");
  if (!note.ok) throw new Error(note.error.reason);
  const cosigned = verifyCosignatures(note.value, witnessesOf(city.registry.members));
  if (!cosigned.ok) throw new Error(cosigned.error.reason);
  return cosigned.value.map(({ member }) => member).sort();
}

async function grow(...leaves: string[]) {
  city.append(...leaves);
  return await city.checkpoint();
}

describe("a round of witnesses", () => {
  it("has every member cosign what the log has grown to, and reaches its quorum", async () => {
    const rounds = collector();
    await rounds.round();
    expect(rounds.report(), "nothing was signed yet").toEqual({
      quorum: 2,
      signed: 0,
      witnesses: [{ node: "baoan" }, { node: "longgang" }, { node: "dg" }],
    });
    await grow("one");
    await rounds.round();
    await grow("two", "three", "four");
    await rounds.round();
    expect(cosigners()).toEqual(["baoan", "dg", "longgang"]);
    const time = witnesses.dg.time;
    expect(rounds.report()).toEqual({
      quorum: 2,
      signed: 4,
      witnesses: ["baoan", "longgang", "dg"].map((node) => ({ node, cosigned: { size: 4, time } })),
      newest: { size: 4, time, members: ["baoan", "dg", "longgang"] },
    });
    expect(city.log.newest()?.cosigners).toBe(3);
  });

  it("counts a checkpoint by when the last that was needed had seen it, and asks again when nothing is new", async () => {
    const rounds = collector();
    await grow("one");
    witnesses.baoan.time += 50;
    await rounds.round();
    expect(rounds.report().newest?.time).toBe(witnesses.dg.time);
    for (const witness of Object.values(witnesses)) witness.time += 100;
    await rounds.round();
    expect(rounds.report().newest?.time, "nobody is asked twice at once").toBe(witnesses.dg.time - 100);
    clock += 60_000;
    await rounds.round();
    expect(rounds.report().newest?.time).toBe(witnesses.dg.time);
    expect(cosigners()).toHaveLength(3);
  });

  it("takes one line of each witness, and as many as a note has room for", async () => {
    const many = Object.fromEntries(Array.from({ length: 120 }, (_, at) => [`w${at}`, testKey()]));
    city = testCity(many);
    const crowd = Object.fromEntries(
      Object.entries(many).map(([node, key]) => [node, testWitness(node, key, city.registry)]),
    );
    line = lineTo(crowd);
    const [first] = Object.values(crowd);
    if (first === undefined) throw new Error("nobody");
    const honest = first.addCheckpoint;
    first.addCheckpoint = async (body) => {
      const lines: string[] = [];
      for (let turn = 0; turn < 100; turn += 1) {
        first.time += 1;
        lines.push((await honest(turn === 0 ? body : body.replace(/^old \d+/, "old 1"))).body);
      }
      return { status: 200, body: lines.join("") };
    };
    await grow("one");
    const rounds = collector();
    await rounds.round();
    expect(cosigners()).toHaveLength(99);
    expect(new Set(cosigners()).size).toBe(99);
    expect(rounds.report().newest?.members).toHaveLength(99);
  });

  it("keeps what a witness signed that is away afterwards, and says why it is not heard of", async () => {
    const rounds = collector(3);
    await grow("one");
    await rounds.round();
    const honest = line.addCheckpoint;
    line.addCheckpoint = async (endpoint, body) =>
      endpoint.includes("dg") ? err(fault("node.unreachable")) : honest(endpoint, body);
    await rounds.round();
    expect(cosigners()).toContain("dg");
    await grow("two");
    await rounds.round();
    expect(cosigners()).toEqual(["baoan", "longgang"]);
    expect(rounds.report().newest?.size, "the last that all three have seen").toBe(1);
    expect(rounds.report().witnesses[2]).toMatchObject({ cosigned: { size: 1 }, code: "node.unreachable" });
    line.addCheckpoint = honest;
    await rounds.round();
    expect(rounds.report().newest?.size).toBe(2);
  });

  it("goes on from where each witness is: one that was away, one that this gateway knows nothing of", async () => {
    await grow("one", "two");
    await collector().round();
    await grow("three", "four", "five");
    witnesses.dg = testWitness("dg", keys.dg, city.registry);
    line = lineTo(witnesses);
    const afterRestart = collector();
    await afterRestart.round();
    expect(cosigners()).toEqual(["baoan", "dg", "longgang"]);
    expect(alarms).toEqual([]);
  });

  it.each<[string, () => void]>([
    ["signs another text", () => swapLines("one", "other")],
    ["signs for another member", () => signAs("dg", "baoan")],
    ["says that it holds a size it does not", () => answer("dg", 409, "1000\n")],
    ["holds another size each time", () => sayingMore("dg")],
    ["answers with another status", () => answer("dg", 500, "")],
    ["answers with anything at all", () => answer("dg", 200, "— xinqiao/dg AAAA\n")],
  ])("is not disturbed by a witness that %s", async (_what, lie) => {
    await grow("one");
    lie();
    const rounds = collector();
    await rounds.round();
    expect(cosigners()).toEqual(["baoan", "longgang"]);
    expect(rounds.report().newest?.members).toEqual(["baoan", "longgang"]);
    expect(rounds.report().witnesses[2]?.code).toBe("witness.reply-invalid");
    expect(alarms).toEqual([]);
  });

  function answer(node: keyof typeof keys, status: number, body: string) {
    witnesses[node].addCheckpoint = async () => ({ status, body });
  }

  function sayingMore(node: keyof typeof keys) {
    let size = 0;
    witnesses[node].addCheckpoint = async () => {
      size = size === 0 ? 1 : 0;
      return { status: 409, body: `${size}\n` };
    };
  }

  function signAs(node: keyof typeof keys, other: keyof typeof keys) {
    const impostor = testWitness(other, keys[node], city.registry);
    witnesses[node].addCheckpoint = impostor.addCheckpoint;
  }

  function swapLines(...leaves: string[]) {
    const other = testCity(keys, city.logKey);
    other.append(...leaves);
    const honest = witnesses.dg.addCheckpoint;
    witnesses.dg.addCheckpoint = async () => {
      await other.checkpoint();
      return honest(`old 0\n\n${other.log.newest()?.note ?? ""}`);
    };
  }
});

describe("a log that was put back to an older state", () => {
  it("is told by whoever has seen more, with both checkpoints, once", async () => {
    await grow("one", "two", "three");
    await collector().round();
    const before = testCity(keys, city.logKey);
    before.append("one");
    await before.checkpoint();
    await expect(compareBeforeServing(before.registry, conversation(before))).rejects.toMatchObject({
      fault: { code: "log.rolled-back", facts: { size: 3 } },
    });
    expect(alarms).toHaveLength(3);
    expect(alarms[0]).toMatchObject({
      finding: "ahead",
      heldSize: 3,
      held: expect.stringContaining("xinqiao/sz\n3\n"),
      ours: expect.stringContaining("xinqiao/sz\n1\n"),
    });
  });

  it("and went on otherwise has forked, however long it has become", async () => {
    await grow("one", "two", "three");
    await collector().round();
    const other = testCity(keys, city.logKey);
    other.append("one", "2", "3", "4", "5");
    await other.checkpoint();
    const talk = conversation(other);
    await expect(compareBeforeServing(other.registry, talk)).rejects.toMatchObject({
      fault: { code: "log.forked" },
    });
    const [member] = [
      { node: other.registry.members[0]?.node ?? other.registry.iss, endpoint: "https://baoan.example" },
    ];
    const shown = await talk.show(member, await other.checkpoint());
    expect(shown).toMatchObject({ error: { code: "log.forked" } });
    expect(
      alarms.map(({ witness }) => witness),
      "each witness once",
    ).toEqual(["baoan", "longgang", "dg"]);
  });

  it("is not told by a word that the log's own key has not signed, nor by nobody", async () => {
    await grow("one");
    const forger = testCity(keys);
    forger.append("one", "two");
    witnesses.dg.held = await forger.checkpoint();
    line.held = async (endpoint) =>
      endpoint.includes("baoan") ? err(fault("node.timeout")) : { ok: true, value: witnesses.dg.heldNote() };
    await expect(compareBeforeServing(city.registry, conversation())).resolves.toBeUndefined();
    expect(alarms).toEqual([]);
  });
});
