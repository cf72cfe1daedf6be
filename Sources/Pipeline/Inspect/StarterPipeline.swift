import Foundation
import Identity
import Records

/// A pipeline file to start from: what was found out about a file, with comments, and defaults to be changed.
package struct StarterPipeline {
    private let inspections: [Inspection]
    private let path: String
    private let settings: [String]

    /// - Parameters:
    ///   - path: as the person named the input.
    ///   - settings: `KEY=VALUE` that were set on the command line.
    package init(_ inspections: [Inspection], path: String, settings: [String]) {
        self.inspections = inspections
        self.path = path
        self.settings = settings
    }

    /// - Throws: ``Diagnostic`` `cannot_create_output`, also where a file is there and not to be written over.
    package func write(to file: String, force: Bool) throws {
        guard force || !FileManager.default.fileExists(atPath: file) else {
            throw Diagnostic(
                code: "cannot_create_output", "this file is there already", file: file,
                hint: "choose another name, or write over it with --force")
        }
        let waterfall = Self.waterfall(for: file)
        try Self.write(text(waterfall: waterfall), to: file)
        // Where there are no providers yet, the pipeline starts with none, and finds nobody until some are named.
        if !FileManager.default.fileExists(atPath: waterfall) { try Self.write(Self.emptyWaterfall, to: waterfall) }
    }

    private static func write(_ text: String, to file: String) throws {
        let output = try OutputFile(file)
        try output.write(Array(text.utf8))
        try output.sync()
        try OutputFile.publish(file)
    }

    /// The waterfall that is there by its usual name, else one beside the pipeline.
    private static func waterfall(for file: String) -> String {
        let usual = EnrichSettings().waterfall
        guard !FileManager.default.fileExists(atPath: usual) else { return usual }
        let base = file.hasSuffix(".yaml") || file.hasSuffix(".yml") ? (file as NSString).deletingPathExtension : file
        return base + "-waterfall.yaml"
    }

    private static let emptyWaterfall = """
        # Tables of people whom you know already; each channel tries them in order. Nobody is found until one stands here.
        providers: []
        #  - name: crm
        #    path: crm-contacts.csv          # any export, with a column to find people by
        #    channels: {work_email: Email, phone: Phone}
        #    prices: {work_email: 1, phone: 3}
        # order: {work_email: [crm], phone: [crm]}

        """

    func text(waterfall: String) -> String {
        let name = Self.name(of: path)
        var lines = [
            "# A pipeline for \(path), to be looked over before it runs.", "version: 1", "name: \(name)", "", "input:",
        ]
        lines.append("  paths: [\(Self.quoted(path))]")
        lines += inputLines
        if !settings.contains(where: { $0.hasPrefix("input.region=") }) {
            lines.append("  region: US                        # for phone numbers in rows without a country")
        }
        lines += [
            "", "identity:",
            "  dedupe: alias                     # rows that share any hint are one person and one request", "",
            "enrich:",
            "  engine: embedded                  # on your own provider tables; api asks a hosted service",
            "  waterfall: \(Self.quoted(waterfall))",
            "  # api: {url: \"${UNSTUCK_API_URL}\", key: \"${UNSTUCK_API_KEY}\"}",
            "  channels: [work_email, personal_email, phone, linkedin_url]",
            "  only_missing: true                # what a row has already is not asked for",
            "  # max_credits: 500                # the most that a run may cost", "",
            "# verify: {builtin: true}            # check emails that are found", "", "output:",
            "  - path: out/\(name).csv", "rejects: out/\(name)-rejects.csv", "report: out/\(name)-report",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// What was found, and what the person set, which stands without a comment sign.
    private var inputLines: [String] {
        var lines: [String] = []
        for inspection in inspections.prefix(1) {
            lines.append("  # found: \(inspection.format), \(inspection.encoding), \(inspection.rows) rows")
            let fields = inspection.columns.filter { $0.field != nil }
            if !fields.isEmpty, inspections.count == 1 {
                lines.append("  columns:                          # field: column; leave out what should map itself")
                for column in fields {
                    guard let field = column.field?.rawValue else { continue }
                    let isUnique = inspection.columns.count { $0.name == column.name } == 1 && !column.name.isEmpty
                    lines.append("    \(field): \(Self.quoted(isUnique ? column.name : "#\(column.index)"))")
                }
            }
        }
        return lines + chosenLines
    }

    /// What the person set on the command line, the keys of one section together.
    private var chosenLines: [String] {
        var plain: [String] = []
        var sections: [(name: String, keys: [String])] = []
        for setting in settings {
            guard let equals = setting.firstIndex(of: "=") else { continue }
            let key = setting[..<equals].split(separator: ".").map(String.init)
            let value = setting[setting.index(after: equals)...]
            guard key.first == "input", key.count > 1, key.count < 4 else { continue }
            if key.count == 2 {
                plain.append("  \(key[1]): \(value)")
            } else if let known = sections.firstIndex(where: { $0.name == key[1] }) {
                sections[known].keys.append("\(key[2]): \(value)")
            } else {
                sections.append((key[1], ["\(key[2]): \(value)"]))
            }
        }
        return plain + sections.map { "  \($0.name): {\($0.keys.joined(separator: ", "))}" }
    }

    /// The file's name without endings, in letters that a name may have.
    private static func name(of path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? ""
        let base = file.split(separator: ".").first.map(String.init) ?? ""
        let kept = base.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let name = String(kept).split(separator: "-").joined(separator: "-").lowercased()
        return name.isEmpty ? "leads" : name
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
    }
}
