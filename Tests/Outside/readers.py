"""Reads what a run has written with programs that are not ours, and compares what they see.

    readers.py FOLDER       out.csv, out.jsonl, out.csv.gz, excel.csv, datapackage.json and the scripts beside them

Python's csv and json, DuckDB, Miller, frictionless, PostgreSQL (by the scripts for loading) and LibreOffice. Prints what
disagrees, and ends with 1 then.
"""

import csv
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile

csv.field_size_limit(1 << 27)
problems = []


def expect(what, seen, wanted):
    if seen != wanted:
        problems.append(f"{what}: {str(seen)[:300]} instead of {str(wanted)[:300]}")


def table(path):
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode != 0:
        problems.append(f"{command[0]}: {done.stderr.strip()[-400:]}")
    return done.stdout


def json_lines(plain):
    header = plain[0]
    with open("out.jsonl", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    expect("rows of JSON Lines", len(rows), len(plain) - 1)
    for cells, row in zip(plain[1:], rows):
        named = dict(zip(header, cells))
        enrichment = row["enrichment"]
        expect("status", enrichment["status"], named["enrichment_status"])
        expect("credits", float(enrichment["credits_used"]), float(named["credits_used"]))
        for channel, found in enrichment["channels"].items():
            name = f"enriched_{channel}"
            expect(name, (found or {}).get("value", ""), named[name])
            if name + "_verified" in named:
                word = {True: "true", False: "false", None: ""}[(found or {}).get("verified")]
                expect(name + "_verified", word, named[name + "_verified"])
        for column, cell in named.items():
            if column in row:
                expect(column, row[column], cell)


def miller(plain):
    text = run("mlr", "--icsv", "--ojson", "--infer-none", "--allow-ragged-csv-input", "cat", "out.csv")
    if text:
        # Miller reads a line end within a cell as a line feed, whatever it was.
        cells = [[cell.replace("\r\n", "\n") for cell in row] for row in plain[1:]]
        expect("Miller", [list(row.values()) for row in json.loads(text)], cells)


def frictionless():
    from frictionless import validate

    report = validate("datapackage.json")
    for task in report.tasks:
        for error in task.errors:
            problems.append(f"frictionless: {task.name}: {error.message}")
    for error in report.errors:
        problems.append(f"frictionless: {error.message}")
    with open("datapackage.json", encoding="utf-8") as file:
        package = json.load(file)
    for resource in package["resources"]:
        if resource.get("type") == "table":
            expect(f"rows of {resource['path']}", len(table(resource["path"])) - 1, resource["rows"])


def counts(names):
    return f"SELECT count(*), sum(credits_used), count({names[0]}), count(enriched_work_email_verified), max(enriched_phone_at)"


def wanted(plain):
    header = plain[0]
    column = lambda name: [row[header.index(name)] for row in plain[1:]]
    filled = lambda name: sum(1 for cell in column(name) if cell)
    return [
        len(plain) - 1, round(sum(float(cell) for cell in column("credits_used")), 3),
        filled("enriched_work_email"), filled("enriched_work_email_verified"),
    ]


def duckdb(plain):
    import duckdb

    for script in ("out.duckdb.sql", "packed.duckdb.sql"):
        with open(script, encoding="utf-8") as file:
            connection = duckdb.connect()
            connection.execute(file.read())
        name = script.split(".")[0]
        row = connection.execute(counts(["enriched_work_email"]) + f' FROM "{name}"').fetchone()
        expect(script, [row[0], round(row[1], 3), row[2], row[3]], wanted(plain))
        cells = connection.execute(f'SELECT "Notes" FROM "{name}"').fetchall()
        notes = plain[0].index("Notes")
        expect(f"{script}: notes", [cell[0] or "" for cell in cells], [row[notes] for row in plain[1:]])


def postgres(plain):
    programs = sorted(
        os.path.join("/usr/lib/postgresql", version, "bin") for version in os.listdir("/usr/lib/postgresql"))[-1]
    place = tempfile.mkdtemp(prefix="millrace-postgres-")
    # The server refuses to run as root.
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    if as_user:
        shutil.chown(place, "postgres")
    data = os.path.join(place, "data")
    try:
        run(*as_user, programs + "/initdb", "-D", data, "--auth=trust", "-U", "millrace", cwd="/")
        run(
            *as_user, programs + "/pg_ctl", "-D", data, "-w", "-l", os.path.join(place, "log"),
            "-o", f"-c listen_addresses='' -k {place}", "start", cwd="/")
        psql = ["psql", "-h", place, "-U", "millrace", "-d", "postgres", "-q", "-v", "ON_ERROR_STOP=1"]
        for script in ("out.postgres.sql", "packed.postgres.sql"):
            run(*psql, "-f", script)
            name = script.split(".")[0]
            seen = run(*psql, "-At", "-c", counts(["enriched_work_email"]) + f' FROM "{name}"').strip().split("|")
            row = [int(seen[0]), round(float(seen[1]), 3), int(seen[2]), int(seen[3])] if len(seen) == 5 else seen
            expect(script, row, wanted(plain))
    finally:
        subprocess.run([*as_user, programs + "/pg_ctl", "-D", data, "-m", "immediate", "stop"], capture_output=True, cwd="/")
        shutil.rmtree(place, ignore_errors=True)


def spreadsheet():
    """What LibreOffice shows of the file for spreadsheets: phones and accents as they are, and nothing calculated."""
    excel = table("excel.csv")
    with tempfile.TemporaryDirectory() as place:
        run(
            "soffice", f"-env:UserInstallation=file://{place}/profile", "--headless", "--convert-to",
            # Commas, quotes, UTF-8, every column as it comes; written back with the cells as they are shown.
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false", "--infilter=CSV:44,34,76,1,,0,false,true",
            "--outdir", place, "excel.csv")
        path = os.path.join(place, "excel.csv")
        if not os.path.exists(path):
            problems.append("LibreOffice wrote nothing")
            return
        seen = table(path)
    expect("rows in LibreOffice", len(seen), len(excel))
    header = excel[0]
    for name in ("First Name", "Last Name", "Company Name", "Notes", "enriched_phone", "enriched_work_email"):
        place = header.index(name)
        shown = [row[place] if place < len(row) else "" for row in seen[1:]]
        held = [row[place] for row in excel[1:]]
        if name == "Notes":
            # It shows line ends within a cell as line feeds.
            held = [cell.replace("\r\n", "\n") for cell in held]
        if name == "enriched_phone":
            # A spreadsheet takes +14155550100 for a number and shows it without its sign; no digit may be lost.
            shown = [cell.lstrip("+") for cell in shown]
            held = [cell.lstrip("+") for cell in held]
        expect(f"{name} in LibreOffice", shown, held)


os.chdir(sys.argv[1])
plain = table("out.csv")
expect("the packed file", table("packed.csv.gz"), plain)
json_lines(plain)
miller(plain)
frictionless()
duckdb(plain)
postgres(plain)
spreadsheet()
print("\n".join(problems[:40]))
sys.exit(1 if problems else 0)
