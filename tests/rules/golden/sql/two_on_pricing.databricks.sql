WITH `page_viewed_1` AS (
  /* people with “page_viewed” where path starts with “/pricing”, at least once in the last 7 days */
  SELECT
    `e`.`user_id`,
    COUNT(*) AS `count_1`
  FROM `page_viewed` AS `e`
  WHERE
    (
      `e`.`timestamp` >= CAST('2026-03-24 12:00:00+00:00' AS TIMESTAMP)
      AND `e`.`timestamp` < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMP)
    )
    AND STARTSWITH(`e`.`path`, '/pricing')
  GROUP BY
    `e`.`user_id`
), `people_1` AS (
  /* companies with at least 2 people with “page_viewed” where path starts with “/pricing”, at least once in the last 7 days */
  SELECT
    `users`.`company_id` AS `company_id`,
    COUNT(*) AS `people`
  FROM `users`
  LEFT JOIN `page_viewed_1`
    ON `page_viewed_1`.`user_id` = `users`.`id`
  WHERE
    `page_viewed_1`.`count_1` >= 1
  GROUP BY
    `users`.`company_id`
)
/* Companies whose employees are between 200 and 5,000 and with at least 2 people with “page_viewed” where path starts with “/pricing”, at least once in the last 7 days. As of 2026-03-31 12:00:00 UTC. */
SELECT
  `accounts`.`id` AS `id`
FROM `accounts`
LEFT JOIN `people_1`
  ON `people_1`.`company_id` = `accounts`.`id`
WHERE
  (
    `accounts`.`employees` >= 200 AND `accounts`.`employees` <= 5000
  )
  AND COALESCE(`people_1`.`people`, 0) >= 2
