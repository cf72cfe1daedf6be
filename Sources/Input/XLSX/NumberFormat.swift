import Foundation

/// How a number in a spreadsheet is meant, by its number format (ECMA-376, part 1, 18.8.30 and 18.8.31).
enum NumberFormat: Equatable, Sendable {
    case general
    case date, time, dateTime
    /// Hours that go on beyond a day.
    case elapsed
    /// Zeros in front up to this many digits, as in postal codes.
    case padded(Int)

    init(builtIn id: Int) {
        switch id {
        case 14...17, 27...31, 34...36, 50...58: self = .date
        case 18...21, 32, 33, 45, 47: self = .time
        case 22: self = .dateTime
        case 46: self = .elapsed
        default: self = .general
        }
    }

    init(code: String) {
        let (letters, isElapsed) = Self.placeholders(code)
        let hasDay = letters.contains("d") || letters.contains("y")
        let hasTime = letters.contains("h") || letters.contains("s")
        if isElapsed {
            self = .elapsed
        } else if hasDay && hasTime {
            self = .dateTime
        } else if hasTime {
            self = .time
        } else if hasDay || letters.contains("m") {
            self = .date
        } else if code.count > 1, code.allSatisfy({ $0 == "0" }) {
            self = .padded(code.count)
        } else {
            self = .general
        }
    }

    /// The letters of the first section that stand for parts of a date, without quoted text, escapes and conditions.
    private static func placeholders(_ code: String) -> (letters: Set<Character>, isElapsed: Bool) {
        var letters: Set<Character> = []
        var isElapsed = false
        var rest = code.lowercased()[...]
        guard rest != "general" else { return ([], false) }
        while let character = rest.popFirst(), character != ";" {
            switch character {
            case "\"":
                rest = rest.drop { $0 != "\"" }.dropFirst()
            case "\\", "_", "*":
                _ = rest.popFirst()
            case "[":
                let inside = rest.prefix { $0 != "]" }
                rest = rest.dropFirst(inside.count + 1)
                if !inside.isEmpty, inside.allSatisfy({ "hms".contains($0) }) { isElapsed = true }
            case "a" where rest.hasPrefix("m/pm"):
                rest = rest.dropFirst(4)
            default:
                if "ymdhs".contains(character) { letters.insert(character) }
            }
        }
        return (letters, isElapsed)
    }

    /// The number as a person sees it, or as ISO 8601 where it is a date or a time.
    ///
    /// - Parameter text: as it stands in the file.
    func shown(_ text: String, countsFrom1904: Bool) -> String {
        guard let number = Double(text), number.isFinite else { return text }
        switch self {
        case .general: return Self.plain(text, number)
        case .padded(let width):
            let digits = Self.plain(text, number)
            guard digits.allSatisfy(\.isNumber) else { return digits }
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        case .elapsed:
            let seconds = Int((number * 86_400).rounded())
            return seconds < 0
                ? Self.plain(text, number)
                : "\(seconds / 3600):" + Self.two(seconds / 60 % 60) + ":" + Self.two(seconds % 60)
        case .date, .time, .dateTime:
            return SerialDate(number, countsFrom1904: countsFrom1904)?.iso(self) ?? Self.plain(text, number)
        }
    }

    /// Fifteen digits, as spreadsheets show and keep them, and never an exponent.
    private static func plain(_ text: String, _ number: Double) -> String {
        if text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "-") }) { return text }
        let short = String(format: "%.15g", number)
        guard let mark = short.firstIndex(of: "e"), let exponent = Int(short[short.index(after: mark)...]) else {
            return short
        }
        let isNegative = short.hasPrefix("-")
        let mantissa = short[..<mark].filter(\.isNumber)
        let point = 1 + exponent
        let digits: String
        if point <= 0 {
            digits = "0." + String(repeating: "0", count: -point) + mantissa
        } else if point >= mantissa.count {
            digits = mantissa + String(repeating: "0", count: point - mantissa.count)
        } else {
            digits = mantissa.prefix(point) + "." + mantissa.dropFirst(point)
        }
        return (isNegative ? "-" : "") + digits
    }

    fileprivate static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// A day and a time as spreadsheets count them: days since the end of 1899, or since the beginning of 1904.
struct SerialDate {
    private let year: Int
    private let month: Int
    private let day: Int
    private let seconds: Int

    /// - Returns: nil for what is before the calendar begins or after the year 9999.
    init?(_ number: Double, countsFrom1904: Bool) {
        guard number >= 0, number < 2_958_466 else { return nil }
        var days = Int(number)
        var seconds = Int(((number - Double(days)) * 86_400).rounded())
        if seconds == 86_400 { (days, seconds) = (days + 1, 0) }
        self.seconds = seconds
        if countsFrom1904 {
            days += 1462
        } else if days < 60 {
            // The calendar has a 29 February 1900 that never was; days before it are one further on.
            days += 1
        }
        (year, month, day) = Self.civil(daysSince1970: days - 25_569)
    }

    func iso(_ format: NumberFormat) -> String {
        let two = NumberFormat.two
        let time = two(seconds / 3600) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60)
        let zeros = String(repeating: "0", count: max(0, 4 - String(year).count))
        let date = "\(zeros)\(year)-\(two(month))-\(two(day))"
        switch format {
        case .time where year < 1901 || year == 1904 && month == 1 && day == 1: return time
        case .date where seconds == 0: return date
        default: return "\(date)T\(time)"
        }
    }

    /// The proleptic Gregorian calendar.
    private static func civil(daysSince1970: Int) -> (Int, Int, Int) {
        // Years begin in March here, so that the leap day is the last one; an era has 400 of them.
        let shifted = daysSince1970 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
