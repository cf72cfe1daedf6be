import Foundation

/// The man page, out of what the commands say of themselves.
///
/// Pure.
struct ManualPage {
    /// As the argument parser describes commands (`--experimental-dump-help`).
    private struct Tool: Decodable {
        var command: Command
    }

    private struct Command: Decodable {
        var commandName: String
        var shouldDisplay: Bool
        var abstract: String?
        var discussion: String?
        var subcommands: [Command]?
        var arguments: [Argument]?
    }

    private struct Argument: Decodable {
        struct Name: Decodable {
            var kind: String
            var name: String
        }

        var kind: String
        var shouldDisplay: Bool
        var isOptional: Bool
        var isRepeating: Bool
        var names: [Name]?
        var valueName: String?
        var abstract: String?
        var defaultValue: String?
    }

    private let tool: Command
    private let version: String

    /// - Parameter help: JSON; nil where it is not what it should be.
    init?(help: String, version: String) {
        guard let tool = try? JSONDecoder().decode(Tool.self, from: Data(help.utf8)) else { return nil }
        self.tool = tool.command
        self.version = version
    }

    var text: String {
        var lines = [
            ".TH MILLRACE 1 \"\" \"millrace \(version)\" \"User Commands\"", ".SH NAME",
            "millrace \\- \(Self.plain(tool.abstract ?? ""))", ".SH SYNOPSIS", ".B millrace", ".I command",
            "[options]", ".SH DESCRIPTION",
        ]
        lines += Self.discussion(tool.discussion)
        lines.append(".SH COMMANDS")
        for command in tool.subcommands ?? [] where command.shouldDisplay && command.commandName != "help" {
            lines += section(command)
            for inner in command.subcommands ?? [] where inner.shouldDisplay && inner.commandName != "help" {
                lines += section(inner, below: command.commandName)
            }
        }
        lines += Self.rest
        return lines.joined(separator: "\n") + "\n"
    }

    private func section(_ command: Command, below parent: String = "") -> [String] {
        let name = [parent, command.commandName].filter { !$0.isEmpty }.joined(separator: " ")
        let shown = (command.arguments ?? []).filter {
            $0.shouldDisplay && $0.names?.contains { $0.name == "help" } != true
        }
        let positions = shown.filter { $0.kind == "positional" }
        var lines = [
            ".SS \"millrace \(name)\(positions.map(Self.position).joined())\"", Self.plain(command.abstract ?? ""),
        ]
        if let discussion = command.discussion, !discussion.isEmpty { lines += [".PP"] + Self.discussion(discussion) }
        for argument in shown where argument.abstract?.isEmpty == false || argument.kind != "positional" {
            guard argument.names?.contains(where: { $0.name == "version" }) != true else { continue }
            lines += [".TP", Self.title(argument), Self.plain(argument.abstract ?? "")]
        }
        return lines
    }

    private static func position(_ argument: Argument) -> String {
        let name = (argument.valueName ?? "value").uppercased() + (argument.isRepeating ? "…" : "")
        return argument.isOptional ? " [\(name)]" : " \(name)"
    }

    private static func title(_ argument: Argument) -> String {
        let names = (argument.names ?? []).map { name in
            (name.kind == "short" || name.kind == "longWithSingleDash" ? "-" : "--") + name.name
        }
        guard !names.isEmpty else { return "\\fI\((argument.valueName ?? "value").uppercased())\\fR" }
        let value = argument.kind == "option" ? " \\fI\(argument.valueName ?? "value")\\fR" : ""
        return names.map { "\\fB\(plain($0))\\fR" }.joined(separator: ", ") + value
    }

    /// Paragraphs, and examples as they stand.
    private static func discussion(_ text: String?) -> [String] {
        var lines: [String] = [], isExample = false
        for line in (text ?? "").split(separator: "\n", omittingEmptySubsequences: false) {
            let begins = line.hasPrefix("  ")
            if begins != isExample { lines.append(begins ? ".nf" : ".fi") }
            isExample = begins
            lines.append(line.isEmpty ? ".PP" : plain(String(line)))
        }
        return lines + (isExample ? [".fi"] : [])
    }

    /// Text that roff takes for text.
    private static func plain(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }

    private static let rest = [
        ".SH EXIT STATUS",
        "0 done, 64 usage, 65 too many rejects, 66 input missing or unreadable, 69 service or webhook unavailable, 70 our fault, 73 output cannot be made, 74 input or output failed, 75 paused by quota, budget or deadline, or running already, 77 key refused, 78 pipeline invalid, 130 interrupted. After 69, 74, 75 and 130 the same command goes on where it stopped.",
        ".SH ENVIRONMENT", ".TP", ".B MILLRACE_STATE", "Where the ledger lies.", ".TP",
        ".B MILLRACE_LOG_FORMAT, MILLRACE_METRICS", "As \\-\\-log\\-format and \\-\\-metrics.", ".TP",
        ".B MILLRACE_\\fISECTION\\fB_\\fIKEY\\fR", "Overrides a key of the pipeline, and is overridden by flags.",
        ".TP",
        ".B UNSTUCK_API_URL, UNSTUCK_API_KEY", "Address and key of the enrichment service.", ".SH FILES", ".TP",
        ".I ~/.local/state/millrace/ledger.sqlite", "The ledger: what was asked, answered and paid.", ".TP",
        ".I ~/.unstuck/credentials", "The service's key, where nothing else names one.", ".SH SEE ALSO",
        "The manual in /usr/share/doc/millrace, and pipelines to copy in its examples.",
    ]
}
