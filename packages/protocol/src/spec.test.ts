import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { codes } from "./problem/index.ts";

const root = join(import.meta.dirname, "../../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

interface Evidence {
  readonly file: string;
  readonly title?: string | undefined;
}

interface Requirement {
  readonly id: string;
  readonly text: string;
  readonly evidence: readonly Evidence[];
}

/** `- **PX-1.1** text`, the rest of the text indented under it, then one line a test: a file › its title. */
function parseRequirements(spec: string): readonly Requirement[] {
  return spec
    .split(/^(?=- \*\*[A-Z]{2}-)/m)
    .slice(1)
    .map((block) => {
      const lines = block.split("\n");
      const [first = ""] = lines;
      const [, id = "", opening = ""] = /^- \*\*([A-Z]{2}-[\d.]+)\*\* (.*)$/.exec(first) ?? [];
      const rest = lines.filter((line) => /^ {2}[^ -]/.test(line)).map((line) => line.trim());
      const evidence = lines
        .map((line) => /^ {2}- `([^`]+)`(?: › (.+))?$/.exec(line))
        .filter((match) => match !== null)
        .map(([, file = "", title]) => ({ file, title }));
      return { id, text: [opening, ...rest].join(" "), evidence };
    });
}

/** A test's title as its file writes it, or the name of a vector or case. A test that is skipped shows nothing. */
function hasTitle(content: string, file: string, title: string): boolean {
  if (file.endsWith(".json")) return content.includes(`"name": ${JSON.stringify(title)}`);
  if (content.includes(`name: ${JSON.stringify(title)}`)) return true;
  const calls = content.replaceAll(/\(\s+/g, "(");
  return ['"', "'", "`"].some((quote) => {
    const at = calls.indexOf(`(${quote}${title}${quote}`);
    return at >= 0 && !/\.(?:skip|todo|fails)$/.test(calls.slice(0, at));
  });
}

function missing({ file, title }: Evidence): string | undefined {
  if (!existsSync(join(root, file))) return `${file} does not exist`;
  if (title === undefined)
    return file.startsWith("test/") ? undefined : `${file} without the title of a test`;
  return hasTitle(read(file), file, title) ? undefined : `${file} has no test "${title}"`;
}

const specs = readdirSync(join(root, "packages/protocol/spec")).filter((name) => name.endsWith(".md"));

describe.each(specs)("%s", (name) => {
  const spec = read(`packages/protocol/spec/${name}`);
  const requirements = parseRequirements(spec);

  it("numbers its requirements once each, in order, under the heading they belong to", () => {
    const ids = requirements.map(({ id }) => id);
    const order = (id: string) =>
      id
        .split(/[-.]/)
        .slice(1)
        .map((part) => part.padStart(3, "0"))
        .join(".");
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => (order(a) < order(b) ? -1 : 1)));
    for (const id of ids) {
      const section = id.slice("PX-".length, id.lastIndexOf("."));
      expect(spec, id).toMatch(new RegExp(`^#+ ${section.replaceAll(".", "\\.")} `, "m"));
    }
  });

  it("has every requirement say MUST", () => {
    expect(requirements.filter(({ text }) => !/\bMUST\b/.test(text)).map(({ id }) => id)).toEqual([]);
  });

  it("has no MUST outside a numbered requirement", () => {
    const count = (text: string) => text.match(/\bMUST\b/g)?.length ?? 0;
    const counted = requirements.reduce((sum, { text }) => sum + count(text), 0);
    expect(count(spec.slice(spec.indexOf("\n## ")))).toBe(counted);
  });

  it.each(requirements)("$id names tests that exist", ({ evidence }) => {
    expect(evidence.length).toBeGreaterThan(0);
    expect(evidence.map(missing).filter((fault) => fault !== undefined)).toEqual([]);
  });
});

describe("docs/law-to-rule.md", () => {
  const lines = read("docs/law-to-rule.md").split("\n");

  it.each(lines.filter((line) => line.startsWith("- `")))("%s", (line) => {
    const [, file = "", title] = /^- `([^`]+)` › (.+)$/.exec(line) ?? [];
    expect(missing({ file, title })).toBeUndefined();
  });

  it("says of every article what shows it, or that it is not done", () => {
    const articles = lines.join("\n").split(/^## /m).slice(1);
    expect(articles.filter((text) => !/^- `|^Not yet/m.test(text))).toEqual([]);
  });
});

describe("PR-EXCHANGE", () => {
  const spec = read("packages/protocol/spec/PR-EXCHANGE.md");

  it.each(Object.keys(codes).filter((code) => /^(?:signature|digest|answer|lookup)\./.test(code)))(
    "names the code %s",
    (code) => {
      const [family = "", name = ""] = code.split(".");
      const ending = new RegExp(`\`${family}\\.${name}\`|\`…-${name.split("-").slice(1).join("-")}\``);
      expect(spec).toMatch(ending);
    },
  );

  it("has the sections that comments in the code point to", () => {
    const sources = ["protocol", "runtime", "gateway", "node-agent"].flatMap((name) => {
      const folder = `packages/${name}/src`;
      return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .map((file) => `${folder}/${file}`);
    });
    const dangling = sources.flatMap((file) =>
      [...read(file).matchAll(/PR-EXCHANGE §(\d+(?:\.\d+)?)/g)]
        .filter(([, section = ""]) => !new RegExp(`^#+ ${section.replace(".", "\\.")} `, "m").test(spec))
        .map(([reference]) => `${file}: ${reference}`),
    );
    expect(dangling).toEqual([]);
  });
});
