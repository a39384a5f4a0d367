WITH "logged_in_1" AS (
  /* people with “logged_in” more than 15 times in the last 30 days */
  SELECT
    "e"."user_id",
    COUNT(*) AS "count_1"
  FROM "logged_in" AS "e"
  WHERE
    "e"."timestamp" >= toDateTime64('2026-03-01 12:00:00', 6, 'UTC')
    AND "e"."timestamp" < toDateTime64('2026-03-31 12:00:00', 6, 'UTC')
  GROUP BY
    "e"."user_id"
), "events_1" AS (
  /* people with “report_created” or “export_finished” at least once */
  SELECT
    "e"."user_id",
    COUNT(*) AS "count_1"
  FROM (
    SELECT
      "e"."user_id" AS "user_id",
      "e"."timestamp" AS "timestamp"
    FROM "export_finished" AS "e"
    UNION ALL
    SELECT
      "e"."user_id" AS "user_id",
      "e"."timestamp" AS "timestamp"
    FROM "report_created" AS "e"
  ) AS "e"
  WHERE
    "e"."timestamp" < toDateTime64('2026-03-31 12:00:00', 6, 'UTC')
  GROUP BY
    "e"."user_id"
)
/* People with “logged_in” more than 15 times in the last 30 days and with “report_created” or “export_finished” at least once. As of 2026-03-31 12:00:00 UTC. */
SELECT
  "users"."id" AS "id"
FROM "users"
LEFT JOIN "logged_in_1"
  ON "logged_in_1"."user_id" = "users"."id"
LEFT JOIN "events_1"
  ON "events_1"."user_id" = "users"."id"
WHERE
  "logged_in_1"."count_1" > 15 AND "events_1"."count_1" >= 1
SETTINGS join_use_nulls = 1
