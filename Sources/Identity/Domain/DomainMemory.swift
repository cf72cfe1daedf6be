import Foundation

/// Company domains that were looked up before: rows of one export repeat their companies.
///
/// A fixed number of slots, each holding the last cell that fell into it, so memory does not grow with the file.
struct DomainMemory {
    private struct Slot {
        var cell: [UInt8] = []
        var domain: [UInt8] = []
        var problem: HintProblem?
    }

    private static let count = 2048
    private var slots = [Slot](repeating: Slot(), count: DomainMemory.count)

    /// Like ``CompanyDomain/append(_:to:)``.
    mutating func append(_ cell: ArraySlice<UInt8>, to out: inout [UInt8]) -> HintProblem? {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in cell { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let place = Int(truncatingIfNeeded: hash ^ hash >> 32) & (Self.count - 1)
        if !slots[place].cell.isSame(as: cell) {
            var slot = Slot(cell: Array(cell))
            slot.problem = CompanyDomain.append(cell, to: &slot.domain)
            slots[place] = slot
        }
        out.append(contentsOf: slots[place].domain)
        return slots[place].problem
    }
}

extension [UInt8] {
    fileprivate func isSame(as other: ArraySlice<UInt8>) -> Bool {
        guard count == other.count else { return false }
        return withUnsafeBytes { own in
            other.withUnsafeBytes { other in
                guard let own = own.baseAddress, let other = other.baseAddress else { return true }
                return memcmp(own, other, count) == 0
            }
        }
    }
}
