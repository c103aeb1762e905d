import { generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";
import {
  generatePrivateJwk,
  importSigner,
  importVerifier,
  publicOf,
  type SuiteName,
  suiteNames,
} from "@xinqiao/protocol/keys";
import type { Figure } from "./table.ts";

export interface SuiteFigure {
  readonly name: string;
  readonly signsPerSecond: number;
  readonly verifiesPerSecond: number;
}

/** About a signature base with its request id, digest and nonce. */
export const messageBytes = 700;

const titles: Readonly<Record<SuiteName, string>> = {
  ed25519: "ed25519 (libsodium, in use)",
  es256: "es256 (node:crypto, in use)",
  sm2: "sm2 (sm-crypto-v2, where a federation lists it)",
};

/** Operations a second of one thread, over about `seconds`. */
function rate(seconds: number, operation: () => unknown): number {
  for (let i = 0; i < 500; i += 1) operation();
  const begun = performance.now();
  let count = 0;
  while (performance.now() - begun < seconds * 1000) {
    for (let i = 0; i < 100; i += 1) operation();
    count += 100;
  }
  return (count * 1000) / (performance.now() - begun);
}

/** What the product signs with, and what it could have signed with. */
export function measureSuites(seconds: number): readonly SuiteFigure[] {
  const message = randomBytes(messageBytes);
  const figures: SuiteFigure[] = [];
  for (const suite of suiteNames) {
    const jwk = generatePrivateJwk(suite);
    const signer = importSigner(jwk);
    const verifier = importVerifier(publicOf(jwk));
    if (!signer.ok || !verifier.ok) throw new Error("keys do not import");
    const signature = signer.value.sign(message);
    if (!(signature instanceof Uint8Array)) throw new Error("a local signer signs at once");
    figures.push({
      name: titles[suite],
      signsPerSecond: rate(seconds, () => signer.value.sign(message)),
      verifiesPerSecond: rate(seconds, () => verifier.value.verify(message, signature)),
    });
  }
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const signature = sign(null, message, privateKey);
  figures.push({
    name: "ed25519 (node:crypto)",
    signsPerSecond: rate(seconds, () => sign(null, message, privateKey)),
    verifiesPerSecond: rate(seconds, () => verify(null, message, publicKey, signature)),
  });
  return figures;
}

/** Signatures made and checked for one single-target exchange, over all its processes. */
export const perExchange = { signs: 4, verifies: 5 } as const;

/** Exchanges a second if the machine did nothing but these signatures, on all its cores. */
export function signatureLimit({ signsPerSecond, verifiesPerSecond }: SuiteFigure, cores: number): number {
  return cores / (perExchange.signs / signsPerSecond + perExchange.verifies / verifiesPerSecond);
}

/** What a federation pays for SM2: how often each other suite signs and verifies in the time that SM2 takes. */
function againstSm2(figures: readonly SuiteFigure[]): readonly Figure[] {
  const sm2 = figures.find(({ name }) => name === titles.sm2);
  if (sm2 === undefined) throw new Error("sm2 was not measured");
  return figures
    .filter((figure) => figure !== sm2)
    .flatMap(({ name, signsPerSecond, verifiesPerSecond }) => [
      { name: `sign, ${name} over sm2`, value: signsPerSecond / sm2.signsPerSecond, unit: "×" },
      { name: `verify, ${name} over sm2`, value: verifiesPerSecond / sm2.verifiesPerSecond, unit: "×" },
    ]);
}

/** What each suite makes and checks in a second, and what SM2 costs beside it. */
export function compareSuites(seconds: number): readonly Figure[] {
  const suites = measureSuites(seconds);
  return [
    ...suites.flatMap(({ name, signsPerSecond, verifiesPerSecond }) => [
      { name: `sign, ${name}`, value: signsPerSecond, unit: "/s" },
      { name: `verify, ${name}`, value: verifiesPerSecond, unit: "/s" },
    ]),
    ...againstSm2(suites),
  ];
}
