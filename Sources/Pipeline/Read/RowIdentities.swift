import Foundation
import Identity
import Input
import Ledger

/// Whom earlier runs know each row as, found by the row as a whole while the input is first gone through.
///
/// Rows are looked up many thousands at a time, in the order of the ledger's keys: that reads each of its pages once
/// instead of once a row. What is found lies in a temporary file, eight bytes a row.
struct RowIdentities: Sendable {
    /// Closed with the last reader.
    fileprivate final class File: Sendable {
        let descriptor: Int32

        init() throws { descriptor = try UnnamedFile.make() }
        deinit { close(descriptor) }
    }

    private let file: File

    /// - Parameter rows: their numbers in the input, 1-based.
    /// - Returns: nil for a row that is not known as a whole.
    func of(_ rows: Range<Int>) throws -> [Int64?] {
        let size = MemoryLayout<Int64>.size
        let bytes = try UnnamedFile.read(
            ((rows.lowerBound - 1) * size)..<((rows.upperBound - 1) * size), from: file.descriptor)
        return bytes.withUnsafeBytes { $0.bindMemory(to: Int64.self).map { $0 == 0 ? nil : $0 } }
    }

    /// Looks rows up beside the reading.
    struct Writer {
        private let ledger: Ledger
        private let file: File
        private var keys: [AliasHash?] = []
        private var underWay: Task<[Int64], any Error>?

        /// Rows that are looked up together.
        private static let window = 1 << 17

        init(_ ledger: Ledger) throws {
            self.ledger = ledger
            file = try File()
        }

        /// Adds the keys of the next rows.
        mutating func add(_ more: [AliasHash?]) async throws {
            keys += more
            if keys.count >= Self.window { try await lookUp() }
        }

        private mutating func lookUp() async throws {
            try await takeFound()
            let window = keys
            keys = []
            underWay = Task { [ledger] in try await ledger.owners(of: window) }
        }

        private func takeFound() async throws {
            guard let found = try await underWay?.value else { return }
            try found.withUnsafeBytes { try UnnamedFile.append($0, to: file.descriptor) }
        }

        mutating func finish() async throws -> RowIdentities {
            try await lookUp()
            try await takeFound()
            return RowIdentities(file: file)
        }
    }
}
