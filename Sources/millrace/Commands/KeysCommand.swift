import ArgumentParser
import Foundation
import Ledger
import Pipeline
import Records
import Settings

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Keys of the service: makes, lists and revokes them.",
        discussion: """
            Examples:
              millrace keys make --workspace sales --expires 90d
              millrace keys list
              millrace keys revoke a1b2c3d4

            A key is shown once, when it is made; what is kept of it is a hash.
            """,
        subcommands: [Make.self, List.self, Revoke.self], defaultSubcommand: List.self)

    struct Make: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a key and prints it on standard output.",
            discussion: """
                Example:
                  millrace keys make --workspace sales --scope enrich --expires 90d
                """)

        @Option(help: "Whose limits and answers it is for.")
        var workspace = "default"

        @Option(help: "What it opens: enrich for everything, verify for /verify alone.")
        var scope: KeyScope = .enrich

        @Option(
            help: ArgumentHelp("How long it is good, such as 90d; for good where nothing is said.", valueName: "age"))
        var expires: String?

        @OptionGroup var state: StateOptions

        func run() async throws {
            try await Endings.reporting {
                guard !workspace.isEmpty else { throw ValidationError("--workspace takes a name") }
                let lifetime = try expires.map { text in
                    guard let age = Spelling.duration(text), age > .zero else {
                        throw ValidationError("--expires takes a time such as 90d")
                    }
                    return age.inSeconds
                }
                let made = try await ServiceLedger(beside: state.ledgerPath).makeKey(
                    workspace: workspace, scope: scope, lifetime: lifetime, now: Date().timeIntervalSince1970)
                print(made.token)
                Endings.say(
                    "made \(made.key.redacted) for workspace \(workspace); it will not be shown again"
                        + (made.key.expiresAt.map { ", and is good until \(timeText($0))" } ?? ""))
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists keys, redacted.",
            discussion: """
                Example:
                  millrace keys list --json
                """)

        @Flag(help: "Print JSON.")
        var json = false

        @OptionGroup var state: StateOptions

        func run() async throws {
            try await Endings.reporting {
                let keys = try await ServiceLedger(beside: state.ledgerPath).keys()
                let now = Date().timeIntervalSince1970
                guard !json else { return try printJSON(keys.map { Entry($0, now) }) }
                let rows = keys.map { key in
                    [
                        key.redacted, key.workspace, key.scope.rawValue, Self.status(key, now), timeText(key.createdAt),
                        timeText(key.expiresAt),
                    ]
                }
                print(
                    TextTable(rows: [["key", "workspace", "scope", "status", "made", "expires"]] + rows).text,
                    terminator: "")
            }
        }

        fileprivate static func status(_ key: APIKey, _ now: Double) -> String {
            if key.revokedAt != nil { return "revoked" }
            return key.isGood(at: now) ? "good" : "expired"
        }

        private struct Entry: Encodable {
            let id, key, workspace, scope, status, created_at, expires_at, revoked_at: String

            init(_ key: APIKey, _ now: Double) {
                (id, self.key, workspace, scope) = (key.id, key.redacted, key.workspace, key.scope.rawValue)
                status = List.status(key, now)
                (created_at, expires_at) = (timeText(key.createdAt), timeText(key.expiresAt))
                revoked_at = timeText(key.revokedAt)
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a key open nothing from now on.",
            discussion: """
                Example:
                  millrace keys revoke a1b2c3d4
                """)

        @Argument(help: "The last eight letters of the key, as millrace keys list shows them.")
        var id: String

        @OptionGroup var state: StateOptions

        func run() async throws {
            try await Endings.reporting {
                let name = String(id.split(separator: "_").last ?? "")
                let isThere = try await ServiceLedger(beside: state.ledgerPath)
                    .revokeKey(id: name, now: Date().timeIntervalSince1970)
                guard isThere else {
                    throw Diagnostic(
                        code: "no_key", "there is no key that ends in \(name)", hint: "millrace keys list shows them")
                }
                Endings.say("revoked unstuck_***_\(name); a service that is running notices within seconds")
            }
        }
    }
}

extension KeyScope: ExpressibleByArgument {}
