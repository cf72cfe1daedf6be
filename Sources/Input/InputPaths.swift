import Foundation
import Records

/// The files that paths, patterns and folders name.
enum InputPaths {
    /// - Throws: ``Diagnostic`` `no_input` for a pattern or a folder without any export.
    static func expand(_ paths: [String]) throws -> [String] { try paths.flatMap(expand) }

    /// A pattern's matches and a folder's files come sorted; `**` goes into folders.
    private static func expand(_ path: String) throws -> [String] {
        if path == "-" { return [path] }
        var status = stat()
        if stat(path, &status) == 0 {
            return status.st_mode & S_IFMT == S_IFDIR ? try folder(path) : [path]
        }
        guard path.contains(where: { "*?[".contains($0) }) else { return [path] }
        let found = path.contains("**") ? deep(path) : flat(path)
        guard !found.isEmpty else {
            throw Diagnostic(
                code: "no_input", "no file matches this pattern", file: path,
                hint: "check the path; it is relative to the current folder")
        }
        return found
    }

    /// The exports that lie in a folder, by their names' endings; not those in folders below it.
    private static func folder(_ path: String) throws -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let exports = names.filter { !$0.hasPrefix(".") && hasExportEnding($0) }.sorted()
        guard !exports.isEmpty else {
            throw Diagnostic(
                code: "no_input", "the folder holds no export", file: path,
                hint: "name the files in it, for example '\(path)/*.csv'")
        }
        return exports.map { (path.hasSuffix("/") ? path : path + "/") + $0 }
    }

    private static func flat(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
            .filter { !$0.hasSuffix(".partial") }
    }

    /// Everything below the fixed part of the pattern that matches it; `**/` stands for any folders, or none.
    private static func deep(_ pattern: String) -> [String] {
        let parts = pattern.split(separator: "/", omittingEmptySubsequences: false)
        let fixed = parts.prefix { part in !part.contains { "*?[".contains($0) } }.joined(separator: "/")
        let root = fixed.isEmpty ? (pattern.hasPrefix("/") ? "/" : ".") : fixed
        let below = (FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? [])
        return below.map { fixed.isEmpty && root == "." ? $0 : (fixed == "" ? "/" : fixed + "/") + $0 }
            .filter { path in
                let isHidden = path.split(separator: "/").contains { $0.hasPrefix(".") && $0 != "." && $0 != ".." }
                return !isHidden && !path.hasSuffix(".partial")
                    && matches(path[...], parts[...].joined(separator: "/")[...])
            }
            .filter { !isFolder($0) }.sorted()
    }

    private static func matches(_ path: Substring, _ pattern: Substring) -> Bool {
        guard let stars = pattern.firstRange(of: "**/") else {
            return fnmatch(String(pattern), String(path), FNM_PATHNAME) == 0
        }
        let before = String(pattern[..<stars.lowerBound])
        let after = pattern[stars.upperBound...]
        guard path.hasPrefix(before) else { return false }
        var rest = path.dropFirst(before.count)
        while true {
            if matches(rest, after) { return true }
            guard let slash = rest.firstIndex(of: "/") else { return false }
            rest = rest[rest.index(after: slash)...]
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func hasExportEnding(_ name: String) -> Bool {
        var parts = name.lowercased().split(separator: ".").dropFirst()
        if let last = parts.last, ["gz", "zst", "xz", "bz2"].contains(last) { parts = parts.dropLast() }
        return parts.last.map { endings.contains(String($0)) } ?? false
    }

    private static let endings: Set<String> = [
        "csv", "tsv", "tab", "txt", "jsonl", "ndjson", "json", "xml", "xlsx", "xls", "html", "htm", "zip",
    ]
}
