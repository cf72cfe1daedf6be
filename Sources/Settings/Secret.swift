import Foundation
import Records

/// A key or a secret, or where it is kept.
///
/// What is kept elsewhere is fetched when somebody is about to be asked with it, so that looking at settings runs no
/// command. It never describes itself.
package struct Secret: Sendable, ExpressibleByStringLiteral, CustomStringConvertible, CustomReflectable {
    private enum Source {
        case text(String)
        /// What a command of the shell prints.
        case command(String)
        /// What the service manager hands over under a name (systemd's `LoadCredential=`).
        case credential(String)
        case file(String)
    }

    private let source: Source

    private init(_ source: Source) { self.source = source }
    package init(_ text: String) { source = .text(text) }
    package init(stringLiteral text: String) { self.init(text) }

    /// The keys of a value that says where it is kept.
    static let places = ["command", "credential", "file"]

    /// Nil where it is neither a text nor one place.
    init?(_ value: SettingsValue) {
        if let text = value.text {
            self.init(text)
            return
        }
        guard let members = value.members, members.count == 1, let place = members.first,
            let text = place.value.text, !text.isEmpty
        else { return nil }
        switch place.key.text {
        case "command": self.init(.command(text))
        case "credential": self.init(.credential(text))
        case "file": self.init(.file(text))
        default: return nil
        }
    }

    /// Whether there is none.
    package var isEmpty: Bool { if case .text("") = source { true } else { false } }

    /// The secret itself; empty for one that was not fetched.
    package var text: String { if case .text(let text) = source { text } else { "" } }

    package var description: String { isEmpty ? "(none)" : "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// The same with its text, wherever that is kept.
    ///
    /// - Parameter key: the key of the settings that holds it, for the person.
    /// - Throws: ``Diagnostic`` `no_secret`, which says where it was looked for and nothing that was found.
    package func fetched(environment: [String: String], of key: String) throws -> Secret {
        let found: String?
        let place: String
        switch source {
        case .text: return self
        case .command(let command):
            (found, place) = (Self.output(of: command, environment), "the command that prints it")
        case .credential(let name):
            let folder = environment["CREDENTIALS_DIRECTORY"] ?? ""
            (found, place) = (
                folder.isEmpty ? nil : Self.contents(folder + "/" + name),
                folder.isEmpty
                    ? "the service manager, which hands over none ($CREDENTIALS_DIRECTORY is not set)"
                    : "the service manager under the name \(name)"
            )
        case .file(let path): (found, place) = (Self.contents(path), path)
        }
        guard let found, !found.isEmpty else {
            throw Diagnostic(
                code: "no_secret", "\(key) could not be had from \(place)",
                hint: "try it by itself; nothing was asked for")
        }
        return Secret(found)
    }

    private static func contents(_ path: String) -> String? {
        (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// How long a command may take, in seconds.
    private static let patience = 60.0

    /// The first line that a command prints; nil where it fails.
    ///
    /// What it says on standard error is for the person.
    private static func output(of command: String, _ environment: [String: String]) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        guard (try? process.run()) != nil else { return nil }
        // One that waits for somebody at night would hold up the run until its deadline and longer.
        let limit = DispatchWorkItem { process.terminate() }
        DispatchQueue.global().asyncAfter(deadline: .now() + patience, execute: limit)
        defer { limit.cancel() }
        let printed = (try? pipe.fileHandleForReading.readToEnd()) ?? nil
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        let text = String(decoding: printed ?? Data(), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).first?.trimmingCharacters(in: .whitespaces)
    }
}
