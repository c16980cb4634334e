// The bill of materials (SBOM): what is in the bundles, in CycloneDX's format, made by CycloneDX's own tool from the metafile.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import * as v from "valibot";
import { run } from "../processes/run";
import { readMetafile } from "./bundled";
import { sha256 } from "./checksums";
import { root as checkout } from "../paths";

const specification = Spec.Version.v1dot6;
const tool = join(checkout, "node_modules", "@cyclonedx", "cyclonedx-esbuild", "bin", "cyclonedx-esbuild-cli.js");

const hash = v.object({ alg: v.string(), content: v.string() });
const licence = v.looseObject({ license: v.looseObject({ id: v.optional(v.string()) }) });
const component = v.looseObject({
  name: v.string(),
  version: v.string(),
  licenses: v.optional(v.array(licence)),
  hashes: v.optional(v.array(hash)),
});

/** What is read of a bill of materials. */
export const billModel = v.looseObject({
  metadata: v.looseObject({ component }),
  components: v.array(component),
  dependencies: v.array(v.looseObject({ ref: v.string(), dependsOn: v.optional(v.array(v.string())) })),
});
type Bill = v.InferOutput<typeof billModel>;

const lockModel = v.object({
  packages: v.record(v.string(), v.looseObject({ version: v.optional(v.string()), integrity: v.optional(v.string()) })),
});

/**
 * Writes as `file` what the bundles below `root` are made of, with the hashes of the packages' archives, and that of
 * `vsix` which holds them. The same build gives the same file.
 * @throws Error if a package has no hash in package-lock.json, or the bill is not as CycloneDX's schema wants it.
 */
export async function writeSbom(root: string, vsix: string, file: string): Promise<void> {
  const bill = v.parse(billModel, JSON.parse(await billOf(root)));
  const hashes = archiveHashes(root);
  bill.metadata.component.hashes = [{ alg: "SHA-256", content: sha256(vsix) }];
  for (const each of bill.components) each.hashes = [hashOf(each, hashes)];
  const text = `${JSON.stringify(bill, null, 2)}\n`;
  const problem = await sbomProblem(text);
  if (problem !== undefined) throw new Error(`The bill of materials is not as CycloneDX ${specification} wants it: ${problem}`);
  writeFileSync(file, text);
}

/** Why `text` is no bill of materials by CycloneDX's schema; undefined if it is one. */
export async function sbomProblem(text: string): Promise<string | undefined> {
  const problem: unknown = await new Validation.JsonStrictValidator(specification).validate(text);
  return problem === null ? undefined : JSON.stringify(problem);
}

async function billOf(root: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "jupyterhub-connect-sbom-"));
  try {
    const metafile = join(directory, "metafile.json");
    writeFileSync(metafile, JSON.stringify(readMetafile(root)));
    // Validated once it is complete.
    return await run(process.execPath, [tool, "--output-reproducible", "--no-validate", "--spec-version", specification, metafile], {
      cwd: root,
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The hash of each package's archive, by name and version. */
function archiveHashes(root: string): ReadonlyMap<string, string> {
  const { packages } = v.parse(lockModel, JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")));
  const hashes = Object.entries(packages).flatMap(([path, { version, integrity }]) =>
    version === undefined || integrity === undefined
      ? []
      : [[`${path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)}@${version}`, integrity] as const],
  );
  return new Map(hashes);
}

function hashOf(each: Bill["components"][number], hashes: ReadonlyMap<string, string>): v.InferOutput<typeof hash> {
  const name = typeof each["group"] === "string" ? `${each["group"]}/${each.name}` : each.name;
  const integrity = hashes.get(`${name}@${each.version}`);
  if (integrity?.startsWith("sha512-") !== true) throw new Error(`package-lock.json has no SHA-512 of ${name} ${each.version}.`);
  return { alg: "SHA-512", content: Buffer.from(integrity.slice("sha512-".length), "base64").toString("hex") };
}
