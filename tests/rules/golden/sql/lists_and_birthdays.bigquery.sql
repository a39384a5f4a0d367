/* People whose interests include “golf” or Golf (ignoring case) and whose interests are known but include no “spam” and whose birthday comes round again in the next 7 days and whose interests include both “a” and “b” (time zone America/New_York). As of 2026-03-31 12:00:00 UTC. */
SELECT
  `users`.`id` AS `id`
FROM `users`
WHERE
  (
    `users`.`interests` IS NOT NULL
    AND (
      SELECT
        COUNT(DISTINCT item)
      FROM UNNEST(
        ARRAY(
          SELECT
            REPLACE(LOWER(REPLACE(item, 'İ', 'i')), 'ς', 'σ')
          FROM UNNEST(JSON_VALUE_ARRAY(`users`.`interests`)) AS item
        )
      ) AS item
      WHERE
        item IN ('golf')
    ) > 0
  )
  AND (
    `users`.`interests` IS NOT NULL
    AND NOT (
      (
        SELECT
          COUNT(DISTINCT item)
        FROM UNNEST(JSON_VALUE_ARRAY(`users`.`interests`)) AS item
        WHERE
          item IN ('spam')
      ) > 0
    )
  )
  AND (
    `users`.`birthday` < CAST('2026-01-01 00:00:00+00:00' AS TIMESTAMP)
    AND CAST(FORMAT_TIMESTAMP('%m%d', `users`.`birthday`, 'UTC') AS INT64) >= 331
    AND CAST(FORMAT_TIMESTAMP('%m%d', `users`.`birthday`, 'UTC') AS INT64) <= 406
  )
  AND (
    `users`.`interests` IS NOT NULL
    AND (
      SELECT
        COUNT(DISTINCT item)
      FROM UNNEST(JSON_VALUE_ARRAY(`users`.`interests`)) AS item
      WHERE
        item IN ('a', 'b')
    ) = 2
  )
