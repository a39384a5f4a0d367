WITH "logged_in_1" AS (
  /* people whose number of “logged_in” fell by at least 50% in the last 30 days against the 30 days before */
  SELECT
    "t"."user_id",
    (
      CAST("t"."change_1_now" AS DOUBLE) - CAST("t"."change_1_before" AS DOUBLE)
    ) / NULLIF(CAST("t"."change_1_before" AS DOUBLE), 0) AS "change_1"
  FROM (
    SELECT
      "e"."user_id",
      COUNT(
        CASE
          WHEN "e"."timestamp" >= CAST('2026-03-01 12:00:00 UTC' AS TIMESTAMP(6) WITH TIME ZONE)
          THEN 1
        END
      ) AS "change_1_now",
      COUNT(
        CASE
          WHEN "e"."timestamp" < CAST('2026-03-01 12:00:00 UTC' AS TIMESTAMP(6) WITH TIME ZONE)
          THEN 1
        END
      ) AS "change_1_before"
    FROM "logged_in" AS "e"
    WHERE
      "e"."timestamp" >= CAST('2026-01-30 12:00:00 UTC' AS TIMESTAMP(6) WITH TIME ZONE)
      AND "e"."timestamp" < CAST('2026-03-31 12:00:00 UTC' AS TIMESTAMP(6) WITH TIME ZONE)
    GROUP BY
      "e"."user_id"
  ) AS "t"
)
/* People whose number of “logged_in” fell by at least 50% in the last 30 days against the 30 days before. As of 2026-03-31 12:00:00 UTC. */
SELECT
  "users"."id" AS "id"
FROM "users"
LEFT JOIN "logged_in_1"
  ON "logged_in_1"."user_id" = "users"."id"
WHERE
  "logged_in_1"."change_1" <= -CAST('0.5' AS DOUBLE)
