import EnrichmentAPI
import Foundation

/// Charts as SVG that stands in the page, in the page's own colours.
///
/// Every chart says the same in words for those who cannot see it.
enum ReportChart {
    struct Bar {
        var name: String
        var part: Int
        var whole: Int
    }

    struct Column {
        var bulk: Int
        var others: Int
        var at: String
    }

    private static let width = 640

    /// One bar a line, the part filled.
    ///
    /// - Parameter unit: what the whole is; nil where only the part is said.
    static func bars(_ bars: [Bar], unit: String?) -> String {
        guard !bars.isEmpty else { return "" }
        let left = 150, right = 150, line = 30
        let room = width - left - right
        let lines = bars.enumerated().map { index, bar in
            let y = index * line
            let share = bar.whole == 0 ? 0 : Double(bar.part) / Double(bar.whole)
            let words = unit.map { "\(bar.part) of \(bar.whole) \($0)" } ?? "\(bar.part)"
            return """
                <g><title>\(escaped(bar.name)): \(words)</title>\
                <text class="name" x="\(left - 10)" y="\(y + 19)" text-anchor="end">\(escaped(cut(bar.name)))</text>\
                <rect class="track" x="\(left)" y="\(y + 6)" width="\(room)" height="18" rx="3"/>\
                <rect class="fill" x="\(left)" y="\(y + 6)" width="\(number(Double(room) * share))" height="18" rx="3"/>\
                <text x="\(left + room + 10)" y="\(y + 19)">\(words)</text></g>
                """
        }
        return svg(height: bars.count * line + 4, label: bars.map { "\($0.name) \($0.part)" }, lines)
    }

    /// Requests over time, bulk calls below the others.
    static func columns(_ columns: [Column]) -> String {
        let most = columns.map { $0.bulk + $0.others }.max() ?? 0
        guard most > 0 else { return "" }
        let height = 120, left = 40
        let step = Double(width - left) / Double(columns.count)
        let parts = columns.enumerated().map { index, column in
            let x = Double(left) + Double(index) * step
            let bulk = Double(column.bulk) / Double(most) * Double(height)
            let others = Double(column.others) / Double(most) * Double(height)
            let bar = number(max(1, step - 2))
            return """
                <g><title>\(escaped(column.at)): \(column.bulk) bulk, \(column.others) others</title>\
                <rect class="fill" x="\(number(x))" y="\(number(Double(height) - bulk + 10))" width="\(bar)" height="\(number(bulk))"/>\
                <rect class="second" x="\(number(x))" y="\(number(Double(height) - bulk - others + 10))" width="\(bar)" height="\(number(others))"/></g>
                """
        }
        let axis = """
            <text x="\(left - 8)" y="20" text-anchor="end">\(most)</text>\
            <text x="\(left - 8)" y="\(height + 10)" text-anchor="end">0</text>\
            <line class="axis" x1="\(left)" y1="\(height + 10)" x2="\(width)" y2="\(height + 10)"/>\
            <text x="\(left)" y="\(height + 30)">\(escaped(columns.first?.at ?? ""))</text>\
            <text x="\(width)" y="\(height + 30)" text-anchor="end">\(escaped(columns.last?.at ?? ""))</text>
            """
        return svg(height: height + 36, label: ["at most \(most) calls"], parts + [axis])
    }

    /// A forecast's span with what it came to.
    static func range(_ forecast: Forecast, actual: Credits) -> String {
        let most = max(forecast.worst, actual)
        guard most > .zero else { return "" }
        let left = 10, room = width - 2 * left
        func x(_ credits: Credits) -> String {
            number(Double(left) + Double(room) * Double(credits.thousandths) / Double(most.thousandths))
        }
        // At either end the words stand on the inner side of their mark.
        let share = Double(actual.thousandths) / Double(most.thousandths)
        let anchor = share < 0.1 ? "start" : share > 0.9 ? "end" : "middle"
        let span = number(
            Double(room) * Double((forecast.high - forecast.low).thousandths) / Double(most.thousandths))
        let parts = [
            "<rect class=\"track\" x=\"\(left)\" y=\"24\" width=\"\(room)\" height=\"14\" rx=\"3\"/>",
            "<rect class=\"second\" x=\"\(x(forecast.low))\" y=\"24\" width=\"\(span)\" height=\"14\"/>",
            "<line class=\"mark\" x1=\"\(x(actual))\" y1=\"18\" x2=\"\(x(actual))\" y2=\"44\"/>",
            "<text x=\"\(x(actual))\" y=\"14\" text-anchor=\"\(anchor)\">\(actual) used</text>",
            "<text x=\"\(left)\" y=\"58\">0</text>",
            "<text x=\"\(left + room)\" y=\"58\" text-anchor=\"end\">\(most)</text>",
        ]
        return svg(
            height: 64, label: ["forecast \(forecast.low) to \(forecast.high)", "used \(actual)"], parts)
    }

    private static func svg(height: Int, label: [String], _ parts: [String]) -> String {
        """
        <svg viewBox="0 0 \(width) \(height)" role="img" aria-label="\(escaped(label.joined(separator: ", ")))">\
        \(parts.joined())</svg>
        """
    }

    private static func number(_ value: Double) -> String { String((value * 10).rounded() / 10) }

    private static func cut(_ name: String) -> String { name.count > 20 ? name.prefix(19) + "…" : name }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
            "\"", with: "&quot;")
    }
}
