/* People whose interests include “golf” or Golf (ignoring case) and whose interests are known but include no “spam” and whose birthday comes round again in the next 7 days and whose interests include both “a” and “b” (time zone America/New_York). As of 2026-03-31 12:00:00 UTC. */
SELECT
  "users"."id" AS "id"
FROM "users"
WHERE
  (
    "users"."interests" IS NOT NULL
    AND hasAny(
      arrayMap(
        item -> REPLACE(lowerUTF8(REPLACE(item, 'İ', 'i')), 'ς', 'σ'),
        JSONExtract(COALESCE("users"."interests", '[]'), 'Array(String)')
      ),
      ['golf']
    )
  )
  AND (
    "users"."interests" IS NOT NULL
    AND NOT hasAny(JSONExtract(COALESCE("users"."interests", '[]'), 'Array(String)'), ['spam'])
  )
  AND (
    "users"."birthday" < toDateTime64('2026-01-01 00:00:00', 6, 'UTC')
    AND (
      toMonth(toTimeZone("users"."birthday", 'UTC')) * 100
    ) + toDayOfMonth(toTimeZone("users"."birthday", 'UTC')) >= 331
    AND (
      toMonth(toTimeZone("users"."birthday", 'UTC')) * 100
    ) + toDayOfMonth(toTimeZone("users"."birthday", 'UTC')) <= 406
  )
  AND (
    "users"."interests" IS NOT NULL
    AND hasAll(JSONExtract(COALESCE("users"."interests", '[]'), 'Array(String)'), ['a', 'b'])
  )
SETTINGS join_use_nulls = 1
