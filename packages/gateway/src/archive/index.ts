export { type Archived, type ArchivingDependencies, archiveLog } from "./archive-log.ts";
export { archiveDaily } from "./daily.ts";
export { archivedFiles, archiveOf } from "./layout.ts";
export { ArchiveError, type ArchiveReader, openArchive } from "./reader.ts";
