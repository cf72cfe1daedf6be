import ArgumentParser
import EnrichmentAPI
import Foundation
import Ledger
import Waterfall

struct ProvidersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "providers", abstract: "The order in which providers are tried, what each is worth, and why.",
        discussion: """
            Examples:
              millrace providers pipelines/waterfall.yaml
              millrace providers pipelines/waterfall.yaml --json
              millrace providers pipelines/waterfall.yaml --country Germany --employees 80
            """)

    @Argument(help: "The waterfall file.")
    var waterfall: String

    @Option(help: "Of companies of this country.")
    var country = ""

    @Option(help: "Of companies of this size.")
    var employees: Int?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var state: StateOptions

    func run() async throws {
        try await Endings.reporting {
            let settings = try WaterfallSettings.read(
                waterfall, environment: ProcessInfo.processInfo.environment)
            let service = try ServiceLedger(beside: state.ledgerPath)
            let standings = ProviderStandings(
                settings, evidence: try await service.evidence(), use: try await service.providerUses(),
                validity: try await Ledger(path: state.ledgerPath).validity(),
                segment: Segment(account: ["hq_country": country, "employee_count": employees.map(String.init) ?? ""])
            ).standings
            guard !json else { return try printJSON(standings.map(Entry.init)) }
            var rows = [
                [
                    "channel", "place", "provider", "price", "tried", "failed", "found", "hit rate", "valid", "replies",
                    "credits per valid", "why",
                ]
            ]
            for standing in standings {
                rows.append([
                    standing.channel.rawValue, "\(standing.place)", standing.provider, "\(standing.price)",
                    "\(standing.use.asked)", "\(standing.use.failed)", "\(standing.use.found)",
                    Self.percent(standing.hitRate),
                    Self.percent(standing.validRate), Self.percent(standing.replyRate),
                    standing.creditsPerValid.map { String(format: "%.2f", $0) } ?? "", standing.why,
                ])
            }
            print(TextTable(rows: rows).text, terminator: "")
        }
    }

    private static func percent(_ share: Double?) -> String { share.map { String(format: "%.1f %%", $0 * 100) } ?? "" }

    private struct Entry: Encodable {
        let channel, provider, why: String
        let place, tried, found, failed, contacts, replies: Int
        let price, credits: Credits
        let hit_rate, valid_rate, reply_rate, credits_per_valid: Double?

        init(_ standing: ProviderStandings.Standing) {
            (channel, provider, why) = (standing.channel.rawValue, standing.provider, standing.why)
            place = standing.place
            (tried, found, failed) = (standing.use.asked, standing.use.found, standing.use.failed)
            (contacts, replies) = (standing.contacts, standing.replies)
            (price, credits) = (standing.price, standing.use.credits)
            (hit_rate, valid_rate, reply_rate) = (standing.hitRate, standing.validRate, standing.replyRate)
            credits_per_valid = standing.creditsPerValid
        }
    }
}
