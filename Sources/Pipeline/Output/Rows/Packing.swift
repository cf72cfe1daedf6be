import Input

/// How an output is packed, by its ending.
///
/// Every batch is a piece of its own that can be unpacked by itself, so that a run which is cut back to where it stood goes
/// on behind a whole piece, and ends with the same bytes as one that was never stopped.
package enum Packing: String, Sendable, CaseIterable {
    case none = ""
    case gzip = ".gz"
    case zstd = ".zst"

    package init(path: String) {
        self = Self.allCases.first { $0 != .none && path.hasSuffix($0.rawValue) } ?? .none
    }

    /// A path without this ending.
    func unpackedName(_ path: String) -> String { String(path.dropLast(rawValue.count)) }

    /// - Throws: ``Diagnostic`` `write_failed` where there is no memory for it.
    func pack(_ bytes: [UInt8]) throws -> [UInt8] {
        guard !bytes.isEmpty else { return bytes }
        return switch self {
        case .none: bytes
        case .gzip: try Gzip.member(bytes)
        case .zstd: try Zstd.frame(bytes)
        }
    }
}
