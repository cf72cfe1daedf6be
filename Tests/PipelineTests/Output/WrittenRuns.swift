import Connect
import EnrichmentAPI
import Foundation
import Input
import Ledger
import Records
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

/// Finds what the fake service would find, without a service.
final class Finder: Enricher {
    private let isDear: Bool
    let asked = Mutex(0)

    /// - Parameter isDear: charges more than anything is worth.
    init(isDear: Bool = false) { self.isDear = isDear }

    var isExternal: Bool { true }
    func recordsPerRequest(_ endpoint: Endpoint) -> Int { endpoint == .bulk ? 100 : 1 }
    func worst(_ channels: ChannelSet, endpoint: Endpoint) -> Credits { Credits(thousandths: 10_000) }

    func send(_ request: EnrichmentRequest) async -> EnrichmentAnswer {
        asked.withLock { $0 += request.records.count }
        guard request.endpoint != .account else {
            return EnrichmentAnswer(
                .accounts(
                    request.records.map { record in
                        AccountAnswer(
                            AccountResult(
                                accountID: "acc:\(record.companyDomain ?? "")", fields: ["industry": "Widgets"],
                                creditsUsed: Credits(thousandths: 500)))
                    }))
        }
        let results = request.records.map { hints in
            var result = PersonResult(recordID: "r-\(hints.email ?? "")", channels: [:], creditsUsed: .zero)
            for channel in request.channels {
                guard let value = FakeService.value(channel, hints) else {
                    result.channels[channel] = .missed(tried: [])
                    continue
                }
                result.channels[channel] = .found(
                    ChannelValue(
                        value: value, source: channel.isEmail ? "mails" : "others", confidence: 0.85,
                        enrichedAt: "2026-03-14T09:00:00Z"))
                let price = (FakeService.prices[channel] ?? 0) * (isDear ? 10_000 : 1000)
                result.creditsUsed += Credits(thousandths: price)
            }
            return result
        }
        return EnrichmentAnswer(.persons(results, costs: results.map { _ in [:] }))
    }
}

/// Says what a test decides, and keeps what it was asked.
final class Mailroom: EmailVerifier {
    let asked = Mutex<[String]>([])
    let emailsPerRequest: Int
    private let verdict: @Sendable (String) -> VerifierReply

    init(emailsPerRequest: Int = 1, _ verdict: @escaping @Sendable (String) -> VerifierReply) {
        self.emailsPerRequest = emailsPerRequest
        self.verdict = verdict
    }

    func replies(to emails: [EmailToCheck]) async -> [VerifierReply] {
        asked.withLock { $0 += emails.map(\.email) }
        return emails.map { verdict($0.email) }
    }
}

/// Runs whose files are looked at.
struct WrittenRuns {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static let header = "Record ID,First Name,Last Name,Email,Phone Number,Company Name,Website URL,Notes"

    /// Some people, every third of whom lacks an email, and every second a phone.
    static func people(_ count: Int) -> String {
        (0..<count).reduce(into: header + "\n") { text, row in
            let email = row % 3 == 0 ? "" : "p\(row)@acme\(row % 7).example"
            let phone = row % 2 == 0 ? "" : "+14155550\(100 + row % 100)"
            text +=
                "\(1000 + row),Zelda\(row),Quux,\(email),\(phone),Acme \(row % 7),https://acme\(row % 7).example/,n\n"
        }
    }

    func settings(_ csv: String, name: String = "leads.csv") throws -> PipelineSettings {
        var settings = PipelineSettings()
        settings.name = "written"
        // A file that is written again is another one to a run that is taken up.
        if !folder.has(name) || (try? folder.read(name)) != csv { try folder.write(name, csv) }
        settings.input.paths = [folder.file(name)]
        settings.enrich.engine = .api
        settings.enrich.channels = [.workEmail, .phone]
        settings.enrich.limits = .generous
        settings.output = [OutputSettings(path: folder.file("out.csv"))]
        return settings
    }

    @discardableResult
    func run(
        _ settings: PipelineSettings, verifier: Mailroom? = nil, enricher: Finder = Finder(), fresh: Bool = false,
        watch: StepWatch = .none, stop: StopSignal = StopSignal(),
        noting: @Sendable (Diagnostic) -> Void = { _ in }
    ) async throws -> CreditReport {
        try await Pipeline(
            settings: settings, ledger: Ledger(path: folder.file("l.sqlite")), enricher: enricher, verifier: verifier,
            stop: stop, watch: watch
        ).run(fresh: fresh, noting: noting)
    }

    /// The cells of a CSV file, as a reader of its own sees them; the header is the first row.
    func cells(_ path: String, delimiter: String = ",") throws -> [[String]] {
        try Self.parse(folder.read(path), delimiter: delimiter.first ?? ",")
    }

    /// Every byte of a file, a byte order mark included.
    func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: folder.file(path))))
    }

    /// A person for whom the service has something.
    static func email(with channel: Channel, besides taken: Set<String> = []) -> String {
        let emails = (0...).lazy.map { "known\($0)@acme.example" }
        return emails.first { !taken.contains($0) && FakeService.value(channel, PersonHints(email: $0)) != nil } ?? ""
    }

    /// Every cell of a file as our own readers see it, whatever it is packed in.
    func readBack(_ path: String) throws -> [[String]] {
        let export = try Export(folder.file(path))
        let records = try export.records()
        var rows: [[String]] = []
        while let batch = try records.next() {
            for row in 0..<batch.rowCount {
                rows.append((0..<batch.columnCount).map { batch.text(row, $0) })
            }
        }
        return rows
    }

    /// Rows by the names of their columns.
    func rows(_ path: String) throws -> [[String: String]] {
        let cells = try cells(path)
        return cells.dropFirst().map { Dictionary(zip(cells[0], $0), uniquingKeysWith: { first, _ in first }) }
    }

    static func parse(_ text: String, delimiter: Character) -> [[String]] {
        var rows: [[String]] = [], row: [String] = [], cell = ""
        var isQuoted = false
        var rest = Array(text)[...]
        while let next = rest.popFirst() {
            if isQuoted {
                if next == "\"", rest.first == "\"" {
                    cell.append(rest.removeFirst())
                } else if next == "\"" {
                    isQuoted = false
                } else {
                    cell.append(next)
                }
            } else if next == "\"" {
                isQuoted = true
            } else if next == delimiter {
                row.append(cell)
                cell = ""
            } else if next.isNewline {
                rows.append(row + [cell])
                (row, cell) = ([], "")
            } else {
                cell.append(next)
            }
        }
        return rows
    }
}
