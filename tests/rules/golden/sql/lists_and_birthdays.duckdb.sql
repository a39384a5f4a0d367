/* People whose interests include “golf” or Golf (ignoring case) and whose interests are known but include no “spam” and whose birthday comes round again in the next 7 days and whose interests include both “a” and “b” (time zone America/New_York). As of 2026-03-31 12:00:00 UTC. */
SELECT
  "users"."id" AS "id"
FROM "users"
WHERE
  (
    "users"."interests" IS NOT NULL
    AND list_contains(
      list_transform(
        "users"."interests",
        LAMBDA item : REPLACE(LOWER(REPLACE(item, 'İ', 'i')), 'ς', 'σ')
      ),
      'golf'
    )
  )
  AND (
    "users"."interests" IS NOT NULL
    AND NOT list_contains("users"."interests", 'spam')
  )
  AND (
    "users"."birthday" < CAST('2026-01-01 00:00:00+00:00' AS TIMESTAMP WITH TIME ZONE)
    AND (
      month(make_timestamp(epoch_us("users"."birthday"))) * 100
    ) + day(make_timestamp(epoch_us("users"."birthday"))) >= 331
    AND (
      month(make_timestamp(epoch_us("users"."birthday"))) * 100
    ) + day(make_timestamp(epoch_us("users"."birthday"))) <= 406
  )
  AND (
    "users"."interests" IS NOT NULL
    AND (
      list_contains("users"."interests", 'a')
      AND list_contains("users"."interests", 'b')
    )
  )
