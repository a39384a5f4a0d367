"""The rival: the same questions as SQL written by hand, on ClickHouse in process (`chdb`)."""
