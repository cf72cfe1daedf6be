/// Telephone numbers out of exports, in E.164.
enum PhoneNumber {
    /// Longest cell that is looked at, in bytes: a number with an extension and a remark.
    static let limit = 250

    /// Appends the number in E.164; an extension is left out.
    ///
    /// - Parameter region: where a number without a plus is dialled, nil where that is not known.
    /// - Returns: nil, or why it is no number, with nothing appended.
    static func append(_ cell: ArraySlice<UInt8>, region: Region?, to out: inout [UInt8]) -> HintProblem? {
        var text = cell.trimmed
        // Spreadsheets put these in front so that a number stays text.
        while let first = text.first,
            first == UInt8(ascii: "'") || first == UInt8(ascii: "=") || first == UInt8(ascii: "\"")
        {
            text = text.dropFirst()
        }
        if text.last == UInt8(ascii: "\"") { text = text.dropLast() }
        guard text.count <= limit else { return .tooLong }
        if isScientific(text) { return .destroyedBySpreadsheet }
        if appendPlain(withoutExtension(text), region: region, to: &out) { return nil }
        return PhoneLibrary.append(text, region: region?.code ?? "ZZ", to: &out)
    }

    /// Without `ext. 12`, `x12` or `#12` at the end, as libphonenumber reads extensions.
    private static func withoutExtension(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let last = text.last, last.isASCIIDigit else { return text }
        let number = text.reversed().drop { $0.isASCIIDigit }
        guard text.count - number.count <= 7 else { return text }
        let mark = text[..<number.startIndex.base].trimmed
        for spelling in ["extension", "ext.", "ext", "x", "#"] where mark.count > spelling.utf8.count {
            let tail = mark.suffix(spelling.utf8.count)
            if zip(tail, spelling.utf8).allSatisfy({ $0.asciiLowercased == $1 }) {
                return mark.dropLast(spelling.utf8.count).trimmed
            }
        }
        return text
    }

    /// Numbers of digits and common punctuation under a plain plan.
    private static func appendPlain(_ text: ArraySlice<UInt8>, region: Region?, to out: inout [UInt8]) -> Bool {
        let isInternational = text.first == UInt8(ascii: "+")
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var count = 0
            for byte in isInternational ? text.dropFirst() : text {
                if byte.isASCIIDigit {
                    guard count < 20 else { return false }
                    digits[count] = byte
                    count += 1
                } else if !isPunctuation(byte) {
                    return false
                }
            }
            let read = ArraySlice(digits[..<count])
            let plan =
                isInternational ? DiallingPlan.of(callingCodeIn: read) : region.flatMap { DiallingPlan.of($0.code) }
            return plan?.append(digits: read, isInternational: isInternational, to: &out) ?? false
        }
    }

    private static func isPunctuation(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: "/"):
            true
        default: false
        }
    }

    /// 1.41556E+10: what is left of a number that a spreadsheet took for a quantity.
    private static func isScientific(_ text: ArraySlice<UInt8>) -> Bool {
        guard let mark = text.firstIndex(where: { $0 == UInt8(ascii: "E") || $0 == UInt8(ascii: "e") }) else {
            return false
        }
        let mantissa = text[..<mark], exponent = text[(mark + 1)...]
        guard let sign = exponent.first, sign == UInt8(ascii: "+"), exponent.count > 1 else { return false }
        return !mantissa.isEmpty
            && mantissa.allSatisfy { $0.isASCIIDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }
            && exponent.dropFirst().allSatisfy(\.isASCIIDigit)
    }
}
