import Foundation

/// Writes a file in pieces.
final class Writer {
    private let handle: FileHandle
    private var pending = Data()

    init(_ path: String) throws {
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    func write(_ text: String) throws {
        pending.append(contentsOf: text.utf8)
        if pending.count > 1 << 20 { try flush() }
    }

    func flush() throws {
        try handle.write(contentsOf: pending)
        pending.removeAll(keepingCapacity: true)
    }
}

enum CSV {
    static func row(_ cells: [String], quoteAll: Bool = false) -> String {
        cells.map { cell in
            let needs = cell.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
            return quoteAll || needs ? "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : cell
        }.joined(separator: ",") + "\n"
    }
}

enum JSONLines {
    static func object(_ members: [(String, String)]) throws -> String {
        let texts = try members.map { name, value in
            String(decoding: try JSONEncoder().encode([name: value]), as: UTF8.self).dropFirst().dropLast()
        }
        return "{" + texts.joined(separator: ",") + "}\n"
    }
}

enum XML {
    static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;")
    }
}
