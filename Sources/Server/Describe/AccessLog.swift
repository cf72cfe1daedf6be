import EnrichmentAPI
package import Foundation

/// A line for each call; never a hint, a value or a key.
package struct AccessLog: Sendable {
    package enum Style: String, Sendable, CaseIterable {
        case text, json, off
    }

    private let style: Style
    private let write: @Sendable (String) -> Void
    private let now: @Sendable () -> Date

    package static let off = AccessLog(.off) { _ in }

    /// - Parameter write: takes each line, without its end.
    package init(
        _ style: Style, now: @escaping @Sendable () -> Date = { Date() }, write: @escaping @Sendable (String) -> Void
    ) {
        self.style = style
        self.now = now
        self.write = write
    }

    package func write(_ entry: CallEntry) {
        let time = now().formatted(.iso8601)
        let milliseconds = String(format: "%.1f", entry.seconds * 1000)
        switch style {
        case .off: break
        case .text:
            write(
                "\(time) \(entry.call) \(entry.status) \(entry.records) records \(entry.credits) credits \(milliseconds) ms workspace=\(entry.workspace) key=\(entry.key)"
            )
        case .json:
            struct Line: Encodable {
                let time, call: String
                let status, records: Int
                let credits: Credits
                let ms: Double
                let workspace, key: String
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            let line = Line(
                time: time, call: entry.call, status: entry.status, records: entry.records, credits: entry.credits,
                ms: (entry.seconds * 10_000).rounded() / 10, workspace: entry.workspace, key: entry.key)
            if let data = try? encoder.encode(line) { write(String(decoding: data, as: UTF8.self)) }
        }
    }
}
