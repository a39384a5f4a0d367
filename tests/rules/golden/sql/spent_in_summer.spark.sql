WITH `order_completed_1` AS (
  /* people whose total over “order_completed” from 1 June 2025 to 31 August 2025 adds up to at least 99.95 */
  SELECT
    `t`.`user_id`,
    CAST(`t`.`sum_1` AS DOUBLE) / 1000000 AS `sum_1`
  FROM (
    SELECT
      `e`.`user_id`,
      SUM(
        CAST(FLOOR((
          CAST(`e`.`total` AS DOUBLE) * 1000000
        ) + CAST('0.5' AS DOUBLE)) AS DECIMAL(19, 0))
      ) AS `sum_1`
    FROM `order_completed` AS `e`
    WHERE
      `e`.`timestamp` >= CAST('2025-05-31 22:00:00+00:00' AS TIMESTAMP)
      AND `e`.`timestamp` < CAST('2025-08-31 22:00:00+00:00' AS TIMESTAMP)
    GROUP BY
      `e`.`user_id`
  ) AS `t`
), `order_completed_2` AS (
  /* people whose average total over “order_completed” where gift is yes and delivered time is in the last month is more than 50 */
  SELECT
    `t`.`user_id`,
    CAST(`t`.`avg_1` AS DOUBLE) / NULLIF(CAST(`t`.`avg_1_of` AS DOUBLE) * 1000000, 0) AS `avg_1`
  FROM (
    SELECT
      `e`.`user_id`,
      SUM(
        CAST(FLOOR((
          CAST(`e`.`total` AS DOUBLE) * 1000000
        ) + CAST('0.5' AS DOUBLE)) AS DECIMAL(19, 0))
      ) AS `avg_1`,
      COUNT(`e`.`total`) AS `avg_1_of`
    FROM `order_completed` AS `e`
    WHERE
      `e`.`timestamp` < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMP)
      AND (
        `e`.`gift` = TRUE
        AND (
          `e`.`delivered_at` >= CAST('2026-02-28 13:00:00+00:00' AS TIMESTAMP)
          AND `e`.`delivered_at` < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMP)
        )
      )
    GROUP BY
      `e`.`user_id`
  ) AS `t`
)
/* People whose total over “order_completed” from 1 June 2025 to 31 August 2025 adds up to at least 99.95 or whose average total over “order_completed” where gift is yes and delivered time is in the last month is more than 50 (time zone Europe/Berlin). As of 2026-03-31 12:00:00 UTC. */
SELECT
  `users`.`id` AS `id`
FROM `users`
LEFT JOIN `order_completed_1`
  ON `order_completed_1`.`user_id` = `users`.`id`
LEFT JOIN `order_completed_2`
  ON `order_completed_2`.`user_id` = `users`.`id`
WHERE
  `order_completed_1`.`sum_1` >= CAST('99.95' AS DOUBLE)
  OR `order_completed_2`.`avg_1` > 50
