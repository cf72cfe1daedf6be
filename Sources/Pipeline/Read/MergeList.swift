import Foundation
import Identity
import Input
import Records

/// Which rows are one person, and why: one line for each hint that a row shares with others (`--explain`).
///
/// Columns are `person`, the number of the person's first row; `row`; `file` and `line`; `because`, the kind of hint; and
/// `value`. A hint that rows of different people have is listed as `kept_apart`, since it joins nobody.
struct MergeList {
    private let file: OutputFile
    private let csv = CSVText()
    private let dedupe: IdentitySettings.Dedupe
    private let groups: IdentityGroups
    private(set) var merged = 0

    static let columns = ["person", "row", "file", "line", "because", "value"]

    init(_ path: String, dedupe: IdentitySettings.Dedupe, groups: IdentityGroups) throws {
        self.dedupe = dedupe
        self.groups = groups
        file = try OutputFile(path)
        try file.write(csv.row(Self.columns))
    }

    /// - Parameter name: of the batch's file.
    mutating func write(_ leads: IdentifiedBatch, name: String) throws {
        var out: [UInt8] = []
        for row in 0..<leads.people.rowCount {
            let number = leads.firstRow + row
            let group = groups.group(of: number)
            if let group, group != number { merged += 1 }
            for alias in RowAliases.own(leads.people, row, dedupe) {
                let isContested = groups.isContested(alias, row: number)
                guard isContested || group != nil && groups.isShared(alias) else { continue }
                let (kind, value) = Self.parts(of: alias)
                out += csv.row([
                    String(group ?? number), String(number), name, String(leads.batch.positions[row].line),
                    isContested ? "kept_apart" : kind, isContested ? "\(kind) \(value)" : value,
                ])
            }
        }
        try file.write(out)
    }

    func finish() throws {
        try file.sync()
        try OutputFile.publish(file.path)
    }

    /// `email:z@acme.example` as the field and the value.
    private static func parts(of alias: String) -> (kind: String, value: String) {
        guard let colon = alias.firstIndex(of: ":") else { return ("", alias) }
        let value = String(alias[alias.index(after: colon)...])
        return switch alias[..<colon] {
        case "linkedin": ("linkedin_url", String(decoding: Canonical.profilePrefix, as: UTF8.self) + value)
        case "name": ("name_and_company", value.replacingOccurrences(of: "|", with: " "))
        case "exact": ("all_hints", value)
        default: (String(alias[..<colon]), value)
        }
    }
}

extension MergeList {
    /// Goes through an input and lists its people.
    ///
    /// - Parameter reader: over all rows, from the first one.
    /// - Returns: rows that are a person whom an earlier row is.
    static func write(
        _ path: String, _ settings: PipelineSettings, _ groups: IdentityGroups, _ reader: LeadReader
    ) async throws -> Int {
        var list = try MergeList(path, dedupe: settings.identity.dedupe, groups: groups)
        let names = reader.stream.exports.map(\.name)
        var ahead = ReadAhead(reader, width: InputScan.width)
        while let leads = try await ahead.next() {
            try list.write(leads, name: names[leads.file])
        }
        try list.finish()
        return list.merged
    }
}
