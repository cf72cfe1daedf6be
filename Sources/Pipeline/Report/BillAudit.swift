package import EnrichmentAPI
import Ledger

/// Compares what was charged with the price list.
///
/// Pure. Only a service's charges are looked at: the embedded engine charges by its own list.
package struct BillAudit: Sendable, Codable {
    /// A record on whose charge list and bill disagree.
    package struct Dispute: Sendable, Codable, Equatable {
        /// The row's number in the run, 1-based.
        package var row: Int
        package var recordID: String
        package var endpoint: String
        package var channels: [String]
        package var charged: Credits
        /// What the list has for it at most.
        package var listed: Credits
        package var reason: String
    }

    /// Credits at most, by channel, for a company as `account`, and the factor of a search by name.
    package var priceList: [String: Double]
    /// The first disputes; the report's own CSV of them has all.
    package var disputed: [Dispute]
    package var disputedCount: Int
    /// How much dearer than the list all of them are together.
    package var overcharged: Credits

    /// Disputes that a report holds itself.
    private static let most = 100

    init(_ all: [Dispute], prices: PriceList) {
        priceList = prices.byName
        disputed = Array(all.prefix(Self.most))
        disputedCount = all.count
        overcharged = all.reduce(.zero) { $0 + ($1.charged - $1.listed) }
        everything = all
    }

    /// All disputes, for export; not part of the report.
    private(set) var everything: [Dispute] = []

    private enum CodingKeys: String, CodingKey {
        case priceList, disputed, disputedCount, overcharged
    }

    /// Nil where a charge is within the list.
    static func dispute(_ charge: Charge, _ prices: PriceList) -> Dispute? {
        let listed = charge.hasFound ? prices.worst(charge.paidFor, endpoint: charge.endpoint) : .zero
        guard charge.credits > listed else { return nil }
        return Dispute(
            row: charge.row, recordID: charge.recordID, endpoint: charge.endpoint.rawValue,
            channels: charge.paidFor.map(\.rawValue), charged: charge.credits, listed: listed,
            reason: charge.hasFound ? "dearer_than_list" : "charged_for_nothing")
    }

    /// All disputes as CSV.
    func csv() -> [UInt8] {
        let csv = CSVText()
        return everything.reduce(
            into: csv.row(["row", "record_id", "endpoint", "channels", "charged", "listed", "reason"])
        ) { text, dispute in
            text += csv.row([
                "\(dispute.row)", dispute.recordID, dispute.endpoint, dispute.channels.joined(separator: " "),
                "\(dispute.charged)", "\(dispute.listed)", dispute.reason,
            ])
        }
    }
}
