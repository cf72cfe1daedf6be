import EnrichmentAPI
import Ledger

/// What one request asks, and for whom.
struct AskedBatch: Sendable {
    var request: EnrichmentRequest
    var asks: [Intent.Ask]

    init(request: EnrichmentRequest, asks: [Intent.Ask]) {
        self.request = request
        self.asks = asks
    }

    init(_ pending: PendingRequest) {
        request = EnrichmentRequest(
            endpoint: pending.endpoint, channels: pending.channels, records: pending.records)
        asks = pending.asks
    }

    func intent(run: Int64, _ enricher: any Enricher) -> Intent {
        let one = enricher.worst(request.channels, endpoint: request.endpoint)
        return Intent(
            run: run, endpoint: request.endpoint, channels: request.channels, asks: asks,
            worst: Credits(thousandths: one.thousandths * asks.count))
    }

    func all(_ outcome: AskOutcome) -> [AskOutcome] { asks.map { _ in outcome } }

    /// The records at some places.
    func only(_ places: [Int]) -> AskedBatch {
        AskedBatch(
            request: EnrichmentRequest(
                endpoint: request.endpoint, channels: request.channels, records: places.map { request.records[$0] }),
            asks: places.map { asks[$0] })
    }

    func slice(_ range: Range<Int>, endpoint: Endpoint? = nil) -> AskedBatch {
        AskedBatch(
            request: EnrichmentRequest(
                endpoint: endpoint ?? request.endpoint, channels: request.channels,
                records: Array(request.records[range])),
            asks: Array(asks[range]))
    }
}

extension Settlement {
    /// Nil where the reply is no answer.
    init?(_ reply: EnrichmentReply) {
        switch reply {
        case .persons(let results, let costs): self = .persons(results, costs: costs)
        case .accounts(let results): self = .accounts(results)
        default: return nil
        }
    }
}

extension Settlement {
    /// What watchers are told of an answer.
    func answered(_ batch: AskedBatch, credits: Credits, seconds: Double) -> RunEvent {
        var found = 0
        let count = batch.asks.count
        switch self {
        case .persons(let results, _):
            for result in results.prefix(count) {
                found += batch.request.channels.reduce(0) { $0 + (result.channels[$1]?.value == nil ? 0 : 1) }
            }
        case .accounts, .refused, .split, .unavailable, .lost: break
        }
        return .answered(
            batch.request.endpoint, records: count, asked: batch.request.channels.count * count,
            found: found, credits: credits, seconds: seconds)
    }
}

extension AskOutcome {
    static func of(_ settlement: Settlement) -> [AskOutcome] {
        switch settlement {
        case .persons(let results, let costs):
            results.indices.map { .person(results[$0], costs: costs.indices.contains($0) ? costs[$0] : [:]) }
        case .accounts(let results): results.map { .account($0) }
        case .refused, .split, .unavailable, .lost: []
        }
    }
}
