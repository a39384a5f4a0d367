/* People whose interests include “golf” or Golf (ignoring case) and whose interests are known but include no “spam” and whose birthday comes round again in the next 7 days and whose interests include both “a” and “b” (time zone America/New_York). As of 2026-03-31 12:00:00 UTC. */
SELECT
  "users"."id" AS "id"
FROM "users"
WHERE
  (
    "users"."interests" IS NOT NULL
    AND ARRAYS_OVERLAP(
      TRANSFORM("users"."interests", item -> REPLACE(LOWER(REPLACE(item, 'İ', 'i')), 'ς', 'σ')),
      CAST(ARRAY['golf'] AS ARRAY(VARCHAR))
    )
  )
  AND (
    "users"."interests" IS NOT NULL
    AND NOT ARRAYS_OVERLAP("users"."interests", CAST(ARRAY['spam'] AS ARRAY(VARCHAR)))
  )
  AND (
    "users"."birthday" < CAST('2026-01-01 00:00:00 UTC' AS TIMESTAMP(6) WITH TIME ZONE)
    AND (
      MONTH(AT_TIMEZONE("users"."birthday", 'UTC')) * 100
    ) + DAY(AT_TIMEZONE("users"."birthday", 'UTC')) >= 331
    AND (
      MONTH(AT_TIMEZONE("users"."birthday", 'UTC')) * 100
    ) + DAY(AT_TIMEZONE("users"."birthday", 'UTC')) <= 406
  )
  AND (
    "users"."interests" IS NOT NULL
    AND CARDINALITY(ARRAY_EXCEPT(CAST(ARRAY['a', 'b'] AS ARRAY(VARCHAR)), "users"."interests")) = 0
  )
