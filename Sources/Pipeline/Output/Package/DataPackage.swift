import Foundation
import Records

/// The `datapackage.json` beside the outputs of a run (Data Package 2.0).
///
/// One for each folder, since a package may name only what lies beside it or below. Files of other pipelines in the same
/// folder stay in it for as long as they are there.
struct DataPackage {
    private static let profile = "https://datapackage.org/profiles/2.0/datapackage.json"
    /// By this a package is known to be ours.
    private static let creator = "millrace"

    private let run: String
    private let resources: [DataResource]
    private let digests: [String: FileDigest]

    /// - Parameter digests: of files, by their paths, as far as they are known; the others are read.
    init(run: String, _ resources: [DataResource], digests: [String: FileDigest]) {
        self.run = run
        self.resources = resources
        self.digests = digests
    }

    /// Writes the packages, and says what could not be.
    ///
    /// - Throws: ``Diagnostic`` `cannot_create_output` or `write_failed`.
    func write() throws -> [Diagnostic] {
        let folders = Dictionary(grouping: resources) { $0.path.folderOfPath }
        return try folders.sorted { $0.key < $1.key }.compactMap { try write($0.value, in: $0.key) }
    }

    private func write(_ own: [DataResource], in folder: String) throws -> Diagnostic? {
        let path = (folder.isEmpty ? "" : folder == "/" ? "/" : folder + "/") + "datapackage.json"
        // Held from here on, so that two runs in one folder do not forget each other's files.
        let file = try OutputFile(path, waiting: true)
        var kept: [[String: Any]] = []
        if let data = FileManager.default.contents(atPath: path) {
            guard let old = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
                old["created_by"] as? String == Self.creator
            else {
                file.discard()
                return Diagnostic(
                    .warning, code: "foreign_datapackage", "this file is not from Millrace and stays as it is",
                    file: path, hint: "write the outputs into a folder of their own to get one")
            }
            let paths = Set(own.map { Self.name($0.path) })
            kept = (old["resources"] as? [[String: Any]] ?? []).filter { resource in
                guard let name = resource["path"] as? String, !paths.contains(name) else { return false }
                return FileManager.default.fileExists(atPath: (folder.isEmpty ? "" : folder + "/") + name)
            }
        }
        var taken = Set(kept.compactMap { $0["name"] as? String })
        let described = try own.map { resource -> [String: Any] in
            let name = Self.resourceName(resource.path, besides: &taken)
            return try describe(resource, name: name)
        }
        let package: [String: Any] = [
            "$schema": Self.profile, "created_by": Self.creator, "resources": kept + described,
        ]
        let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try file.write(Array(JSONSerialization.data(withJSONObject: package, options: options)) + [10])
        try file.publish()
        return nil
    }

    private func describe(_ resource: DataResource, name: String) throws -> [String: Any] {
        let digest = try digests[resource.path] ?? FileDigest(reading: resource.path)
        var described: [String: Any] = [
            "name": name, "path": Self.name(resource.path), "bytes": digest.bytes, "hash": "sha256:\(digest.sha256)",
            "encoding": "utf-8", "rows": resource.rows, "run": run,
        ]
        if resource.format == .jsonl {
            described["format"] = "ndjson"
            described["mediatype"] = "application/x-ndjson"
        } else {
            described["type"] = "table"
            described["format"] = "csv"
            described["mediatype"] = "text/csv"
            described["dialect"] = [
                "delimiter": String(UnicodeScalar(resource.csv.delimiter)), "quoteChar": "\"", "doubleQuote": true,
                "lineTerminator": String(decoding: resource.csv.lineEnd, as: UTF8.self), "header": true,
            ]
            described["schema"] = [
                "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
                "fields": zip(resource.fields, ColumnNames.distinct(resource.fields.map(\.name))).map { field, name in
                    var described: [String: Any] = ["name": name, "type": field.type]
                    if field.type == "datetime" { described["format"] = "any" }
                    return described
                },
            ]
            if resource.csv.hasByteOrderMark { described["encoding"] = "utf-8-sig" }
        }
        // The tools of the specification unpack gzip; to them a zstd file is one that they cannot look into.
        switch resource.packing {
        case .none: break
        case .gzip: described["compression"] = "gz"
        case .zstd:
            described["type"] = "file"
            described["mediatype"] = "application/zstd"
            for key in ["format", "dialect", "schema", "encoding", "rows"] { described[key] = nil }
        }
        return described
    }

    private static func name(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }

    /// Lower case letters, digits and `-._`, as the specification wants names.
    private static func resourceName(_ path: String, besides taken: inout Set<String>) -> String {
        let base = String(
            name(path).lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) ? $0 : "-" })
        var name = base, number = 1
        while !taken.insert(name).inserted {
            number += 1
            name = "\(base)-\(number)"
        }
        return name
    }
}
