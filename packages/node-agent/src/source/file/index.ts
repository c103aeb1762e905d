export { type FileSourceConfig, fileSourceSchema } from "./config.ts";
export { createFileSource } from "./file-source.ts";
