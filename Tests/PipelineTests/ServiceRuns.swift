import AsyncHTTPClient
@testable import Connect
import EnrichmentAPI
import Foundation
import Ledger
import Records
import Settings
import Synchronization
import TestSupport
import Testing
@testable import Pipeline

/// Runs against the fake service; every one ends by comparing its rows and credits with the service's own books.
struct ServiceRuns {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func leads(_ count: Int, repeatsEvery: Int? = nil) throws -> String {
        var text = "Name,Email\n"
        for row in 0..<count {
            let person = repeatsEvery.map { row % $0 == $0 - 1 ? row - 1 : row } ?? row
            text += "\"Person, \(row)\",p\(person)@acme.example\n"
        }
        return try folder.write("leads.csv", text)
    }

    func settings(_ url: String, _ input: String) -> PipelineSettings {
        var settings = PipelineSettings()
        settings.name = "test"
        settings.input.paths = [input]
        settings.enrich.engine = .api
        settings.enrich.api = APISettings(url: url, key: "test-key", timeout: .seconds(10))
        settings.enrich.channels = [.phone, .personalEmail]
        settings.enrich.limits = .generous
        settings.enrich.retries.first = .milliseconds(1)
        settings.output = [
            OutputSettings(path: folder.file("out.csv")), OutputSettings(path: folder.file("out.jsonl")),
        ]
        settings.rejects = folder.file("rejects.csv")
        return settings
    }

    /// Runs, and compares the report with the rows and with the service's books.
    ///
    /// - Parameters:
    ///   - booksAgree: whether every credit that was charged stands in a row; not where an answer was lost.
    ///   - refusals: calls that the service refuses, for whatever reason.
    @discardableResult
    func run(
        _ service: FakeService, input: String, ledger: String = "ledger.sqlite", booksAgree: Bool = true,
        refusals: Int = 0, chargesOnce: Bool = true, fresh: Bool = false, clock: RunClock = .wall,
        _ change: @escaping @Sendable (inout PipelineSettings) -> Void = { _ in }
    ) async throws -> CreditReport {
        let before = service.books.credits
        let report = try await service.serving { url in
            var settings = settings(url, input)
            change(&settings)
            return try await run(settings, ledger: ledger, fresh: fresh, clock: clock)
        }
        let rows = try rows()
        #expect(rows.count == report.records.read)
        let sum = rows.reduce(0.0) { $0 + (Double($1["credits_used"] ?? "") ?? 0) }
        #expect(Credits(sum) == report.credits.used)
        if booksAgree { #expect(report.credits.used == service.books.credits - before) }
        if chargesOnce { #expect(service.books.charges.values.allSatisfy { $0 == 1 }, "somebody was charged twice") }
        #expect(service.books.refusals == refusals)
        return report
    }

    /// Runs against whatever answers at the address of the settings.
    func run(
        _ settings: PipelineSettings, ledger: String = "ledger.sqlite", fresh: Bool = false, clock: RunClock = .wall
    ) async throws -> CreditReport {
        try await HTTPConnection(settings.enrich.api).with(environment: [:]) { client in
            try await Pipeline(
                settings: settings, ledger: Ledger(path: folder.file(ledger)),
                enricher: APIEnricher(client, settings: settings.enrich, clock: clock), verifier: nil,
                clock: clock
            ).run(fresh: fresh)
        }
    }

    /// The CSV output; its cells hold no commas except in the first one.
    func rows() throws -> [[String: String]] {
        let lines = try folder.read("out.csv").split(separator: "\n")
        let header = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        return lines.dropFirst().map { line in
            let cells = line.replacing("\"Person, ", with: "\"Person ").split(
                separator: ",", omittingEmptySubsequences: false
            ).map(String.init)
            return Dictionary(zip(header, cells), uniquingKeysWith: { first, _ in first })
        }
    }
}

/// A clock that moves only when somebody sleeps on it.
final class ManualClock: Sendable {
    private let seconds: Mutex<Double>

    /// - Parameter start: seconds since 1970.
    init(_ start: Double) { seconds = Mutex(start) }

    var now: Double { seconds.withLock { $0 } }
    func advance(_ time: Double) { seconds.withLock { $0 += max(0, time) } }

    /// The same time by both clocks.
    var run: RunClock {
        RunClock {
            self.now
        } uptime: {
            ("manual", self.now)
        } sleep: { time in
            try Task.checkCancellation()
            // A little while in which answers can come, since they take no time on this clock.
            try await Task.sleep(for: .milliseconds(1))
            // Whoever naps for a second while waiting for hours oversleeps, so that a test need not nap a hundred thousand times.
            self.advance(time >= 1 ? 600 : time)
        }
    }
}
