import AsyncHTTPClient
import Connect
import EnrichmentAPI
import Foundation
import Ledger
import NIOCore
import NIOHTTP1
@testable import Server
import Synchronization
import TestSupport
import Waterfall

/// The service over tables of a test's own, on a loopback port.
struct ServiceUnderTest {
    let folder: TemporaryFolder
    var settings = ServeSettings()
    var isOpen = true
    var asksOthers = false
    var verifier: (any EmailVerifier)?
    var rehearsal = Rehearsal()
    var forgotten: ForgottenPeople?
    var log = AccessLog.off

    /// People `p0` to `p199` at acme.example; every third has no phone number.
    init() throws {
        folder = try TemporaryFolder()
        var table = "Email,First Name,Last Name,Company Domain,Tel,Mail\n"
        for number in 0..<200 {
            let phone = number % 3 == 0 ? "" : "+1212555\(String(10_100 + number % 100).dropFirst())"
            table += "p\(number)@acme.example,Pat,Quux\(number),acme.example,\(phone),found\(number)@work.example\n"
        }
        try folder.write("people.csv", table)
        try folder.write(
            "companies.csv", "domain,industry,employee_count,tech_stack\nacme.example,Widgets,250,swift;sql\n")
        try folder.write(
            "waterfall.yaml",
            """
            providers:
              - name: people
                path: \(folder.file("people.csv"))
                channels: {phone: Tel, work_email: Mail}
                prices: {phone: 5, work_email: 2}
            order: {phone: [people], work_email: [people]}
            accounts: [{name: companies, path: \(folder.file("companies.csv")), price: 1}]
            """)
        settings.limits = .generous
    }

    /// Asks a vendor for everybody, in place of the tables.
    func askVendor(_ url: String) throws {
        try folder.write(
            "waterfall.yaml",
            """
            providers:
              - name: v
                kind: http
                http: {url: "\(url)/find", body: {email: "{email}"}, timeout: 60s}
                channels: {phone: /tel}
                prices: {phone: 3}
            order: {phone: [v]}
            accounts:
              - {name: c, kind: http, http: {method: GET, url: "\(url)/{company_domain}"}, fields: {industry: /sector}}
            """)
    }

    var ledger: ServiceLedger { get throws { try ServiceLedger(beside: folder.file("ledger.sqlite")) } }

    /// Serves while `work` runs.
    func serving<Value: Sendable>(
        now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 },
        _ work: @escaping @Sendable (Client) async throws -> Value
    ) async throws -> Value {
        let opening = WaterfallOpening(
            settings: try WaterfallSettings.read(folder.file("waterfall.yaml"), environment: [:]),
            ledger: folder.file("ledger.sqlite"), environment: [:])
        return try await opening.with { waterfall in
            let service = try await EnrichmentService(
                EnrichmentService.Parts(
                    ledger: ledger,
                    source: asksOthers
                        ? SharedAnswers(
                            WaterfallAnswers(waterfall, minConfidence: 0), goodFor: settings.retryMissesAfter)
                        : WaterfallAnswers(waterfall, minConfidence: 0), verifier: verifier,
                    use: waterfall.use,
                    rehearsal: rehearsal, forgotten: forgotten, isOpen: isOpen, log: log, now: now), settings: settings)
            return try await LoopbackServer.serving(service.router()) { try await work(Client(url: $0)) }
        }
    }

    struct Client: Sendable {
        let url: String

        struct Answer: Sendable {
            var status: Int
            var fields: [String: String]
            var body: Data

            var text: String { String(decoding: body, as: UTF8.self) }
            func json() throws -> [String: Any] {
                try JSONSerialization.jsonObject(with: body) as? [String: Any] ?? [:]
            }
            func list() throws -> [[String: Any]] {
                try JSONSerialization.jsonObject(with: body) as? [[String: Any]] ?? []
            }
            var credits: Double { fields["x-credits-used"].flatMap(Double.init) ?? -1 }
        }

        func post(_ path: String, _ body: String, _ fields: [String: String] = [:]) async throws -> Answer {
            try await send(.POST, path, body, fields)
        }

        func get(_ path: String) async throws -> Answer { try await send(.GET, path, nil, [:]) }

        private func send(_ method: HTTPMethodName, _ path: String, _ body: String?, _ fields: [String: String])
            async throws -> Answer
        {
            var call = HTTPClientRequest(url: url + path)
            call.method = method == .POST ? .POST : .GET
            for (name, value) in fields { call.headers.add(name: name, value: value) }
            if let body { call.body = .bytes(ByteBuffer(string: body)) }
            let response = try await HTTPClient.shared.execute(call, timeout: .seconds(120))
            let bytes = try await response.body.collect(upTo: 1 << 24)
            return Answer(
                status: Int(response.status.code),
                fields: Dictionary(
                    response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 }),
                body: Data(bytes.readableBytesView))
        }

        private enum HTTPMethodName { case GET, POST }
    }
}
