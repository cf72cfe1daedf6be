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
        if isWholeQuantity(text) { text = text.dropLast(2) }
        guard let problem = appendOne(text, region: region, to: &out) else { return nil }
        for piece in pieces(of: text) where appendOne(piece, region: region, to: &out) == nil { return nil }
        return problem
    }

    private static func appendOne(_ text: ArraySlice<UInt8>, region: Region?, to out: inout [UInt8]) -> HintProblem? {
        if appendPlain(withoutExtension(text), region: region, to: &out) { return nil }
        return PhoneLibrary.append(text, region: region?.code ?? "ZZ", to: &out)
    }

    /// Several numbers in a cell, and a number without the remark in brackets behind it.
    private static func pieces(of text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        let parts = text.split { $0 < 0x20 || ";,|/".utf8.contains($0) }
        return (parts.count > 1 ? parts : []).map(withoutRemark) + [withoutRemark(text)]
    }

    private static func withoutRemark(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let open = text.firstIndex(of: UInt8(ascii: "(")), open > text.startIndex,
            text[open...].contains(where: { $0.isASCIILetter || $0 >= 0x80 })
        else { return text.trimmed }
        return text[..<open].trimmed
    }

    /// 14155550142.0: a number that a program took for a quantity, with nothing lost.
    private static func isWholeQuantity(_ text: ArraySlice<UInt8>) -> Bool {
        text.count > 8 && text.suffix(2).elementsEqual(".0".utf8) && text.dropLast(2).allSatisfy(\.isASCIIDigit)
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
