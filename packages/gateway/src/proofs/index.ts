export { bundleDependencies } from "./from-files.ts";
export type { BundleDependencies } from "./make-bundle.ts";
export { type ProveDependencies, prove, proveToOperator } from "./prove.ts";
export type { RegistryTexts } from "./versions.ts";
