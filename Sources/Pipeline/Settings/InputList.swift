import Foundation
import Input

/// The files that a run reads, as it saw them when it began.
struct InputList: Codable, Sendable {
    struct Entry: Codable, Sendable {
        var path: String
        /// Within an archive.
        var member: String?
        /// Nil for what can be read only once.
        var fingerprint: FileFingerprint?

        var name: String { member.map { "\(path)/\($0)" } ?? path }
    }

    var files: [Entry]

    init(_ exports: [Export]) {
        files = exports.map { Entry(path: $0.path, member: $0.member, fingerprint: $0.fingerprint) }
    }

    /// The same files always give the same text.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(files), as: UTF8.self)
    }

    /// How an earlier list differs from this one, in words for the person with the files; empty where that cannot be said.
    func change(since json: String) -> String { differences(since: json).map { " (" + $0 + ")" } ?? "" }

    /// - Parameter ignoringTimes: whether a file is the same that was written again.
    func differences(since json: String, ignoringTimes: Bool = false) -> String? {
        guard let before = try? JSONDecoder().decode([Entry].self, from: Data(json.utf8)) else { return nil }
        let then = Dictionary(before.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let now = Dictionary(files.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var changes: [String] = []
        for file in files {
            guard let old = then[file.name] else {
                changes.append("\(file.name) is new")
                continue
            }
            if ignoringTimes, old.fingerprint?.size == file.fingerprint?.size { continue }
            if let was = old.fingerprint, let difference = file.fingerprint.flatMap(was.difference) {
                changes.append("\(file.name): \(difference)")
            }
        }
        changes += before.filter { now[$0.name] == nil }.map { "\($0.name) is not there" }
        if changes.isEmpty {
            if files.map(\.name) == before.map(\.name) { return nil }
            changes.append("the files come in another order")
        }
        return changes.prefix(5).joined(separator: "; ") + (changes.count > 5 ? "; and more" : "")
    }
}
