import EnrichmentAPI
import Foundation
import Ledger

/// How long the ledger takes to find people among millions whom it knows.
///
///     bench-ledger LEDGER PEOPLE
///
/// Fills the ledger up to so many people with two hints and one answer each, then looks rows up as a run does: in batches
/// whose rows are scattered over all people.
@main
enum BenchLedger {
    private static let batch = 4096

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let people = Int(arguments[2]), people >= batch else {
            FileHandle.standardError.write(Data("usage: bench-ledger LEDGER PEOPLE\n".utf8))
            exit(64)
        }
        let ledger = try Ledger(path: arguments[1])
        let scope = try await ledger.scope(workspace: "bench", engine: "api")
        let filling = try await seconds { try await fill(ledger, scope, people) }
        print(line("ledger, filled anew", people, filling))

        let looks = min(people, 400_000)
        // A step that shares no factor with the number of people comes by all of them, far from each other.
        let rows = (0..<looks).map { ($0 &* 7_368_787 + 13) % people }
        var identities: [Int64?] = []
        let finding = try await seconds {
            for batch in batches(of: rows) {
                let owners = try await ledger.owners(of: batch.map { rowKey($0, ledger, scope) })
                identities += owners.map { $0 == 0 ? nil : $0 }
            }
        }
        print(line("ledger, rows found by their key", looks, finding))
        let recalling = try await seconds {
            for batch in batches(of: Array(identities.indices)) {
                _ = try await ledger.recall(batch.map { identities[$0] })
            }
        }
        print(line("ledger, answers read", looks, recalling))
        let changed = Array(rows.prefix(looks / 4))
        let resolving = try await seconds {
            for batch in batches(of: changed) { _ = try await ledger.find(batch.map(lookup), in: scope) }
        }
        print(line("ledger, changed rows found by hints", changed.count, resolving))
        guard identities.allSatisfy({ $0 != nil }) else { exit(70) }
    }

    private static func fill(_ ledger: Ledger, _ scope: Scope, _ people: Int) async throws {
        let run = try await ledger.begin(
            RunIdentity(pipeline: "bench", workspace: "bench", engine: "api", key: "bench", inputs: ""), fresh: true,
            now: 0)
        for numbers in batches(of: Array(0..<people)) {
            let lookups = numbers.map { number in
                var lookup = lookup(number)
                lookup.row = rowKey(number, ledger, scope)
                return lookup
            }
            let asks = try await ledger.resolve(lookups, in: scope).enumerated().map {
                Intent.Ask(identity: $0.element.identity, row: $0.offset + 1)
            }
            let value = ChannelValue(value: "+12125550100", source: "bench", confidence: 1, enrichedAt: "2026-01-01")
            let result = PersonResult(recordID: "r", channels: [.phone: .found(value)], creditsUsed: .zero)
            let intent = Intent(run: run.id, endpoint: .bulk, channels: [.phone], asks: asks, worst: .zero)
            _ = try await ledger.record(
                [(intent, .persons(asks.map { _ in result }, costs: []))], budget: Budget(), now: 0)
        }
        try await ledger.takeInNewKeys()
        try await ledger.end(run.id, .done, now: 0)
    }

    private static func lookup(_ number: Int) -> Lookup {
        Lookup(aliases: ["email:p\(number)@acme.example", "linkedin:p\(number)"])
    }

    private static func rowKey(_ number: Int, _ ledger: Ledger, _ scope: Scope) -> AliasHash {
        ledger.hasher.row(Array("p\(number)@acme.example|p\(number)".utf8), in: scope)
    }

    private static func batches(of numbers: [Int]) -> [[Int]] {
        stride(from: 0, to: numbers.count, by: batch).map { Array(numbers[$0..<min($0 + batch, numbers.count)]) }
    }

    private static func seconds(
        isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Void
    ) async throws -> Double {
        let start = ContinuousClock.now
        try await work()
        return (ContinuousClock.now - start) / .seconds(1)
    }

    private static func line(_ name: String, _ count: Int, _ seconds: Double) -> String {
        let name = name.padding(toLength: 36, withPad: " ", startingAt: 0)
        return "\(name) \(count) rows, \(String(format: "%.2f", seconds * 1e6 / Double(count))) µs each"
    }
}
