/* People whose interests include “golf” or Golf (ignoring case) and whose interests are known but include no “spam” and whose birthday comes round again in the next 7 days and whose interests include both “a” and “b” (time zone America/New_York). As of 2026-03-31 12:00:00 UTC. */
SELECT
  "users"."id" AS "id"
FROM "users"
WHERE
  (
    "users"."interests" IS NOT NULL
    AND ARRAYS_OVERLAP(
      TRANSFORM(
        "users"."interests",
        item -> TO_VARIANT(REPLACE(LOWER(REPLACE(CAST(item AS VARCHAR), 'İ', 'i')), 'ς', 'σ'))
      ),
      ARRAY_CONSTRUCT('golf')
    )
  )
  AND (
    "users"."interests" IS NOT NULL
    AND NOT ARRAYS_OVERLAP("users"."interests", ARRAY_CONSTRUCT('spam'))
  )
  AND (
    "users"."birthday" < CAST('2026-01-01 00:00:00+00:00' AS TIMESTAMP_TZ)
    AND (
      MONTH(CONVERT_TIMEZONE('UTC', "users"."birthday")) * 100
    ) + DAY(CONVERT_TIMEZONE('UTC', "users"."birthday")) >= 331
    AND (
      MONTH(CONVERT_TIMEZONE('UTC', "users"."birthday")) * 100
    ) + DAY(CONVERT_TIMEZONE('UTC', "users"."birthday")) <= 406
  )
  AND (
    "users"."interests" IS NOT NULL
    AND ARRAY_SIZE(ARRAY_EXCEPT(ARRAY_CONSTRUCT('a', 'b'), "users"."interests")) = 0
  )
