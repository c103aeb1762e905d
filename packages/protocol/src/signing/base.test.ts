import { isInnerList, parseDictionary } from "structured-headers";
import { describe, expect, it } from "vitest";
import { importSigner, importVerifier, publicOf } from "../keys/index.ts";
import { readRfc9421Vectors, responseHead } from "../testing/index.ts";
import { type Component, componentIdentifier, fieldReader, signatureBase } from "./index.ts";

const rfc = readRfc9421Vectors();

function componentsOf(parameters: string): Component[] {
  const member = parseDictionary(`sig=${parameters}`).get("sig");
  if (member === undefined || !isInnerList(member)) throw new Error("not an inner list");
  return member[0].map(([name, own]) => ({ name: String(name), req: own.get("req") === true }));
}

function baseOf({ request, response, parameters }: (typeof rfc.cases)[number]): string {
  const message = response ? responseHead(response, request.head) : request.head;
  const result = signatureBase(componentsOf(parameters), parameters, message);
  if ("absent" in result) throw new Error(`absent: ${result.absent}`);
  return result.base;
}

function keyOf(name: string) {
  const jwk = rfc.keys[name];
  if (jwk === undefined) throw new Error(`no key ${name}`);
  const [signer, verifier] = [importSigner(jwk), importVerifier(publicOf(jwk))];
  if (!signer.ok || !verifier.ok) throw new Error(`key ${name} is not usable`);
  return { signer: signer.value, verifier: verifier.value };
}

describe("RFC 9421", () => {
  it.each(rfc.cases.filter(({ base }) => base !== undefined))("$name: the signature base", (vector) => {
    expect(baseOf(vector)).toBe(vector.base);
  });

  it.each(rfc.cases.filter(({ key }) => key !== undefined))("$name: the signature", async (vector) => {
    const { signer, verifier } = keyOf(vector.key ?? "");
    const base = Buffer.from(baseOf(vector));
    const signature = Buffer.from(vector.signature ?? "", "base64");
    expect(verifier.verify(base, signature)).toBe(vector.verifies);
    if (signer.suite.name === "ed25519" && vector.verifies) {
      expect(Buffer.from(await signer.sign(base)).toString("base64")).toBe(vector.signature);
    }
  });
});

describe("signatureBase", () => {
  const request = {
    method: "POST",
    targetUri: "https://sz.example/v1/lookups",
    field: fieldReader({
      "x-one": " \ta b\t ",
      "x-empty": "",
      "x-lines": ["1", "2"],
      "x-forged": 'a\r\n"x": b',
    }),
  };
  const bare = (name: string): Component => ({ name, req: false });
  const of = (...components: Component[]) => signatureBase(components, "()", request);

  it("takes the space around a value away and joins the lines of one field", () => {
    expect(of(bare("x-one"), bare("x-empty"), bare("x-lines"))).toEqual({
      base: '"x-one": a b\n"x-empty": \n"x-lines": 1, 2\n"@signature-params": ()',
    });
  });

  it("derives every request component RFC 9421 §2.2 names", () => {
    const names = ["@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query"];
    const result = of(...names.map(bare));
    expect("base" in result && result.base.split("\n").slice(0, -1)).toEqual([
      '"@method": POST',
      '"@target-uri": https://sz.example/v1/lookups',
      '"@authority": sz.example',
      '"@scheme": https',
      '"@request-target": /v1/lookups',
      '"@path": /v1/lookups',
      '"@query": ?',
    ]);
  });

  it.each(["x-forged", "x-none", "@status", "@query-param", "constructor"])(
    "names %s as what cannot be signed",
    (name) => {
      expect(of(bare("x-one"), bare(name))).toEqual({ absent: name });
    },
  );

  it("has no ;req on a request, and no derived request component on a bare response", () => {
    expect(of({ name: "@method", req: true })).toEqual({ absent: "@method" });
    const response = { status: 200, field: fieldReader({}), request };
    expect(signatureBase([bare("@method")], "()", response)).toEqual({ absent: "@method" });
    expect(signatureBase([{ name: "@status", req: true }], "()", response)).toEqual({ absent: "@status" });
  });

  it("cannot derive from an address that is none, and says so instead of throwing", () => {
    const nowhere = { ...request, targetUri: "not a URI" };
    expect(signatureBase([bare("@path")], "()", nowhere)).toEqual({ absent: "@path" });
  });

  it("writes a component of the request with ;req", () => {
    expect(componentIdentifier({ name: "content-digest", req: true })).toBe('"content-digest";req');
  });
});
