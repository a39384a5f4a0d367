/* People whose interests include “golf” or Golf (ignoring case) and whose interests are known but include no “spam” and whose birthday comes round again in the next 7 days and whose interests include both “a” and “b” (time zone America/New_York). As of 2026-03-31 12:00:00 UTC. */
SELECT
  "users"."id" AS "id"
FROM "users"
WHERE
  (
    "users"."interests" IS NOT NULL
    AND ARRAY(
      SELECT
        REPLACE(LOWER(REPLACE(item, 'İ', 'i') COLLATE "pg_c_utf8"), 'ς', 'σ')
      FROM UNNEST("users"."interests") AS item
    ) && CAST(ARRAY['golf'] AS TEXT[])
  )
  AND (
    "users"."interests" IS NOT NULL
    AND NOT (
      "users"."interests" && CAST(ARRAY['spam'] AS TEXT[])
    )
  )
  AND (
    "users"."birthday" < CAST('2026-01-01 00:00:00+00:00' AS TIMESTAMPTZ)
    AND (
      DATE_PART('month', "users"."birthday" AT TIME ZONE 'UTC') * 100
    ) + DATE_PART('day', "users"."birthday" AT TIME ZONE 'UTC') >= 331
    AND (
      DATE_PART('month', "users"."birthday" AT TIME ZONE 'UTC') * 100
    ) + DATE_PART('day', "users"."birthday" AT TIME ZONE 'UTC') <= 406
  )
  AND (
    "users"."interests" IS NOT NULL
    AND "users"."interests" @> CAST(ARRAY['a', 'b'] AS TEXT[])
  )
