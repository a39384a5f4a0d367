/* People whose interests include “golf” or Golf (ignoring case) and whose interests are known but include no “spam” and whose birthday comes round again in the next 7 days and whose interests include both “a” and “b” (time zone America/New_York). As of 2026-03-31 12:00:00 UTC. */
SELECT
  `users`.`id` AS `id`
FROM `users`
WHERE
  (
    `users`.`interests` IS NOT NULL
    AND ARRAYS_OVERLAP(
      TRANSFORM(`users`.`interests`, item -> REPLACE(LOWER(REPLACE(item, 'İ', 'i')), 'ς', 'σ')),
      ARRAY('golf')
    )
  )
  AND (
    `users`.`interests` IS NOT NULL
    AND NOT ARRAYS_OVERLAP(`users`.`interests`, ARRAY('spam'))
  )
  AND (
    `users`.`birthday` < CAST('2026-01-01 00:00:00+00:00' AS TIMESTAMP)
    AND (
      MONTH(
        DATE_FROM_UNIX_DATE(
          CAST((
            UNIX_MICROS(`users`.`birthday`) - PMOD(UNIX_MICROS(`users`.`birthday`), 86400000000)
          ) / 86400000000 AS INT)
        )
      ) * 100
    ) + DAY(
      DATE_FROM_UNIX_DATE(
        CAST((
          UNIX_MICROS(`users`.`birthday`) - PMOD(UNIX_MICROS(`users`.`birthday`), 86400000000)
        ) / 86400000000 AS INT)
      )
    ) >= 331
    AND (
      MONTH(
        DATE_FROM_UNIX_DATE(
          CAST((
            UNIX_MICROS(`users`.`birthday`) - PMOD(UNIX_MICROS(`users`.`birthday`), 86400000000)
          ) / 86400000000 AS INT)
        )
      ) * 100
    ) + DAY(
      DATE_FROM_UNIX_DATE(
        CAST((
          UNIX_MICROS(`users`.`birthday`) - PMOD(UNIX_MICROS(`users`.`birthday`), 86400000000)
        ) / 86400000000 AS INT)
      )
    ) <= 406
  )
  AND (
    `users`.`interests` IS NOT NULL
    AND SIZE(ARRAY_EXCEPT(ARRAY('a', 'b'), `users`.`interests`)) = 0
  )
