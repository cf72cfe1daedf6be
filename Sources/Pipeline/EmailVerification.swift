package import Connect
import EnrichmentAPI
import Foundation
import Identity
import Input
package import Ledger
package import Records

/// `millrace verify`: verdicts on the emails that rows came with, behind the original columns; nothing else is asked for.
package struct EmailVerification: Sendable {
    private let rewriting: RowRewriting
    private let settings: PipelineSettings
    private let verify: VerifySettings
    private let ledger: Ledger
    private let verifier: any EmailVerifier

    package init(
        _ rewriting: RowRewriting, settings: PipelineSettings, verify: VerifySettings, ledger: Ledger,
        verifier: any EmailVerifier
    ) {
        self.rewriting = rewriting
        self.settings = settings
        self.verify = verify
        self.ledger = ledger
        self.verifier = verifier
    }

    /// The columns that are added, with the hint that each is about.
    private static let columns: [(name: String, hint: Hint)] = [
        ("email_verified", .email), ("personal_email_verified", .personalEmail),
    ]

    /// - Throws: ``RunStop`` where the run was stopped, or a verdict is required and none comes.
    package func run(stop: StopSignal, noting: (Diagnostic) -> Void) async throws -> RowRewriting.Summary {
        let clock = RunClock.wall
        // Every use is a run of its own; verdicts are known to all of them.
        let run = try await ledger.begin(
            RunIdentity(
                pipeline: settings.name, workspace: settings.workspace, engine: "verify", key: UUID().uuidString,
                inputs: "[]"), fresh: true, now: clock.now())
        let desk = VerificationDesk(
            verifier, settings: verify, ledger: ledger, workspace: settings.workspace, run: run, clock: clock,
            stop: stop)
        do {
            let summary = try await write(desk, noting: noting)
            try await ledger.end(run.id, .done, now: clock.now())
            if let note = desk.note { noting(note) }
            return summary
        } catch {
            try? await ledger.end(run.id, .abandoned, now: clock.now())
            throw stop.stopped ?? error
        }
    }

    private func write(_ desk: VerificationDesk, noting: (Diagnostic) -> Void) async throws -> RowRewriting.Summary {
        let normalizing = Normalizer.Settings(
            region: settings.input.region, collapsesSubaddress: settings.identity.collapsesSubaddress)
        // Nobody is forgotten while this goes on.
        let use = try LedgerUse(ledger: ledger.path)
        defer { withExtendedLifetime(use) {} }
        let suppressed = try SuppressionList(
            settings, forgotten: try await ledger.forgotten(), noting: noting)
        return try await rewriting.run(adding: Self.columns.map(\.name), noting: noting) { stream, format in
            let normalizers = try stream.exports.map { export in
                Normalizer(try settings.input.mapping(of: export), settings: normalizing)
            }
            let originals = stream.exports.indices.map { OriginalRow(stream, file: $0) }
            return { file, batch in
                let people = normalizers[file].identify(batch)
                // Whoever is on a suppression list is sent nowhere.
                let rows = (0..<batch.rowCount).map { row in
                    Self.columns.map { suppressed.contains(people, row) ? "" : people.text(row, $0.hint) }
                }
                // What is no address by its form needs nobody to say so.
                let isMalformed = (0..<batch.rowCount).map { row in
                    Self.columns.map { people.isFilled(row, $0.hint) && people.text(row, $0.hint).isEmpty }
                }
                let emails = rows.flatMap(\.self).filter { !$0.isEmpty }
                let verdicts = try await desk.verdicts(
                    on: Set(emails.map { EmailToCheck(email: $0, channel: nil, recordID: "") }))
                var rendered = RowRewriting.Rendered(bytes: [], hints: people.notes)
                rendered.identified = rows.count { row in row.contains { verdicts.isValid($0) == true } }
                rendered.bytes = Self.render(
                    batch, originals[file], format,
                    zip(rows, isMalformed).map { emails, isMalformed in
                        zip(emails, isMalformed).map { $1 ? false : verdicts.isValid($0) }
                    })
                return rendered
            }
        }
    }

    private static func render(
        _ batch: RecordBatch, _ original: OriginalRow, _ format: OutputSettings.Format, _ rows: [[Bool?]]
    ) -> [UInt8] {
        let csv = CSVText()
        var out: [UInt8] = []
        batch.withCells { cells in
            for (row, verdicts) in rows.enumerated() {
                let words = verdicts.map { $0.map(String.init) }
                switch format {
                case .csv:
                    original.appendCSV(cells, row, to: &out)
                    for word in words {
                        out.append(csv.delimiter)
                        out.append(contentsOf: (word ?? "").utf8)
                    }
                    csv.endRow(&out)
                case .jsonl:
                    var isFirst = !original.appendOpenJSON(batch, cells, row, to: &out)
                    for (column, word) in zip(columns, words) {
                        out.append(contentsOf: "\(isFirst ? "" : ",")\"\(column.name)\":\(word ?? "null")".utf8)
                        isFirst = false
                    }
                    out.append(contentsOf: [UInt8(ascii: "}"), UInt8(ascii: "\n")])
                }
            }
        }
        return out
    }
}
