import Foundation
import TestSupport
import Testing

/// What a run writes, read by programs that are not ours.
@Suite struct OutsideReaderTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Python, DuckDB, Miller, frictionless, PostgreSQL and LibreOffice see the same table.
    @Test func everyProgramSeesTheSameTable() async throws {
        let waterfall = try String(contentsOfFile: Checkout.file("pipelines/waterfall.yaml"), encoding: .utf8)
        try folder.write("w.yaml", waterfall.replacing("samples/", with: Checkout.file("samples") + "/"))
        try folder.write(
            "p.yaml",
            """
            name: outside
            input: {paths: ["\(Checkout.file("samples/hubspot-contacts.csv"))"]}
            enrich: {waterfall: w.yaml, account: true}
            verify: {builtin: true}
            output:
              - path: out.csv
              - path: out.jsonl
              - path: packed.csv.gz
              - path: lines.jsonl.zst
              - {path: excel.csv, excel: true}
            changes: changes.csv
            audience:
              - {path: hubspot.csv, preset: hubspot, require: [work_email]}
              - {path: apollo.csv, preset: apollo, rows: 500}
            rejects: rejects.csv
            report: report
            warehouse: [postgres, duckdb]
            """)
        let run = try await Executable.run(["run", "p.yaml", "--progress", "off"], in: folder)
        #expect(run.code == 0, "\(run.err)")
        let readers = try await Executable.run(
            [Checkout.file("Tests/Outside/readers.py"), folder.path], of: "/usr/bin/env", before: ["python3"],
            in: folder,
            environment: [
                "PYTHONPATH": Checkout.file(".build/outside"),
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            ])
        #expect(readers.code == 0, "\(readers.out)\(readers.err)")
    }
}
