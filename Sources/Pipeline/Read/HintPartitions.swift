import Foundation
import Identity
import Input

/// All hints of an input, sorted into parts of which each holds all records of its hints, so that a few parts at a time
/// fit into memory.
///
/// Full pages go into a temporary file without a name; a small input never touches it.
final class HintPartitions {
    private static let count = 64
    /// Parts that are read and sorted at once.
    private static let width = 3
    /// Records that a part gathers before they are written.
    private static let page = 1024

    private var pages = [[HintRecord]](repeating: [], count: count)
    /// Where the pages of each part lie in the file.
    private var written = [[Range<Int>]](repeating: [], count: count)
    private var length = 0
    private var descriptor: Int32?

    deinit {
        if let descriptor { close(descriptor) }
    }

    /// - Throws: ``Diagnostic`` `write_failed`.
    func add(_ records: [HintRecord]) throws {
        for record in records {
            // The graph goes by the upper bits, so the lower ones spread evenly.
            let part = Int(truncatingIfNeeded: record.hash) & (Self.count - 1)
            pages[part].append(record)
            if pages[part].count >= Self.page { try write(part) }
        }
    }

    private func write(_ part: Int) throws {
        let descriptor = try self.descriptor ?? UnnamedFile.make()
        self.descriptor = descriptor
        try pages[part].withUnsafeBytes { bytes in
            try UnnamedFile.append(bytes, to: descriptor)
            written[part].append(length..<(length + bytes.count))
            length += bytes.count
        }
        pages[part].removeAll(keepingCapacity: true)
    }

    /// Brings all of them into a graph, one part after the other, while the next ones are read and sorted.
    ///
    /// - Throws: ``Diagnostic`` `write_failed`.
    func graph() async throws -> IdentityGraph {
        var graph = IdentityGraph()
        let descriptor = descriptor
        var part = 0
        try await inOrder(width: Self.width) { () -> (page: [HintRecord], written: [Range<Int>])? in
            guard part < Self.count else { return nil }
            defer {
                pages[part] = []
                part += 1
            }
            return (pages[part], written[part])
        } transform: { page, written in
            var records = page
            for range in written {
                guard let descriptor else { continue }
                try UnnamedFile.read(range, from: descriptor).withUnsafeBytes {
                    records.append(contentsOf: $0.bindMemory(to: HintRecord.self))
                }
            }
            return SharedHints(records)
        } take: { hints in
            graph.add(hints)
        }
        return graph
    }
}
