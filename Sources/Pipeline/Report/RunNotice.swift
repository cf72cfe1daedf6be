import AsyncHTTPClient
import Connect
import EnrichmentAPI
import Foundation
import NIOCore
import NIOHTTP1
import Records
import Settings

/// Tells a webhook how a run has ended; no row, no hint, no value.
package struct RunNotice: Sendable {
    private let settings: NotifySettings
    private let pipeline: String
    private let workspace: String
    private let report: String

    /// How often it is tried, and the pause before the second time, in seconds.
    private static let attempts = (count: 4, pause: 0.5)

    /// - Parameters:
    ///   - settings: with a secret that was fetched, or none.
    ///   - report: where the report went, without its ending; empty for nowhere.
    package init(_ settings: NotifySettings, pipeline: String, workspace: String, report: String) {
        self.settings = settings
        (self.pipeline, self.workspace, self.report) = (pipeline, workspace, report)
    }

    /// How a run ended.
    package struct Summary: Sendable {
        package var ending: NotifySettings.Ending
        package var exitCode: Int32
        /// In words; no value out of somebody's record.
        package var message: String
        /// Empty where none had begun.
        package var run: String
        /// Nil where there is none.
        package var report: CreditReport?

        package init(
            ending: NotifySettings.Ending, exitCode: Int32, message: String, run: String, report: CreditReport?
        ) {
            self.ending = ending
            self.exitCode = exitCode
            self.message = message
            self.run = run
            self.report = report
        }
    }

    /// - Returns: why it was not taken; nil where it was.
    package func post(_ summary: Summary, environment: [String: String], now: Double) async -> String? {
        let body: Data
        do {
            body = try text(summary, now: now)
        } catch {
            return "it cannot be written"
        }
        let connection = HTTPConnection(
            address: settings.url, timeout: settings.timeout, connectTimeout: settings.timeout, concurrency: 1)
        do {
            return try await connection.with(environment: environment) { client in
                let id = "msg_" + UUID().uuidString.lowercased()
                var why: String?
                for attempt in 1...Self.attempts.count {
                    why = await send(body, id: id, client)
                    guard why != nil, attempt < Self.attempts.count else { break }
                    try? await Task.sleep(for: .seconds(Self.attempts.pause * Double(1 << (attempt - 1))))
                }
                return why
            }
        } catch {
            return WireTrouble.text(error)
        }
    }

    private func send(_ body: Data, id: String, _ client: HTTPClient) async -> String? {
        var call = HTTPClientRequest(url: settings.url)
        call.method = .POST
        call.headers.add(name: "content-type", value: "application/json")
        call.headers.add(name: "user-agent", value: Millrace.userAgent)
        for (name, value) in settings.headers { call.headers.replaceOrAdd(name: name, value: value) }
        if !settings.secret.isEmpty {
            call.headers.sign(body, id: id, with: WebhookSignature(secret: settings.secret.text))
        }
        call.body = .bytes(ByteBuffer(bytes: body))
        do {
            let answer = try await client.execute(call, timeout: .nanoseconds(Int64(settings.timeout.inNanoseconds)))
            return (200..<300).contains(answer.status.code) ? nil : "it answers \(answer.status.code)"
        } catch {
            return WireTrouble.text(error)
        }
    }

    private func text(_ summary: Summary, now: Double) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        let records = summary.report?.records
        return try encoder.encode(
            Message(
                type: "run.\(summary.ending.rawValue)", timestamp: Date(timeIntervalSince1970: now),
                text: "millrace \(pipeline): \(summary.message)",
                data: Message.Facts(
                    run: summary.run, pipeline: pipeline, workspace: workspace, status: summary.ending.rawValue,
                    exitCode: Int(summary.exitCode), startedAt: summary.report?.run.startedAt,
                    finishedAt: summary.report?.run.finishedAt, rows: records?.read, enriched: records?.enriched,
                    unmatched: records?.unmatched, skipped: records?.skipped, failed: records?.failed,
                    providersFailed: summary.report?.providers?.mapValues(\.failed),
                    rejected: records?.rejected, fromCache: records?.fromCache, duplicates: records?.duplicates,
                    creditsUsed: summary.report?.charged, unknownCharge: summary.report?.credits.unknownCharge,
                    seconds: summary.report?.timing.seconds,
                    report: report.isEmpty || summary.ending != .done ? nil : report + ".html")))
    }

    /// In the form of Standard Webhooks; chats that know nothing of it show `text`.
    private struct Message: Encodable {
        struct Facts: Encodable {
            let run, pipeline, workspace, status: String
            let exitCode: Int
            let startedAt, finishedAt: Date?
            let rows, enriched, unmatched: Int?
            let skipped, failed: [String: Int]?
            let providersFailed: [String: [String: Int]]?
            let rejected, fromCache, duplicates: Int?
            let creditsUsed, unknownCharge: Credits?
            let seconds: Double?
            let report: String?
        }

        let type: String
        let timestamp: Date
        let text: String
        let data: Facts
    }
}
