@testable import Connect
import EnrichmentAPI
import Foundation
import Ledger
import TestSupport
import Testing
@testable import Pipeline

/// The pure rules of asking a service: circuit, limit fields, proxies, keys.
@Suite struct EnrichRulesTests {
    // MARK: The circuit

    @Test func aCircuitOpensAfterAFewFailuresInARowAndLetsOneCallTry() {
        var circuit = Circuit(attempts: 4)
        for _ in 0..<2 { circuit.failed(isProbe: false, now: 0) { _ in 10 } }
        #expect(circuit.admit(now: 0) == .go)
        circuit.failed(isProbe: false, now: 0) { _ in 10 }
        #expect(circuit.isOpen && circuit.admit(now: 9) == .wait)
        #expect(circuit.admit(now: 10) == .probe)
        #expect(circuit.admit(now: 10) == .wait)
        // Calls that had left before it opened say nothing new, however many they are.
        for _ in 0..<9 { circuit.failed(isProbe: false, now: 11) { _ in 10 } }
        #expect(!circuit.isGivenUp && circuit.admit(now: 11) == .wait)
        circuit.succeeded()
        #expect(!circuit.isOpen && circuit.admit(now: 10) == .go)
    }

    @Test func anOpenCircuitIsGivenUpAfterSoManyTries() {
        var circuit = Circuit(attempts: 4)
        var pauses: [Int] = []
        for failure in 0..<7 {
            #expect(!circuit.isGivenUp, "\(failure)")
            circuit.failed(isProbe: circuit.admit(now: 0) == .probe, now: 0) { tries in
                pauses.append(tries)
                return 0
            }
        }
        #expect(circuit.isGivenUp)
        #expect(pauses == [0, 1, 2, 3, 4])
    }

    @Test func aCallThatDoesNotGoOutLeavesTheTryToAnother() {
        var circuit = Circuit(attempts: 4)
        for _ in 0..<3 { circuit.failed(isProbe: false, now: 0) { _ in 0 } }
        let probe = circuit.admit(now: 0)
        circuit.withdraw(.go)
        #expect(circuit.admit(now: 0) == .wait)
        circuit.withdraw(probe)
        #expect(circuit.admit(now: 0) == .probe)
    }

    @Test func oneRecordIsNoReasonToCallAServiceDownThatAnsweredBefore() {
        var circuit = Circuit(attempts: 5)
        circuit.succeeded()
        for _ in 0..<4 { circuit.failed(isProbe: circuit.isOpen, now: 0) { _ in 0 } }
        #expect(circuit.isDown(records: 100) && !circuit.isDown(records: 1))
        var fresh = Circuit(attempts: 5)
        for _ in 0..<4 { fresh.failed(isProbe: false, now: 0) { _ in 0 } }
        #expect(fresh.isDown(records: 1))
    }

    // MARK: What the service says of its limits

    private func fields(_ fields: [String: String], now: Double = 1_800_000_000) -> RateLimitFields {
        RateLimitFields(field: { fields[$0].map { [$0] } ?? [] }, now: now)
    }

    @Test(
        arguments: [
            (["ratelimit": "\"minute\";r=5;t=30"], Allowance(remaining: 5, resetsIn: 30)),
            (["ratelimit": "\"a\";r=50;t=30, \"b\";r=2;t=600"], Allowance(remaining: 2, resetsIn: 600)),
            (["ratelimit": "limit=100, remaining=7, reset=9"], Allowance(remaining: 7, resetsIn: 9)),
            (["ratelimit": "\"a,;=b\";r=5;t=30"], Allowance(remaining: 5, resetsIn: 30)),
            (["ratelimit-remaining": "0", "ratelimit-reset": "12.5"], Allowance(remaining: 0, resetsIn: 12.5)),
            (["x-ratelimit-remaining": "3", "x-ratelimit-reset": "1800000020"], Allowance(remaining: 3, resetsIn: 20)),
            (
                ["x-ratelimit-remaining": "3", "x-ratelimit-reset": "1800000020000"],
                Allowance(remaining: 3, resetsIn: 20)
            ),
            (["x-ratelimit-remaining": "-1", "x-ratelimit-reset": "5, 10"], Allowance(remaining: 0, resetsIn: 5)),
            (
                ["x-ratelimit-remaining": "1", "x-ratelimit-reset": "999999999"],
                Allowance(remaining: 1, resetsIn: 86_400)
            ),
            (["x-ratelimit-remaining": "soon", "x-ratelimit-reset": "5"], nil),
            (["x-ratelimit-remaining": "1e300", "x-ratelimit-reset": "nan"], nil),
            (["ratelimit": ";;=,=;r=;t="], nil), ([:], nil),
        ] as [([String: String], Allowance?)])
    func limitFieldsAreReadInEverySpelling(_ given: [String: String], _ allowance: Allowance?) {
        #expect(fields(given).allowance == allowance)
    }

    @Test(
        arguments: [
            ("\"minute\";q=20;w=60", [(20, 60.0)]),
            ("\"a\";q=5;w=1, \"day\";q=10000;w=86400", [(5, 1), (10_000, 86_400)]),
            ("20;w=60", [(20, 60)]), ("100, 20;w=60", [(20, 60)]), ("\"a;q=1;w=1\";q=7;w=2", [(7, 2)]),
            ("\"bytes\";q=500;w=60;qu=\"content-bytes\"", []), ("\"a\";q=0;w=60", []), ("\"a\";q=5;w=1e9", []),
            ("\"a\";q=5", []), ("soon", []),
        ] as [(String, [(Int, Double)])])
    func policiesAreReadInEverySpelling(_ given: String, _ policies: [(Int, Double)]) {
        let expected = policies.map { Allowance.Policy(quota: $0.0, window: $0.1) }
        #expect(fields(["ratelimit-policy": given]).allowance?.policies ?? [] == expected)
    }

    @Test func whatIsLeftWithoutATimeIsLeftForTheWindowOfItsPolicy() {
        let policy = "\"minute\";q=20;w=45"
        let allowance = fields(["ratelimit": "\"minute\";r=3", "ratelimit-policy": policy]).allowance
        #expect(
            allowance
                == Allowance(
                    remaining: 3, resetsIn: 45, policies: [Allowance.Policy(quota: 20, window: 45)]))
        #expect(fields(["ratelimit": "\"other\";r=3", "ratelimit-policy": policy]).allowance?.remaining == nil)
    }

    @Test(
        arguments: [
            ("7", 7.0), (" 0 ", 0), ("Mon, 23 Nov 2026 09:30:30 GMT", 30), ("Mon, 23 Nov 2026 09:00:00 GMT", 0),
            ("Monday, 23-Nov-26 09:30:30 GMT", 30), ("Mon Nov 23 09:30:30 2026", 30), ("Sun Nov  1 09:30:30 2026", 0),
            ("999999", 86_400), ("soon", nil), ("-5", nil), ("nan", nil),
        ] as [(String, Double?)])
    func retryAfterIsSecondsOrADate(_ field: String, _ seconds: Double?) throws {
        let now = try Date("2026-11-23T09:30:00Z", strategy: .iso8601).timeIntervalSince1970
        #expect(fields(["retry-after": field], now: now).retryAfter == seconds)
    }

    // MARK: Proxies and keys

    @Test(
        arguments: [
            ("https://api.example/v1", ["HTTPS_PROXY": "http://proxy.example:8080"], "proxy.example:8080"),
            ("https://api.example/v1", ["https_proxy": "proxy.example"], "proxy.example:3128"),
            ("http://api.example/", ["HTTP_PROXY": "http://proxy.example:1"], nil),
            ("http://api.example/", ["http_proxy": "http://proxy.example:1"], "proxy.example:1"),
            ("https://api.example/", ["ALL_PROXY": "socks5://proxy.example"], "proxy.example:1080"),
            ("https://api.example/", ["HTTPS_PROXY": "p:1", "NO_PROXY": "other.example,.example"], nil),
            ("https://api.example/", ["HTTPS_PROXY": "http://p:1", "NO_PROXY": "pi.example"], "p:1"),
            ("https://api.example/", ["HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"], nil),
            ("http://127.0.0.1:8788/", ["http_proxy": "http://p:1"], nil), ("https://api.example/", [:], nil),
        ] as [(String, [String: String], String?)])
    func theEnvironmentNamesTheProxy(_ url: String, _ environment: [String: String], _ expected: String?) {
        let proxy = ProxyVariables(environment: environment).proxy(for: url)
        #expect(proxy.map { "\($0.host):\($0.port)" } == expected)
    }

    @Test(arguments: [
        "abc123\n", "# mine\n[default]\napi_key = \"abc123\"\n", "export UNSTUCK_API_KEY='abc123'",
        "{\"api_key\":\"abc123\"}",
        "url: https://x.example\nkey: abc123\n",
    ])
    func aKeyIsFoundHoweverTheFileIsWritten(_ text: String) {
        #expect(Credentials.key(in: text) == "abc123")
    }

    @Test(arguments: ["", "# nothing\n", "url = https://x.example\n", "two words", "a\nb\n"])
    func whatIsNoKeyIsNotTakenForOne(_ text: String) {
        #expect(Credentials.key(in: text) == nil)
    }

    @Test func theVariableCountsBeforeTheFile() throws {
        let folder = try TemporaryFolder()
        try folder.write(".unstuck/credentials", "from-file")
        #expect(Credentials.key(["HOME": folder.path]) == "from-file")
        #expect(Credentials.key(["HOME": folder.path, "UNSTUCK_API_KEY": "from-variable"]) == "from-variable")
        #expect(Credentials.key(["HOME": "/nowhere"]) == nil)
    }
}
