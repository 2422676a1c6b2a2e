"""A long file passes a piece at a time: what is not mapped costs no memory, however much of it there is."""

import subprocess
import sys

from .small_logs import HEADER, INCIDENT, row

_READ = """
import resource, sys
from armsim.model.logs import read_log
log = read_log(sys.argv[1])
print(len(log.incidents), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak_mb(folder, name: str, rows: int, narrative: int) -> tuple[int, float]:
    """Incidents read, and peak memory of a process that does nothing else."""
    mapping = INCIDENT.replace("log.csv", f"{name}.csv")
    (folder / f"{name}.yaml").write_text(mapping)
    words = "caller reports persons at the rear of the premises " * (narrative // 51)
    with (folder / f"{name}.csv").open("w") as file:
        file.write(HEADER.strip() + ",narrative\n")
        for start in range(0, rows, 600):
            many = [
                row(number % 600, number=f"N{start + number}") for number in range(min(600, rows - start))
            ]
            file.writelines(f'{one.strip()},"{words}"\n' for one in many)
    command = [sys.executable, "-c", _READ, str(folder / f"{name}.yaml")]
    read, kilobytes = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return int(read), int(kilobytes) / 1024.0


def test_memory_goes_with_what_is_mapped_and_not_with_the_file(tmp_path) -> None:
    """Between two files that both have many pieces, so that what a piece costs is in both."""
    made = {name: peak_mb(tmp_path, name, rows, 20_000) for name, rows in (("short", 1_700), ("long", 4_200))}
    sizes = {name: (tmp_path / f"{name}.csv").stat().st_size / 2**20 for name in made}
    assert made["long"][0] == 4_200
    assert sizes["long"] > 75
    assert made["long"][1] - made["short"][1] < 0.25 * (sizes["long"] - sizes["short"])
