import Records

/// How settings are written by people.
package enum Spelling {
    /// `500ms`, `30s`, `5m`, `12h`, `30d`, or a bare `0`.
    package static func duration(_ text: String) -> Duration? {
        if text == "0" { return .zero }
        let digits = text.prefix { $0.isNumber || $0 == "." }
        guard let number = Double(digits), number >= 0, number.isFinite, number < 1e10 else { return nil }
        return switch text[digits.endIndex...] {
        case "ms": .milliseconds(number)
        case "s": .seconds(number)
        case "m": .seconds(number * 60)
        case "h": .seconds(number * 3600)
        case "d": .seconds(number * 86_400)
        default: nil
        }
    }

    /// The shortest spelling of a time: `30s`, `30d`, `500ms`, `0`.
    static func spelled(_ time: Duration) -> String {
        let milliseconds = Int((time.inSeconds * 1000).rounded())
        guard milliseconds > 0 else { return "0" }
        let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")]
        let unit = units.first { milliseconds % $0.0 == 0 && milliseconds / $0.0 > 0 } ?? (1, "ms")
        // Two days of hours read better as hours, two minutes of seconds as seconds.
        let finer = units.first { milliseconds % $0.0 == 0 && milliseconds / $0.0 >= 2 } ?? unit
        return "\(milliseconds / finer.0)\(finer.1)"
    }

    /// Bytes: `500`, `64KiB`, `1MiB`, `2GB`, `1TiB`.
    package static func size(_ text: String) -> Int? {
        let digits = text.prefix { $0.isNumber }
        let units = ["": 1, "B": 1, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000]
        let binary = ["KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40]
        let unit = text[digits.endIndex...].filter { $0 != " " }
        guard let number = Int(digits), let factor = units[unit] ?? binary[unit] else { return nil }
        let (bytes, isTooLarge) = number.multipliedReportingOverflow(by: factor)
        return isTooLarge ? nil : bytes
    }

    /// The closest of some words, if one is close.
    ///
    /// - Parameter share: one in so many of its letters may differ.
    package static func nearest(to word: String, among words: [String], oneIn share: Int = 3) -> String? {
        words.filter { !$0.isEmpty }.map { (word: $0, distance: distance(word, $0)) }
            .filter { $0.distance <= max(1, max($0.word.count, word.count) / share) }
            .min { $0.distance < $1.distance }?.word
    }

    /// Letters to insert, delete or replace to come from one word to the other (Levenshtein).
    static func distance(_ first: String, _ second: String) -> Int {
        let second = Array(second)
        var row = Array(0...second.count)
        for (index, letter) in first.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in second.indices {
                let replaced = diagonal + (letter == second[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, row[column + 1] + 1)
            }
        }
        return row[second.count]
    }
}
