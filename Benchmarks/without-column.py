"""The same CSV without one column.

    without-column.py INPUT OUTPUT COLUMN
"""

import csv
import sys

source, target, name = sys.argv[1:]
with open(source, newline="", encoding="utf-8") as lines, open(target, "w", newline="", encoding="utf-8") as out:
    reader, writer = csv.reader(lines), csv.writer(out)
    header = next(reader)
    place = header.index(name)
    writer.writerow(header[:place] + header[place + 1 :])
    writer.writerows(row[:place] + row[place + 1 :] for row in reader)
