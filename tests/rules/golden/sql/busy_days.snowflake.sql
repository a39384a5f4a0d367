WITH "tracks_1" AS (
  /* people with any event on at least 5 different days in the previous calendar month */
  SELECT
    "e"."user_id",
    COUNT(
      DISTINCT CAST(TIMESTAMPADD(SECOND, 3600, CONVERT_TIMEZONE('UTC', "e"."timestamp")) AS DATE)
    ) AS "days_1"
  FROM "tracks" AS "e"
  WHERE
    "e"."timestamp" >= CAST('2026-01-31 23:00:00+00:00' AS TIMESTAMP_TZ)
    AND "e"."timestamp" < CAST('2026-02-28 23:00:00+00:00' AS TIMESTAMP_TZ)
  GROUP BY
    "e"."user_id"
), "page_viewed_1" AS (
  /* people with more than 3 different values of path across “page_viewed” in the 7 days before today plus today so far */
  SELECT
    "e"."user_id",
    COUNT(DISTINCT COLLATE("e"."path", '')) AS "distinct_1"
  FROM "page_viewed" AS "e"
  WHERE
    "e"."timestamp" >= CAST('2026-03-23 23:00:00+00:00' AS TIMESTAMP_TZ)
    AND "e"."timestamp" < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMP_TZ)
  GROUP BY
    "e"."user_id"
)
/* People with any event on at least 5 different days in the previous calendar month and with more than 3 different values of path across “page_viewed” in the 7 days before today plus today so far (time zone Europe/Berlin). As of 2026-03-31 12:00:00 UTC. */
SELECT
  "users"."id" AS "id"
FROM "users"
LEFT JOIN "tracks_1"
  ON "tracks_1"."user_id" = "users"."id"
LEFT JOIN "page_viewed_1"
  ON "page_viewed_1"."user_id" = "users"."id"
WHERE
  "tracks_1"."days_1" >= 5 AND "page_viewed_1"."distinct_1" > 3
