"""How much of the machine one process of the engine may take."""

import os

MAX_MEMORY_MB = 1536


def machine_share(*, memory_mb: int, threads: int) -> tuple[int, int]:
    """Memory (MB) and threads for one DuckDB; 0 asks for the default: a quarter of memory up to 1.5 GB, all cores."""
    total_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return memory_mb or min(MAX_MEMORY_MB, total_mb // 4), threads or os.cpu_count() or 1
