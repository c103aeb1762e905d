/** Of a held record's line, which may have been lost: then nobody knows what it was of, but for its item. */
export const lineColumns = `
  change.position IS NULL AS "isLost", line, coalesce(jurisdiction, 'unknown') AS jurisdiction,
  coalesce(kind, 'enterprise') AS kind, coalesce(moved, 0) AS moved, places, until, change.given,
  given_until AS "givenUntil"`;
