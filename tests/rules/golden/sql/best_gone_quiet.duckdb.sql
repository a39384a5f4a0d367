WITH "order_completed_1" AS (
  /* people whose last “order_completed” was more than 90 days ago */
  SELECT
    "e"."user_id",
    MAX("e"."timestamp") AS "last_at_1"
  FROM "order_completed" AS "e"
  WHERE
    "e"."timestamp" < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMP WITH TIME ZONE)
  GROUP BY
    "e"."user_id"
), "top_1" AS (
  /* people whose lifetime value is in the top 20% */
  SELECT
    -QUANTILE_DISC(-"users"."lifetime_value", 0.2000) AS "border"
  FROM "users"
)
/* People whose lifetime value is in the top 20% and whose last “order_completed” was more than 90 days ago. As of 2026-03-31 12:00:00 UTC. */
SELECT
  "users"."id" AS "id"
FROM "users"
LEFT JOIN "order_completed_1"
  ON "order_completed_1"."user_id" = "users"."id"
WHERE
  "users"."lifetime_value" >= (
    SELECT
      "top_1"."border"
    FROM "top_1"
  )
  AND "order_completed_1"."last_at_1" < CAST('2025-12-31 12:00:00+00:00' AS TIMESTAMP WITH TIME ZONE)
