import Foundation
import Input
import Records

/// The files that a run reads, as it saw them when it began.
struct InputList: Codable, Sendable {
    struct Entry: Codable, Sendable {
        var path: String
        /// Within an archive.
        var member: String?
        /// Nil for what can be read only once.
        var fingerprint: FileFingerprint?
        /// Of the whole file's content, SHA-256; nil in lists of earlier versions too, which went by times.
        var digest: String?

        var name: String { member.map { "\(path)/\($0)" } ?? path }
    }

    var files: [Entry]

    /// Reads all files from end to end.
    ///
    /// - Throws: ``Diagnostic`` `unreadable_input`.
    init(_ exports: [Export]) throws {
        var digests: [String: String] = [:]
        files = try exports.map { export in
            if export.fingerprint != nil, digests[export.path] == nil {
                digests[export.path] = try Self.digest(export.path)
            }
            return Entry(
                path: export.path, member: export.member, fingerprint: export.fingerprint, digest: digests[export.path])
        }
    }

    private static func digest(_ path: String) throws -> String {
        guard let digest = FileDigest(of: path) else {
            throw Diagnostic(code: "unreadable_input", "the file cannot be read", file: path)
        }
        return digest.sha256
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(files), as: UTF8.self)
    }

    /// How an earlier list differs from this one, in words for the person with the files; empty where that cannot be said,
    /// and nil where it does not.
    func change(since json: String) -> String? {
        guard let before = Self.entries(json) else { return "" }
        return differences(since: before).map { " (" + $0 + ")" }
    }

    static func entries(_ json: String) -> [Entry]? {
        try? JSONDecoder().decode([Entry].self, from: Data(json.utf8))
    }

    /// - Parameter ignoringTimes: whether a file that was written again is the same where only an earlier version's list
    ///   could say.
    func differences(since before: [Entry], ignoringTimes: Bool = false) -> String? {
        let then = Dictionary(before.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let now = Dictionary(files.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var changes: [String] = []
        for file in files {
            guard let old = then[file.name] else {
                changes.append("\(file.name) is new")
                continue
            }
            if let difference = file.difference(from: old, ignoringTimes: ignoringTimes) {
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

extension InputList.Entry {
    /// What became of the file; nil where it is the one that it was, wherever it was copied or touched meanwhile.
    fileprivate func difference(from old: Self, ignoringTimes: Bool) -> String? {
        if let fingerprint, let was = old.fingerprint, fingerprint.size == was.size {
            if let digest, let oldDigest = old.digest {
                return digest == oldDigest ? nil : "it is as long as it was and has other content"
            }
            if ignoringTimes { return nil }
        }
        return fingerprint.flatMap { now in old.fingerprint?.difference(to: now) }
    }
}
