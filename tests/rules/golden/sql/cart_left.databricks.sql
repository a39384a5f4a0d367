WITH `sequence_1_step_1` AS (
  /* people with “cart_updated” in the last 2 days, and then no “order_completed” within 1 hour */
  SELECT
    `e`.`user_id` AS `user_id`,
    `e`.`timestamp`
  FROM (
    SELECT
      `e`.`user_id` AS `user_id`,
      `e`.`timestamp` AS `timestamp`
    FROM `cart_updated` AS `e`
    WHERE
      `e`.`timestamp` >= CAST('2026-03-29 12:00:00+00:00' AS TIMESTAMP)
      AND `e`.`timestamp` < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMP)
  ) AS `e`
), `sequence_1_slots_of_wait` AS (
  SELECT
    `e`.`user_id` AS `user_id`,
    (
      UNIX_SECONDS(`e`.`timestamp`) + 62135596800
    ) - MOD(UNIX_SECONDS(`e`.`timestamp`) + 62135596800, 3600) AS `slot`,
    MIN(`e`.`timestamp`) AS `first`,
    MAX(`e`.`timestamp`) AS `last`
  FROM (
    SELECT
      `e`.`user_id` AS `user_id`,
      `e`.`timestamp` AS `timestamp`
    FROM `cart_updated` AS `e`
    WHERE
      `e`.`timestamp` >= CAST('2026-03-29 12:00:00+00:00' AS TIMESTAMP)
      AND `e`.`timestamp` < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMP)
    UNION ALL
    SELECT
      `e`.`user_id` AS `user_id`,
      `e`.`timestamp` AS `timestamp`
    FROM `order_completed` AS `e`
    WHERE
      `e`.`timestamp` >= CAST('2026-03-29 12:00:00+00:00' AS TIMESTAMP)
      AND `e`.`timestamp` < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMP)
  ) AS `e`
  GROUP BY
    `e`.`user_id`,
    (
      UNIX_SECONDS(`e`.`timestamp`) + 62135596800
    ) - MOD(UNIX_SECONDS(`e`.`timestamp`) + 62135596800, 3600)
), `sequence_1` AS (
  SELECT
    `e`.`user_id` AS `user_id`
  FROM `sequence_1_step_1` AS `e`
  LEFT JOIN `sequence_1_slots_of_wait` AS `same`
    ON `same`.`user_id` = `e`.`user_id`
    AND `same`.`slot` = (
      UNIX_SECONDS(`e`.`timestamp`) + 62135596800
    ) - MOD(UNIX_SECONDS(`e`.`timestamp`) + 62135596800, 3600)
  LEFT JOIN `sequence_1_slots_of_wait` AS `next`
    ON `next`.`user_id` = `e`.`user_id`
    AND `next`.`slot` = (
      (
        UNIX_SECONDS(`e`.`timestamp`) + 62135596800
      ) - MOD(UNIX_SECONDS(`e`.`timestamp`) + 62135596800, 3600)
    ) + 3600
  WHERE
    (
      `same`.`last` IS NULL OR `same`.`last` <= `e`.`timestamp`
    )
    AND (
      `next`.`first` IS NULL
      OR NOT (
        UNIX_MICROS(`next`.`first`) - UNIX_MICROS(`e`.`timestamp`) <= 3600000000
      )
    )
    AND `e`.`timestamp` < CAST('2026-03-31 11:00:00+00:00' AS TIMESTAMP)
  GROUP BY
    `e`.`user_id`
)
/* People with “cart_updated” in the last 2 days, and then no “order_completed” within 1 hour. As of 2026-03-31 12:00:00 UTC. */
SELECT
  `users`.`id` AS `id`
FROM `users`
LEFT JOIN `sequence_1`
  ON `sequence_1`.`user_id` = `users`.`id`
WHERE
  `sequence_1`.`user_id` IS NOT NULL
