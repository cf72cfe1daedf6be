import Records
package import Settings

/// Who is told how a run has ended.
package struct NotifySettings: Sendable {
    /// How a run can end for those who wait for it.
    package enum Ending: String, Sendable, CaseIterable {
        case done
        /// As it was meant to: quota, budget, deadline (75), or an interruption (130). It goes on later.
        case paused
        /// Anything else, also where the same command goes on.
        case failed
    }

    package var url = ""
    package var secret = Secret("")
    package var headers: [String: String] = [:]
    package var on = Ending.allCases
    package var timeout = Duration.seconds(10)

    package init() {}

    static var table: SettingsTable<NotifySettings> {
        SettingsTable([
            .text("url", \.url, "Where the summary is posted to."),
            .secret("secret", \.secret, "Signs it as Standard Webhooks; whsec_…"),
            .value("headers", \.headers, takes: "name: text", "Header fields, such as a key.") { $0.textsByKey },
            .value(
                "on", \.on, takes: "a list of \(Ending.allCases.map(\.rawValue).joined(separator: ", "))",
                "Which endings are told; all of them where nothing is set."
            ) { value in
                let names = value.text.map { [$0] } ?? value.entries?.compactMap(\.text)
                return names.flatMap { names in
                    let known = names.compactMap(Ending.init)
                    return known.count == names.count ? known : nil
                }
            },
            .duration("timeout", \.timeout, "How long an answer may take."),
        ])
    }
}
